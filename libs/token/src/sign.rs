//! Making tokens.

use crate::{ALGORITHM, Header, TYPE, TokenError};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::Signer as _;
use reel_api::auth::{Claims, Jwk};
use sha2::{Digest, Sha256};
use std::fmt;

/// A key that signs.
pub struct Signer {
    key: ed25519_dalek::SigningKey,
    kid: String,
}

impl Signer {
    /// The key of a seed of 32 random bytes (RFC 8032, section 5.1.5). Its `kid` is the
    /// first 16 hexadecimal digits of the public key's SHA-256.
    ///
    /// # Errors
    /// [`TokenError::BadSeed`] for a seed of another length.
    pub fn from_seed(seed: &[u8]) -> Result<Self, TokenError> {
        let seed: &[u8; 32] = seed.try_into().map_err(|_| TokenError::BadSeed(seed.len()))?;
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let digest = Sha256::digest(key.verifying_key().as_bytes());
        Ok(Self { key, kid: hex::encode(&digest[..8]) })
    }

    /// The public half, as it is published.
    pub fn jwk(&self) -> Jwk {
        Jwk {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            alg: ALGORITHM.into(),
            use_: "sig".into(),
            kid: self.kid.clone(),
            x: BASE64_URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes()),
        }
    }

    /// A token of these claims.
    pub fn sign(&self, claims: &Claims) -> String {
        let header = Header { alg: ALGORITHM.into(), typ: Some(TYPE.into()), kid: Some(self.kid.clone()), crit: None };
        let mut token = format!("{}.{}", encode(&header), encode(claims));
        let signature = self.key.sign(token.as_bytes());
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature.to_bytes(), &mut token);
        token
    }
}

/// Without the key.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("kid", &self.kid).finish_non_exhaustive()
    }
}

fn encode(part: &impl serde::Serialize) -> String {
    // Header and claims are structs of texts and numbers, which always have a JSON form.
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).unwrap_or_default())
}
