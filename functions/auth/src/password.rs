//! Passwords: Argon2id (RFC 9106) with 19 MiB and two passes, as OWASP advises.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use passwords::analyzer::is_common_password;
use reel_api::Problem;

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// No password has this hash: it is verified where there is none, to take the same time.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Admits a password that an account may have.
///
/// # Errors
/// A 400 problem when it has not 8 to 128 characters, or is one of some 100,000 that are common, in whatever case.
pub(crate) fn check(password: &str) -> Result<(), Problem> {
    let length = password.chars().count();
    if !(8..=128).contains(&length) {
        return Err(Problem::invalid(format!("password has {length} characters; it has 8 to 128")));
    }
    if is_common_password(password) || is_common_password(password.to_lowercase()) {
        let detail = "many people have this password, so it is among the first that are guessed: choose another";
        return Err(Problem::new(400, "common-password", "The password is too common", detail));
    }
    Ok(())
}

/// The hash of a password with this random salt, as a PHC string.
pub(crate) fn hash(password: &str, salt: &[u8; 16]) -> Result<String, Problem> {
    let failed = |e: String| Problem::internal(format!("the password could not be hashed: {e}"));
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|e| failed(e.to_string()))?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = hasher.hash_password_with_salt(password.as_bytes(), salt).map_err(|e| failed(e.to_string()))?;
    Ok(hash.to_string())
}

/// Whether a password has this hash. Without a hash it never has, in the same time.
pub(crate) fn verify(password: &str, hash: Option<&str>) -> bool {
    Argon2::default().verify_password(password.as_bytes(), hash.unwrap_or(NOBODY)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::Error;

    #[test]
    fn a_password_has_its_hash_and_no_other() {
        let hash = hash("correct horse", &[3; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("correct horse", Some(&hash)));
        assert!(!verify("correct horsf", Some(&hash)));
        assert_ne!(hash, super::hash("correct horse", &[4; 16]).unwrap());
    }

    #[test]
    fn where_there_is_no_hash_one_is_computed_all_the_same() {
        // An error of another kind would mean that it was refused before the work.
        let verified = Argon2::default().verify_password(b"", NOBODY);
        assert_eq!(verified, Err(Error::PasswordInvalid));
        assert!(!verify("", None));
        let real = hash("x", &[3; 16]).unwrap();
        let settings = |phc: &str| phc.rsplitn(3, '$').nth(2).map(str::to_owned);
        assert_eq!(settings(&real), settings(NOBODY));
        assert_eq!(real.len(), NOBODY.len());
    }

    #[test]
    fn a_password_has_8_to_128_characters() {
        assert!(check("1234567").is_err() && check(&"ü".repeat(129)).is_err());
        assert!(check("ünusual1").is_ok() && check(&"ü".repeat(128)).is_ok());
    }

    #[test]
    fn a_password_that_many_have_is_refused() {
        for common in ["12345678", "password1", "PassWord1", "qwertyuiop", "iloveyou1", "trustno1"] {
            assert_eq!(check(common).unwrap_err().code, "common-password", "{common}");
        }
        assert!(check("correct horse battery").is_ok());
    }
}
