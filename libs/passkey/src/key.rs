//! Public keys, as COSE writes them (RFC 9052, section 7; RFC 9053).

use crate::{PasskeyError, decode};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use minicbor::data::Type;
use p256::ecdsa::signature::Verifier;
use serde::{Deserialize, Serialize};

/// EdDSA.
pub(crate) const EDDSA: i32 = -8;
/// ECDSA over P-256 with SHA-256.
pub(crate) const ES256: i32 = -7;
const MALFORMED: PasskeyError = PasskeyError::Malformed("the public key");

/// A public key, as it is stored: base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "alg", content = "key", rename_all = "lowercase")]
pub enum PublicKey {
    /// A point of P-256 in SEC1's uncompressed form, 65 bytes.
    Es256(String),
    /// An Ed25519 key, 32 bytes.
    Eddsa(String),
}

/// What a COSE key has.
#[derive(Default)]
struct Fields<'a> {
    kty: Option<i64>,
    alg: Option<i64>,
    crv: Option<i64>,
    x: Option<&'a [u8]>,
    y: Option<&'a [u8]>,
}

impl PublicKey {
    /// The key at the beginning of some CBOR.
    ///
    /// # Errors
    /// When it is none, or of a kind that is not taken.
    pub(crate) fn read(cbor: &[u8]) -> Result<Self, PasskeyError> {
        let fields = fields(cbor).map_err(|_| MALFORMED)?;
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let key = match (fields.alg.ok_or(MALFORMED)?, fields.kty, fields.crv, fields.x, fields.y) {
            (-7, Some(2), Some(1), Some(x), Some(y)) if x.len() == 32 && y.len() == 32 => {
                Self::Es256(encode(&[&[4], x, y].concat()))
            }
            (-8, Some(1), Some(6), Some(x), None) if x.len() == 32 => Self::Eddsa(encode(x)),
            (-7 | -8, ..) => return Err(MALFORMED),
            (other, ..) => return Err(PasskeyError::Algorithm(other)),
        };
        key.check().map(|()| key)
    }

    /// Whether a signature over a message is this key's.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), PasskeyError> {
        let holds = match self {
            Self::Es256(key) => {
                let key = es256(key)?;
                p256::ecdsa::DerSignature::try_from(signature).is_ok_and(|it| key.verify(message, &it).is_ok())
            }
            Self::Eddsa(key) => {
                let key = eddsa(key)?;
                ed25519_dalek::Signature::from_slice(signature).is_ok_and(|it| key.verify_strict(message, &it).is_ok())
            }
        };
        if holds { Ok(()) } else { Err(PasskeyError::BadSignature) }
    }

    fn check(&self) -> Result<(), PasskeyError> {
        match self {
            Self::Es256(key) => es256(key).map(drop),
            Self::Eddsa(key) => eddsa(key).map(drop),
        }
    }
}

fn es256(key: &str) -> Result<p256::ecdsa::VerifyingKey, PasskeyError> {
    p256::ecdsa::VerifyingKey::from_sec1_bytes(&decode(key, "the public key")?).map_err(|_| MALFORMED)
}

fn eddsa(key: &str) -> Result<ed25519_dalek::VerifyingKey, PasskeyError> {
    let bytes: [u8; 32] = decode(key, "the public key")?.try_into().map_err(|_| MALFORMED)?;
    ed25519_dalek::VerifyingKey::from_bytes(&bytes).map_err(|_| MALFORMED)
}

/// What there is of a map of labels (RFC 9053, sections 7.1 and 7.2); the rest is passed over.
fn fields(cbor: &[u8]) -> Result<Fields<'_>, minicbor::decode::Error> {
    let mut decoder = minicbor::Decoder::new(cbor);
    let entries = decoder.map()?.ok_or_else(|| minicbor::decode::Error::message("a map without end"))?;
    let mut fields = Fields::default();
    for _ in 0..entries {
        let label = decoder.i64()?;
        match (label, decoder.datatype()?) {
            (1, _) => fields.kty = Some(decoder.i64()?),
            (3, _) => fields.alg = Some(decoder.i64()?),
            (-1, _) => fields.crv = Some(decoder.i64()?),
            (-2, Type::Bytes) => fields.x = Some(decoder.bytes()?),
            (-3, Type::Bytes) => fields.y = Some(decoder.bytes()?),
            _ => decoder.skip()?,
        }
    }
    Ok(fields)
}
