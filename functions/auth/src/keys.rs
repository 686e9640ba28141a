//! The keys, from the secrets that the host keeps.

use crate::mac::mac;
use crate::session::RefreshKey;
use reel_api::auth::Jwks;
use reel_sdk::{Problem, Response, secrets};
use reel_token::Signer;

/// What tokens are signed and made with.
pub(crate) struct Keys {
    pub(crate) signer: Signer,
    pub(crate) refresh: RefreshKey,
    /// What names of what is counted are made with, so that they tell nothing.
    pub(crate) names: [u8; 32],
}

impl Keys {
    /// The keys that are derived from the platform's signing key.
    ///
    /// # Errors
    /// A 500 problem when it is no seed of 32 bytes.
    pub(crate) fn from_seed(seed: &[u8]) -> Result<Self, Problem> {
        let signer = Signer::from_seed(seed).map_err(|e| Problem::internal(format!("secret signing-key: {e}")))?;
        let seed = seed.try_into().map_err(|_| Problem::internal("secret signing-key is not 32 bytes"))?;
        Ok(Self { signer, refresh: RefreshKey::derive(seed), names: mac(seed, &[b"reel names"]) })
    }
}

/// The keys of the platform.
///
/// # Errors
/// A 500 problem when the secret is missing or no seed of 32 bytes.
pub(crate) async fn load() -> Result<Keys, Problem> {
    Keys::from_seed(&secrets::get("signing-key").await?)
}

/// The public keys, for whoever verifies tokens.
pub(crate) async fn jwks() -> Result<Response, Problem> {
    let jwks = Jwks { keys: vec![load().await?.signer.jwk()] };
    Ok(Response::json(200, &jwks)?.with_header("cache-control", "public, max-age=300"))
}
