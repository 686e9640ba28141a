//! The two ceremonies: making a passkey (section 7.1), and signing with it (section 7.2).

use crate::authenticator::AuthenticatorData;
use crate::client::{self, CREATE, GET};
use crate::{PasskeyError, PublicKey, decode};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::passkey::{Attestation, Signed};
use sha2::{Digest, Sha256};

/// Who asks: the pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The host that passkeys are made for.
    pub id: String,
    /// The origin of the pages, such as `https://reel.example`.
    pub origin: String,
}

impl RelyingParty {
    /// The party of pages at an origin; none when it is no origin of a host.
    pub fn of(origin: &str) -> Option<Self> {
        let origin = origin.trim().trim_end_matches('/');
        let (_, authority) = origin.split_once("://")?;
        let id = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'-';
        let valid = !id.is_empty() && id.bytes().all(plain);
        valid.then(|| Self { id: id.to_ascii_lowercase(), origin: origin.to_ascii_lowercase() })
    }

    fn check(&self, data: &AuthenticatorData<'_>) -> Result<(), PasskeyError> {
        if data.rp_id_hash != Sha256::digest(self.id.as_bytes()).as_slice() {
            return Err(PasskeyError::WrongParty);
        }
        if data.is_verified() { Ok(()) } else { Err(PasskeyError::NotVerified) }
    }
}

/// A passkey that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The credential's id, base64url.
    pub id: String,
    /// Its public key.
    pub key: PublicKey,
    /// How often it has signed; 0 for those that do not count.
    pub counter: u32,
}

/// The challenge that client data answers, base64url as it comes, before anything of it is believed.
///
/// # Errors
/// [`PasskeyError::Malformed`] when there is none.
pub fn challenge(client_data_json: &str) -> Result<Vec<u8>, PasskeyError> {
    client::challenge(&decode(client_data_json, "clientDataJSON")?)
}

/// The passkey that answers a challenge to make one.
///
/// # Errors
/// Whatever is wrong with it.
pub fn register(made: &Attestation, challenge: &[u8], party: &RelyingParty) -> Result<Registered, PasskeyError> {
    let client_data = decode(&made.client_data_json, "clientDataJSON")?;
    client::check(&client_data, CREATE, challenge, party)?;
    let object = decode(&made.attestation_object, "attestationObject")?;
    let data = auth_data(&object).map_err(|_| PasskeyError::Malformed("attestationObject"))?;
    let data = AuthenticatorData::read(data)?;
    party.check(&data)?;
    let (id, key) = data.credential.ok_or(PasskeyError::Malformed("authenticatorData"))?;
    Ok(Registered { id: BASE64_URL_SAFE_NO_PAD.encode(id), key: PublicKey::read(key)?, counter: data.counter })
}

/// The counter of a passkey after it has signed a challenge.
///
/// # Errors
/// Whatever is wrong with the signature, or that the counter went back.
pub fn assert(
    signed: &Signed,
    challenge: &[u8],
    party: &RelyingParty,
    key: &PublicKey,
    counter: u32,
) -> Result<u32, PasskeyError> {
    let client_data = decode(&signed.client_data_json, "clientDataJSON")?;
    client::check(&client_data, GET, challenge, party)?;
    let bytes = decode(&signed.authenticator_data, "authenticatorData")?;
    let data = AuthenticatorData::read(&bytes)?;
    party.check(&data)?;
    let message = [&bytes[..], &Sha256::digest(&client_data)].concat();
    key.verify(&message, &decode(&signed.signature, "the signature")?)?;
    let counts = data.counter > 0 || counter > 0;
    if counts && data.counter <= counter {
        return Err(PasskeyError::Copied { before: counter, found: data.counter });
    }
    Ok(data.counter)
}

/// The bytes that an attestation object has under `authData` (section 6.5.4).
fn auth_data(object: &[u8]) -> Result<&[u8], minicbor::decode::Error> {
    let mut decoder = minicbor::Decoder::new(object);
    let missing = || minicbor::decode::Error::message("no authData");
    for _ in 0..decoder.map()?.ok_or_else(missing)? {
        match decoder.str()? {
            "authData" => return decoder.bytes(),
            _ => decoder.skip()?,
        }
    }
    Err(missing())
}
