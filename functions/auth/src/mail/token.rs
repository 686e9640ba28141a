//! The tokens of mails: good once, for a while, and stored as hashes alone.
//!
//! `account/ID` and `mail#PURPOSE` in table `accounts`: one of each kind, the latest.

use crate::account::Account;
use crate::email::Email;
use crate::store::accounts::{self, ACCOUNTS, partition};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::{AccountId, Millis};
use reel_sdk::table::{Change, Condition, Write};
use reel_sdk::{Problem, clock, random};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To confirm an address.
    Verify,
    /// To replace a forgotten password.
    Reset,
}

impl Purpose {
    fn sort(self) -> &'static str {
        match self {
            Self::Verify => "mail#verify",
            Self::Reset => "mail#reset",
        }
    }

    /// For how long a token is good, in milliseconds.
    fn lifetime_ms(self) -> Millis {
        match self {
            Self::Verify => 24 * 3_600 * 1_000,
            Self::Reset => 3_600 * 1_000,
        }
    }
}

/// A token that waits for its use, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct Pending {
    hash: String,
    /// Where it was sent.
    email: Email,
}

/// A token that came back: whose it is, and the write that uses it up.
pub(super) struct Redeemed {
    pub(super) account: Account,
    /// The version of the account's row.
    pub(super) read: u64,
    /// Where the token was sent.
    pub(super) email: Email,
    pub(super) used: Write,
}

/// Makes a token that goes to an address, in place of the one before.
pub(super) async fn make(account: AccountId, purpose: Purpose, email: &Email) -> Result<String, Problem> {
    let token = Token { account, secret: random::bytes() };
    let pending = Change::json(&Pending { hash: token.hash(), email: email.clone() })?;
    let pending = pending.expiring(clock::now_ms() + purpose.lifetime_ms());
    ACCOUNTS.write(&partition(account), purpose.sort(), pending).commit().await?;
    Ok(token.write())
}

/// What a token stands for.
///
/// # Errors
/// A 400 problem `mail-token` when it is none, was used, replaced, or is too old.
pub(super) async fn redeem(text: &str, purpose: Purpose) -> Result<Redeemed, Problem> {
    let token = Token::read(text).ok_or_else(no_longer_good)?;
    let row = ACCOUNTS.get(&partition(token.account), purpose.sort()).await?.ok_or_else(no_longer_good)?;
    let Pending { hash, email } = row.json()?;
    if !bool::from(hash.as_bytes().ct_eq(token.hash().as_bytes())) {
        return Err(no_longer_good());
    }
    let (account, read) = accounts::find(token.account).await?.ok_or_else(no_longer_good)?;
    let used = ACCOUNTS.write(&partition(token.account), purpose.sort(), Change::Delete);
    Ok(Redeemed { account, read, email, used: used.when(Condition::Version(row.version)) })
}

fn no_longer_good() -> Problem {
    let detail = "the link is not good any more: it is good once, and for a while; have another one sent";
    Problem::new(400, "mail-token", "The link is not good any more", detail)
}

/// An account and a secret: 48 bytes, so 64 characters.
#[derive(PartialEq, Eq)]
struct Token {
    account: AccountId,
    secret: [u8; 32],
}

impl Token {
    fn write(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode([&self.account.as_bytes()[..], &self.secret].concat())
    }

    fn read(text: &str) -> Option<Self> {
        let bytes: [u8; 48] = BASE64_URL_SAFE_NO_PAD.decode(text.trim()).ok()?.try_into().ok()?;
        let (account, secret) = bytes.split_first_chunk::<16>()?;
        Some(Self { account: AccountId::from_bytes(*account), secret: secret.try_into().ok()? })
    }

    fn hash(&self) -> String {
        hex::encode(Sha256::digest(self.secret))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_its_text_and_nothing_else_is_one() {
        let token = Token { account: AccountId::new(1, &[2; 10]), secret: [3; 32] };
        let text = token.write();
        assert_eq!(text.len(), 64);
        assert!(Token::read(&format!(" {text}\n")) == Some(token));
        for other in ["", "x", &text[1..], &format!("{text}AAAA"), &text.replace(&text[..1], "!")] {
            assert!(Token::read(other).is_none(), "{other:?}");
        }
    }
}
