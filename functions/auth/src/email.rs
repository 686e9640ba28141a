//! E-mail addresses, which name accounts.

use reel_api::Problem;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest address that can be delivered to (RFC 5321, section 4.5.3.1.3).
const MAX_LENGTH: usize = 254;
/// The longest part before the @ (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL: usize = 64;

/// A valid address in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Email(String);

impl Email {
    /// Reads an address as a browser's e-mail field does (WHATWG HTML, "valid e-mail
    /// address"), without regard to case and to space around it.
    ///
    /// # Errors
    /// A 400 problem when it is none.
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.trim().to_ascii_lowercase();
        let valid = text.len() <= MAX_LENGTH
            && text.split_once('@').is_some_and(|(local, domain)| is_local(local) && is_domain(domain));
        if valid { Ok(Self(text)) } else { Err(Problem::invalid("email is not an address such as name@example.com")) }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_local(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b);
    (1..=MAX_LOCAL).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_domain(text: &str) -> bool {
    text.split('.').all(is_label)
}

fn is_label(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    (1..=63).contains(&text.len()) && text.bytes().all(allowed) && !text.starts_with('-') && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::Email;

    #[test]
    fn case_and_space_name_the_same_account() {
        assert_eq!(Email::parse(" Ada.L+x@Example.COM ").unwrap().to_string(), "ada.l+x@example.com");
        assert!(Email::parse("demo@localhost").is_ok());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        for text in ["", "@", "a@", "@b", "a b@c", "a@b@c", "a@-b", "a@b-", "a@b..c", "a@b\r\nc", "ü@b.c", &long] {
            assert_eq!(Email::parse(text).unwrap_err().status, 400, "{text:?}");
        }
    }
}
