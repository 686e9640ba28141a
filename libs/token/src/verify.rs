//! Verifying tokens.

use crate::{ALGORITHM, Header, TYPE, TokenError};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, VerifyingKey};
use reel_api::auth::{AUDIENCE, Claims, ISSUER, Jwk, Jwks};
use serde::de::DeserializeOwned;
use std::collections::HashMap;

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN: usize = 4_096;
/// By how much clocks may differ, in seconds.
pub const LEEWAY: u64 = 30;

/// Public keys by their ids.
#[derive(Debug, Clone, Default)]
pub struct Keys(HashMap<String, VerifyingKey>);

impl Keys {
    /// The Ed25519 keys of a set; keys of other kinds are left out (RFC 7517, section 5).
    pub fn from_jwks(jwks: &Jwks) -> Self {
        Self(jwks.keys.iter().filter_map(|jwk| Some((jwk.kid.clone(), verifying_key(jwk)?))).collect())
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The claims of a token that is valid at this time (Unix seconds).
    ///
    /// The signature is checked before any claim is read, and with the named key alone.
    ///
    /// # Errors
    /// The first reason why it is not valid, in the order of [`TokenError`].
    pub fn verify(&self, token: &str, now: u64) -> Result<Claims, TokenError> {
        let [header, claims, signature] = split(token)?;
        let key = self.key_for(&json::<Header>(header)?)?;
        let signature = bytes(signature)?;
        let signature =
            Signature::from_slice(&signature).map_err(|_| TokenError::Malformed("its signature is not 64 bytes"))?;
        let signed = &token.as_bytes()[..header.len() + 1 + claims.len()];
        key.verify_strict(signed, &signature).map_err(|_| TokenError::BadSignature)?;
        let claims = json(claims)?;
        check(&claims, now)?;
        Ok(claims)
    }

    fn key_for(&self, header: &Header) -> Result<&VerifyingKey, TokenError> {
        if header.alg != ALGORITHM {
            return Err(TokenError::Malformed("its alg is not EdDSA"));
        }
        if header.crit.is_some() {
            return Err(TokenError::Malformed("it has critical extensions (crit), and none are supported"));
        }
        if header.typ.as_deref().is_some_and(|typ| !typ.eq_ignore_ascii_case(TYPE)) {
            return Err(TokenError::Malformed("its typ is not JWT"));
        }
        let kid = header.kid.as_deref().ok_or(TokenError::Malformed("it names no key (kid)"))?;
        self.0.get(kid).ok_or_else(|| TokenError::UnknownKey(kid.chars().take(64).collect()))
    }
}

fn verifying_key(jwk: &Jwk) -> Option<VerifyingKey> {
    if (jwk.kty.as_str(), jwk.crv.as_str()) != ("OKP", "Ed25519") {
        return None;
    }
    let x: [u8; 32] = BASE64_URL_SAFE_NO_PAD.decode(&jwk.x).ok()?.try_into().ok()?;
    VerifyingKey::from_bytes(&x).ok().filter(|key| !key.is_weak())
}

fn split(token: &str) -> Result<[&str; 3], TokenError> {
    if token.len() > MAX_TOKEN {
        return Err(TokenError::Malformed("it has more than 4096 bytes"));
    }
    let parts: Vec<&str> = token.splitn(4, '.').collect();
    parts.try_into().map_err(|_| TokenError::Malformed("it has not three parts joined by dots"))
}

fn bytes(part: &str) -> Result<Vec<u8>, TokenError> {
    BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Malformed("a part is not base64url without padding"))
}

fn json<T: DeserializeOwned>(part: &str) -> Result<T, TokenError> {
    serde_json::from_slice(&bytes(part)?).map_err(|_| TokenError::Malformed("a part is not the JSON expected there"))
}

/// Whether the time of these claims is over, in Unix seconds; with the leeway.
pub fn has_expired(claims: &Claims, now: u64) -> bool {
    claims.exp.saturating_add(LEEWAY) <= now
}

fn check(claims: &Claims, now: u64) -> Result<(), TokenError> {
    if claims.iss != ISSUER || claims.aud != AUDIENCE {
        return Err(TokenError::WrongAudience);
    }
    if has_expired(claims, now) {
        return Err(TokenError::Expired);
    }
    if claims.iat > now.saturating_add(LEEWAY) {
        return Err(TokenError::NotYet);
    }
    Ok(())
}
