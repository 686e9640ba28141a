//! PINs of profiles: four digits, of which a hash is kept. So few can be guessed, so guesses are slowed down
//! (`ACCOUNT` and `pins` in table `profiles`), for all profiles of an account together.

use super::store::PROFILES;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use reel_api::{AccountId, Problem};
use reel_attempts::{Attempts, PIN, too_many};
use reel_sdk::clock;
use reel_sdk::table::{Change, Condition, Error};

const PINS: &str = "pins";
/// How often an attempt is noted anew because others were noted meanwhile.
const TRIES: usize = 4;

/// Admits a PIN that a profile may have.
///
/// # Errors
/// A 400 problem when it has not four digits.
pub(super) fn check(pin: &str) -> Result<(), Problem> {
    match pin.len() == 4 && pin.bytes().all(|b| b.is_ascii_digit()) {
        true => Ok(()),
        false => Err(Problem::invalid("pin has four digits")),
    }
}

/// The hash of a PIN with this random salt, as a PHC string: Argon2id with 19 MiB and two passes.
pub(super) fn hash(pin: &str, salt: &[u8; 16]) -> Result<String, Problem> {
    let failed = |e: String| Problem::internal(format!("the PIN could not be hashed: {e}"));
    let params = Params::new(19_456, 2, 1, None).map_err(|e| failed(e.to_string()))?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    Ok(hasher.hash_password_with_salt(pin.as_bytes(), salt).map_err(|e| failed(e.to_string()))?.to_string())
}

/// Admits who gives one of these PINs, or anybody where there are none.
///
/// # Errors
/// 403 `pin-needed` or `pin-wrong`, 429 when there were too many attempts.
pub(super) async fn prove(account: AccountId, hashes: &[String], given: Option<&str>) -> Result<(), Problem> {
    if hashes.is_empty() {
        return Ok(());
    }
    let given = given.ok_or_else(|| Problem::forbidden("pin-needed", "this needs the profile's PIN"))?;
    begin(account).await?;
    if !hashes.iter().any(|hash| Argon2::default().verify_password(given.as_bytes(), hash.as_str()).is_ok()) {
        return Err(Problem::forbidden("pin-wrong", "the PIN is wrong"));
    }
    forgive(account).await
}

/// Forgets wrong PINs.
pub(super) async fn forgive(account: AccountId) -> Result<(), Problem> {
    Ok(PROFILES.delete(&account.to_string(), PINS).await?)
}

/// Counts an attempt before it is known how it ends: many at once are counted, too.
async fn begin(account: AccountId) -> Result<(), Problem> {
    for _ in 0..TRIES {
        let (row, now) = (PROFILES.get(&account.to_string(), PINS).await?, clock::now_ms());
        let version = row.as_ref().map(|row| row.version);
        let attempts: Attempts = row.map(|row| row.json()).transpose()?.unwrap_or_default();
        attempts.admit(&PIN, now)?;
        let counted = Change::json(&attempts.and_one(now))?.expiring(now + PIN.forgotten_ms);
        let condition = version.map_or(Condition::Absent, Condition::Version);
        match PROFILES.write(&account.to_string(), PINS, counted).when(condition).commit().await {
            Ok(_) => return Ok(()),
            Err(Error::Conflict(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(too_many(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_has_four_digits_and_its_hash() {
        for bad in ["", "123", "12345", "12a4", "١٢٣٤"] {
            assert_eq!(check(bad).unwrap_err().status, 400, "{bad}");
        }
        assert!(check("0042").is_ok());
        let hash = hash("0042", &[1; 16]).unwrap();
        assert!(Argon2::default().verify_password(b"0042", hash.as_str()).is_ok());
        assert!(Argon2::default().verify_password(b"0043", hash.as_str()).is_err());
    }
}
