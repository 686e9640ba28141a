//! Access tokens: JSON Web Tokens (RFC 7519) in compact serialisation (RFC 7515,
//! section 7.1), signed with EdDSA over Ed25519 (RFC 8037) and nothing else.
//!
//! [`Signer`] makes them in `auth`; [`Keys`] verifies them wherever the public keys are
//! known. Neither reads a clock.
#![deny(missing_docs)]

mod sign;
mod verify;

pub use sign::Signer;
pub use verify::{Keys, LEEWAY, MAX_TOKEN, has_expired};

/// Why a token, or a key, is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is not a JWT of the form that is accepted here.
    #[error("the token is malformed: {0}")]
    Malformed(&'static str),
    /// It names a key that is not among those known.
    #[error("the token is signed with key {0:?}, which is not known")]
    UnknownKey(String),
    /// The signature is not that of the named key over this token.
    #[error("the token's signature does not hold")]
    BadSignature,
    /// It was made by or for someone else.
    #[error("the token was not made by this platform for this API")]
    WrongAudience,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// It claims to have been made in the future.
    #[error("the token is not valid yet: its iat is in the future")]
    NotYet,
    /// A signing key must be 32 bytes.
    #[error("an Ed25519 signing key is a seed of 32 bytes, not {0}")]
    BadSeed(usize),
}

/// The header of a token (RFC 7515, section 4.1).
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default)]
    kid: Option<String>,
    /// Extensions that must be understood; none are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crit: Option<serde_json::Value>,
}

/// The one algorithm (RFC 8037, section 3.1).
const ALGORITHM: &str = "EdDSA";
/// The media type of a token (RFC 7519, section 5.1).
const TYPE: &str = "JWT";
