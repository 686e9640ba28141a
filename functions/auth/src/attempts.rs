//! Attempts at what could be guessed, made slower the more of them there are.
//!
//! `attempts/NAME` and `attempts` in table `accounts`; rows expire. A name is a code of the address
//! that is tried, so it is kept for addresses of no account as for others, and tells of neither.
//! Nobody is shut out for ever: a delay has an end, a device that the account was signed in on counts by
//! itself, and a new password clears what was counted.

pub(crate) use reel_attempts::{CLIENT, MAIL, PASSWORD, Pace};

use crate::email::Email;
use crate::keys::Keys;
use crate::mac::mac;
use crate::session::Visit;
use crate::store::accounts::ACCOUNTS;
use reel_attempts::{Attempts, too_many};
use reel_sdk::table::{Change, Condition, Error, Write};
use reel_sdk::{Problem, clock};

const ATTEMPTS: &str = "attempts";
/// How often an attempt is noted anew because others were noted meanwhile.
const TRIES: usize = 4;

/// What attempts are counted under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name(String);

impl Name {
    /// Passwords for an address, from anywhere.
    pub(crate) fn password(keys: &Keys, email: &Email) -> Self {
        Self::coded("password", keys, &[email.to_string().as_bytes()])
    }

    /// Passwords for an address, from a device that its account is known to use.
    pub(crate) fn password_from(keys: &Keys, email: &Email, visit: &Visit) -> Self {
        Self::coded("password-from", keys, &[email.to_string().as_bytes(), b"\0", visit.known_by().as_bytes()])
    }

    /// Mails to an address.
    pub(crate) fn mail(keys: &Keys, email: &Email) -> Self {
        Self::coded("mail", keys, &[email.to_string().as_bytes()])
    }

    /// What fails from one network, whomever it is about.
    pub(crate) fn client(visit: &Visit) -> Self {
        Self(format!("attempts/client/{}", visit.network))
    }

    fn coded(what: &str, keys: &Keys, parts: &[&[u8]]) -> Self {
        let parts: Vec<&[u8]> = [what.as_bytes(), b"\0"].into_iter().chain(parts.iter().copied()).collect();
        Self(format!("attempts/{what}/{}", hex::encode(&mac(&keys.names, &parts)[..16])))
    }

    /// The write that forgets what was counted.
    pub(crate) fn clearing(&self) -> Write {
        ACCOUNTS.write(&self.0, ATTEMPTS, Change::Delete)
    }
}

/// Admits an attempt and counts it, before it is known how it ends: many at once are counted, too.
///
/// # Errors
/// A 429 problem that says how long to wait.
pub(crate) async fn begin(name: &Name, pace: &Pace) -> Result<(), Problem> {
    for _ in 0..TRIES {
        let now = clock::now_ms();
        let (attempts, version) = read(name).await?;
        attempts.admit(pace, now)?;
        let condition = version.map_or(Condition::Absent, Condition::Version);
        let counted = Change::json(&attempts.and_one(now))?.expiring(now + pace.forgotten_ms);
        match ACCOUNTS.write(&name.0, ATTEMPTS, counted).when(condition).commit().await {
            Ok(_) => return Ok(()),
            Err(Error::Conflict(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(too_many(1))
}

/// Refuses an attempt that comes too early, and counts nothing.
///
/// # Errors
/// A 429 problem that says how long to wait.
pub(crate) async fn check(name: &Name, pace: &Pace) -> Result<(), Problem> {
    let (attempts, _) = read(name).await?;
    attempts.admit(pace, clock::now_ms())
}

/// Counts an attempt that failed.
pub(crate) async fn failed(name: &Name, pace: &Pace) -> Result<(), Problem> {
    match begin(name, pace).await {
        // It is counted well enough: the next one is refused.
        Err(problem) if problem.status == 429 => Ok(()),
        other => other,
    }
}

/// Forgets what was counted.
pub(crate) async fn clear(name: &Name) -> Result<(), Problem> {
    name.clearing().commit().await?;
    Ok(())
}

async fn read(name: &Name) -> Result<(Attempts, Option<u64>), Problem> {
    match ACCOUNTS.get(&name.0, ATTEMPTS).await? {
        Some(row) => Ok((row.json()?, Some(row.version))),
        None => Ok((Attempts::default(), None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_neither_the_address_nor_the_device() {
        let keys = Keys::from_seed(&[1; 32]).unwrap();
        let email = Email::parse("ada@example.com").unwrap();
        let visit = Visit { device: "Firefox on Linux".into(), ..Visit::default() };
        let other = Visit { device: "Safari on Mac".into(), ..Visit::default() };
        let names = [
            Name::password(&keys, &email),
            Name::password_from(&keys, &email, &visit),
            Name::password_from(&keys, &email, &other),
            Name::mail(&keys, &email),
            Name::password(&Keys::from_seed(&[2; 32]).unwrap(), &email),
        ];
        for (n, name) in names.iter().enumerate() {
            assert!(!name.0.contains("ada") && !name.0.contains("Firefox"), "{name:?}");
            assert!(names[n + 1..].iter().all(|other| other != name), "{name:?}");
        }
    }
}
