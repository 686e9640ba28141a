//! Passkeys, as a relying party verifies them (Web Authentication, level 3, section 7), without I/O or clock.
//!
//! Keys are ES256 and EdDSA over Ed25519. Where a key comes from is not asked (attestation `none`), so no
//! statement about it is believed or needed. The user is always verified: a passkey stands for a password.
#![deny(missing_docs)]

mod authenticator;
mod client;
mod key;
mod verify;

pub use key::PublicKey;
pub use verify::{Registered, RelyingParty, assert, challenge, register};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

/// COSE algorithms that are taken, the best first (RFC 9053, sections 2.1 and 2.2).
pub const ALGORITHMS: [i32; 2] = [key::EDDSA, key::ES256];
/// The longest id of a credential, in bytes (section 5.8.3 of the specification, and 7.1, step 25).
pub const MAX_ID: usize = 1_023;

/// Why a passkey, or what it signed, is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// Something is not written as the specification says; names it.
    #[error("{0} does not read")]
    Malformed(&'static str),
    /// The browser did something else than what was asked of it.
    #[error("the browser was asked for {expected}, and did {found:?}")]
    WrongType {
        /// What was asked.
        expected: &'static str,
        /// What was done.
        found: String,
    },
    /// It answers another challenge.
    #[error("it answers another challenge")]
    WrongChallenge,
    /// The page that asked is none of ours.
    #[error("the page that asked is {0:?}, which is not ours")]
    WrongOrigin(String),
    /// It was made for another host.
    #[error("it was made for another host")]
    WrongParty,
    /// Nobody was there, or it was not checked who.
    #[error("the device has not verified who uses it")]
    NotVerified,
    /// The key is of a kind that is not taken.
    #[error("keys of algorithm {0} are not taken")]
    Algorithm(i64),
    /// The signature is not the key's.
    #[error("the signature does not hold")]
    BadSignature,
    /// It has signed less often than before: there are two of it.
    #[error("its counter went back from {before} to {found}: it was copied")]
    Copied {
        /// The counter before.
        before: u32,
        /// The counter now.
        found: u32,
    },
}

/// The bytes of a text as WebAuthn writes them.
fn decode(text: &str, what: &'static str) -> Result<Vec<u8>, PasskeyError> {
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| PasskeyError::Malformed(what))
}
