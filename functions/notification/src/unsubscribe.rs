//! Ending letters with one click (RFC 8058): by a link that says whom and what it is for, signed so that nobody can
//! end another one's. It opens without signing in, and changes nothing until it is confirmed: mail scanners open links.

use crate::{contact, language, preferences};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use reel_api::AccountId;
use reel_api::notification::Topic;
use reel_messages::{Page, page};
use reel_sdk::{Problem, Response, secrets};
use sha2::Sha256;

/// How many bytes of the code are in a link: 128 bits.
const CODE: usize = 16;
/// What the page may do: send its own form.
const POLICY: &str = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Whose letters a link ends, and about what; about all that can be ended when there is no topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) account: AccountId,
    pub(crate) topic: Option<Topic>,
}

impl Link {
    /// Its URL below the platform's, which ends with `/`.
    pub(crate) async fn url(self, base: &str) -> Result<String, Problem> {
        Ok(format!("{base}v1/unsubscribe/{}", Key::load().await?.token(self)))
    }
}

/// The key that links are signed with.
struct Key(Hmac<Sha256>);

impl Key {
    /// The secret `unsubscribe-key`.
    async fn load() -> Result<Self, Problem> {
        Self::new(&secrets::get("unsubscribe-key").await?)
    }

    fn new(secret: &[u8]) -> Result<Self, Problem> {
        if secret.len() < CODE {
            return Err(Problem::internal("the secret unsubscribe-key has 16 bytes or more"));
        }
        let mac = Hmac::new_from_slice(secret);
        mac.map(Self).map_err(|_| Problem::internal("the secret unsubscribe-key is no key"))
    }

    /// The token of a link.
    fn token(&self, link: Link) -> String {
        let said = said(link);
        let code = self.0.clone().chain_update(said).finalize().into_bytes();
        BASE64.encode([&said[..], &code[..CODE]].concat())
    }

    /// What a token says.
    ///
    /// # Errors
    /// 404 when nobody here has signed it.
    fn read(&self, token: &str) -> Result<Link, Problem> {
        let wrong = || Problem::not_found("this link is not one of ours: open it as it stands in the letter");
        let bytes = BASE64.decode(token).map_err(|_| wrong())?;
        let (said, code) = bytes.split_at_checked(17).filter(|(_, code)| code.len() == CODE).ok_or_else(wrong)?;
        self.0.clone().chain_update(said).verify_truncated_left(code).map_err(|_| wrong())?;
        let (account, topic) = said.split_at(16);
        let account = AccountId::from_bytes(account.try_into().map_err(|_| wrong())?);
        let topic = match topic {
            [0] => None,
            [number] => Some(topic_of(*number).ok_or_else(wrong)?),
            _ => return Err(wrong()),
        };
        Ok(Link { account, topic })
    }
}

fn said(link: Link) -> [u8; 17] {
    let mut said = [0; 17];
    said[..16].copy_from_slice(link.account.as_bytes());
    said[16] = link.topic.map_or(0, number_of);
    said
}

/// Numbers stay what they are: letters of years ago have them.
const NUMBERS: [(u8, Topic); 3] = [(1, Topic::Account), (2, Topic::Episodes), (3, Topic::Reminders)];

fn number_of(topic: Topic) -> u8 {
    NUMBERS.into_iter().find(|(_, of)| *of == topic).map_or(0, |(number, _)| number)
}

fn topic_of(number: u8) -> Option<Topic> {
    NUMBERS.into_iter().find(|(of, _)| *of == number).map(|(_, topic)| topic)
}

/// Asks whether letters are to be ended.
pub(crate) async fn ask(token: &str) -> Result<Response, Problem> {
    let link = Key::load().await?.read(token)?;
    answer(link, Page::AskUnsubscribe).await
}

/// Ends them. Mail programs send this by themselves, with the body `List-Unsubscribe=One-Click`.
pub(crate) async fn confirm(token: &str) -> Result<Response, Problem> {
    let link = Key::load().await?.read(token)?;
    if !contact::is_gone(link.account).await? {
        preferences::end_letters(link.account, link.topic).await?;
    }
    answer(link, Page::Unsubscribed).await
}

async fn answer(link: Link, what: Page) -> Result<Response, Problem> {
    let html = page(what, language::of(link.account).await?);
    let html = html.map_err(|e| Problem::internal(format!("the page cannot be laid out: {e}")))?;
    let response = Response::bytes(200, "text/html; charset=utf-8", html);
    let response = response.with_header("content-security-policy", POLICY).with_header("cache-control", "no-store");
    Ok(response.with_header("referrer-policy", "no-referrer").with_header("x-content-type-options", "nosniff"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_ends_what_it_was_made_for() {
        let key = Key::new(&[7; 32]).unwrap();
        let account = AccountId::new(1, &[1; 10]);
        for topic in [None, Some(Topic::Account), Some(Topic::Episodes), Some(Topic::Reminders)] {
            let link = Link { account, topic };
            assert_eq!(key.read(&key.token(link)), Ok(link));
        }
    }

    #[test]
    fn nobody_makes_a_link_for_another() {
        let (key, other) = (Key::new(&[7; 32]).unwrap(), Key::new(&[8; 32]).unwrap());
        let token = key.token(Link { account: AccountId::new(1, &[1; 10]), topic: Some(Topic::Reminders) });
        assert_eq!(other.read(&token).unwrap_err().status, 404);
        let bytes = BASE64.decode(&token).unwrap();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert_eq!(key.read(&BASE64.encode(changed)).unwrap_err().status, 404, "{place}");
        }
        for token in ["", "x", &token[1..], &format!("{token}AAAA")] {
            assert_eq!(key.read(token).unwrap_err().status, 404);
        }
        assert!(Key::new(b"short").is_err());
    }
}
