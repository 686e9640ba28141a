//! What the browser saw (section 5.8.1).

use crate::{PasskeyError, RelyingParty, decode};
use serde::Deserialize;

/// Client data of a credential that was made.
pub(crate) const CREATE: &str = "webauthn.create";
/// Client data of a challenge that was signed.
pub(crate) const GET: &str = "webauthn.get";

#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

/// Checks that the browser did what a page of ours asked of it.
pub(crate) fn check(
    json: &[u8],
    expected: &'static str,
    challenge: &[u8],
    party: &RelyingParty,
) -> Result<(), PasskeyError> {
    let data: ClientData = serde_json::from_slice(json).map_err(|_| PasskeyError::Malformed("clientDataJSON"))?;
    if data.kind != expected {
        return Err(PasskeyError::WrongType { expected, found: data.kind });
    }
    if decode(&data.challenge, "the challenge")? != challenge {
        return Err(PasskeyError::WrongChallenge);
    }
    if data.origin != party.origin || data.cross_origin {
        return Err(PasskeyError::WrongOrigin(data.origin));
    }
    Ok(())
}

/// The challenge that client data answers, before anything of it is believed.
///
/// # Errors
/// [`PasskeyError::Malformed`] when it has none.
pub(crate) fn challenge(json: &[u8]) -> Result<Vec<u8>, PasskeyError> {
    let data: ClientData = serde_json::from_slice(json).map_err(|_| PasskeyError::Malformed("clientDataJSON"))?;
    decode(&data.challenge, "the challenge")
}
