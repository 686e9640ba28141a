//! The keys, from the secrets that the host keeps.

use crate::session::RefreshKey;
use reel_api::auth::Jwks;
use reel_sdk::{Problem, Response, secrets};
use reel_token::Signer;

/// What tokens are signed and made with.
pub(crate) struct Keys {
    pub(crate) signer: Signer,
    pub(crate) refresh: RefreshKey,
}

/// The keys of the platform.
///
/// # Errors
/// A 500 problem when the secret is missing or no seed of 32 bytes.
pub(crate) async fn load() -> Result<Keys, Problem> {
    let seed = secrets::get("signing-key").await?;
    let signer = Signer::from_seed(&seed).map_err(|e| Problem::internal(format!("secret signing-key: {e}")))?;
    let seed = seed.try_into().map_err(|_| Problem::internal("secret signing-key is not 32 bytes"))?;
    Ok(Keys { signer, refresh: RefreshKey::derive(&seed) })
}

/// The public keys, for whoever verifies tokens.
pub(crate) async fn jwks() -> Result<Response, Problem> {
    let jwks = Jwks { keys: vec![load().await?.signer.jwk()] };
    Ok(Response::json(200, &jwks)?.with_header("cache-control", "public, max-age=300"))
}
