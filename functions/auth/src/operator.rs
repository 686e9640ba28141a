//! Tokens for a program that holds the platform's operator key.

use crate::account::Account;
use crate::email::Email;
use crate::session::Visit;
use crate::sign_in::new_account;
use crate::store::accounts;
use crate::{body, issue, roles};
use reel_api::auth::KeyGrant;
use reel_sdk::{Problem, Request, Response, secrets};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The shortest key that is accepted, in bytes: a shorter one could be guessed.
const MIN_KEY: usize = 16;

/// Begins a session of the account named, which is made when there is none.
pub(crate) async fn token(request: &Request) -> Result<Response, Problem> {
    let grant: KeyGrant = body(request)?;
    if !matches(&grant.key, &secrets::get("operator-key").await?)? {
        return Err(Problem::new(401, "wrong-key", "The key is wrong", "key is not the operator key of this platform"));
    }
    let account = find_or_make(&grant).await?;
    issue::begin(&account, &Visit::of(request)?, false, 200).await
}

async fn find_or_make(grant: &KeyGrant) -> Result<Account, Problem> {
    let email = Email::parse(&grant.email)?;
    if let Some((account, _)) = accounts::by_email(&email).await? {
        return Ok(account);
    }
    let account = new_account(&grant.email, grant.password.as_deref(), grant.role)?;
    match accounts::create(&account, roles::with(&account).await?).await {
        Ok(()) => Ok(account),
        // Somebody made it in the same moment.
        Err(problem) => accounts::by_email(&email).await?.map(|(account, _)| account).ok_or(problem),
    }
}

/// Whether this is the key, in hexadecimal. It takes a time that tells nothing of the
/// key, not even its length.
fn matches(given: &str, key: &[u8]) -> Result<bool, Problem> {
    if key.len() < MIN_KEY {
        return Err(Problem::internal(format!(
            "secret operator-key has {} bytes; it has at least {MIN_KEY}",
            key.len()
        )));
    }
    let given = given.trim().to_ascii_lowercase();
    Ok(Sha256::digest(given).ct_eq(&Sha256::digest(hex::encode(key))).into())
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn only_the_key_is_the_key() {
        let key = [0xab; 16];
        let written = "ab".repeat(16);
        assert_eq!(matches(&written, &key), Ok(true));
        assert_eq!(matches(&format!(" {}\n", written.to_uppercase()), &key), Ok(true));
        for other in ["", &written[1..], &written[2..], &format!("{written}ab"), &"ac".repeat(16)] {
            assert_eq!(matches(other, &key), Ok(false), "{other:?}");
        }
    }

    #[test]
    fn a_missing_key_opens_nothing() {
        assert_eq!(matches("", b"").unwrap_err().status, 500);
        assert_eq!(matches("73686f7274", b"short").unwrap_err().status, 500);
    }
}
