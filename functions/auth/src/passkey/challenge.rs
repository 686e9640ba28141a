//! Challenges: good once and for five minutes. One is not stored when it is made, for anybody may ask for one: it
//! carries its time and a code of ours. It is noted when it is used (`challenge/…`), until it is too old anyway.

use crate::keys::Keys;
use crate::mac::mac;
use crate::store::accounts::ACCOUNTS;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::passkey::CHALLENGE_MS;
use reel_api::{AccountId, Millis, Problem};
use reel_sdk::table::{Change, Condition, Error};
use subtle::ConstantTimeEq;

const USED: &str = "challenge";

/// What a challenge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// An account adds a passkey.
    Add(AccountId),
    /// Somebody shows who they are.
    SignIn,
}

/// A new challenge.
pub(super) fn make(keys: &Keys, purpose: Purpose, random: [u8; 16], now: Millis) -> String {
    let head = [&now.to_be_bytes()[..], &random].concat();
    BASE64_URL_SAFE_NO_PAD.encode([&head[..], &code(keys, purpose, &head)].concat())
}

/// Whether a challenge is one of ours for this purpose, and not too old.
///
/// # Errors
/// A 400 problem `challenge` when it is not.
pub(super) fn check(keys: &Keys, purpose: Purpose, challenge: &[u8], now: Millis) -> Result<(), Problem> {
    let (head, given) = challenge.split_at_checked(24).ok_or_else(no_longer_good)?;
    let (at, _) = head.split_first_chunk::<8>().ok_or_else(no_longer_good)?;
    let age = now.saturating_sub(u64::from_be_bytes(*at));
    let ours = bool::from(code(keys, purpose, head).ct_eq(given));
    if ours && age <= CHALLENGE_MS { Ok(()) } else { Err(no_longer_good()) }
}

/// Uses a challenge up.
///
/// # Errors
/// A 400 problem `challenge` when it was used before.
pub(super) async fn use_up(challenge: &[u8], now: Millis) -> Result<(), Problem> {
    let name = format!("{USED}/{}", BASE64_URL_SAFE_NO_PAD.encode(challenge));
    let used = Change::bytes(Vec::new()).expiring(now + CHALLENGE_MS);
    match ACCOUNTS.write(&name, USED, used).when(Condition::Absent).commit().await {
        Ok(_) => Ok(()),
        Err(Error::Conflict(_)) => Err(no_longer_good()),
        Err(other) => Err(other.into()),
    }
}

fn code(keys: &Keys, purpose: Purpose, head: &[u8]) -> [u8; 32] {
    match purpose {
        Purpose::Add(account) => mac(&keys.names, &[b"add passkey", head, account.as_bytes()]),
        Purpose::SignIn => mac(&keys.names, &[b"sign with passkey", head]),
    }
}

fn no_longer_good() -> Problem {
    let detail = "the challenge is not good any more: it is good once and for five minutes; ask for another one";
    Problem::new(400, "challenge", "The challenge is not good any more", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_705_350_600_000;

    #[test]
    fn a_challenge_is_good_for_its_purpose_and_a_while() {
        let (keys, ada, bob) =
            (Keys::from_seed(&[1; 32]).unwrap(), AccountId::new(1, &[1; 10]), AccountId::new(1, &[2; 10]));
        let add = BASE64_URL_SAFE_NO_PAD.decode(make(&keys, Purpose::Add(ada), [7; 16], NOW)).unwrap();
        assert!(check(&keys, Purpose::Add(ada), &add, NOW + CHALLENGE_MS).is_ok());
        assert!(check(&keys, Purpose::Add(ada), &add, NOW + CHALLENGE_MS + 1).is_err());
        for (keys, purpose) in [
            (Keys::from_seed(&[1; 32]).unwrap(), Purpose::Add(bob)),
            (Keys::from_seed(&[1; 32]).unwrap(), Purpose::SignIn),
            (Keys::from_seed(&[2; 32]).unwrap(), Purpose::Add(ada)),
        ] {
            assert!(check(&keys, purpose, &add, NOW).is_err(), "{purpose:?}");
        }
        for length in 0..add.len() {
            assert!(check(&keys, Purpose::Add(ada), &add[..length], NOW).is_err(), "{length}");
        }
    }
}
