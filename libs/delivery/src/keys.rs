//! The keys that sign tokens.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The length of one key, in bytes.
pub const KEY_BYTES: usize = 32;

/// The bytes of a signature: the first half of an HMAC-SHA256 (RFC 2104, section 5).
pub(crate) const TAG_BYTES: usize = 16;

/// What is no set of keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The length is not that of keys.
    #[error(
        "the delivery key has {0} bytes; it must have 32, or 32 for each of several keys, the one that signs first"
    )]
    Length(usize),
    /// The text is not hexadecimal.
    #[error("the delivery key must be hexadecimal: 64 digits for each key")]
    Text,
}

impl From<KeyError> for reel_api::Problem {
    fn from(error: KeyError) -> Self {
        Self::new(500, "misconfigured", "Something is wrong on our side", error.to_string())
    }
}

/// Delivery keys: the first signs, each verifies, so that tokens outlive a change of key.
#[derive(Clone)]
pub struct Keys(Vec<Key>);

#[derive(Clone)]
struct Key {
    id: u8,
    mac: Hmac<Sha256>,
}

impl Keys {
    /// Keys of [`KEY_BYTES`] each, one after another, the one that signs first.
    ///
    /// # Errors
    /// [`KeyError::Length`] when there is none, or a part of one.
    pub fn from_bytes(secret: &[u8]) -> Result<Self, KeyError> {
        let (keys, rest) = secret.as_chunks::<KEY_BYTES>();
        if keys.is_empty() || !rest.is_empty() {
            return Err(KeyError::Length(secret.len()));
        }
        Ok(Self(keys.iter().map(Key::new).collect()))
    }

    /// The same from hexadecimal text, as a configuration carries it.
    ///
    /// # Errors
    /// [`KeyError::Text`] when it is not hexadecimal, else as [`Keys::from_bytes`].
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        Self::from_bytes(&hex::decode(text.trim()).map_err(|_| KeyError::Text)?)
    }

    /// The id of the key that signs.
    pub(crate) fn id(&self) -> u8 {
        self.0[0].id
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; TAG_BYTES] {
        let tag = self.0[0].mac.clone().chain_update(message).finalize().into_bytes();
        let mut half = [0; TAG_BYTES];
        half.copy_from_slice(&tag[..TAG_BYTES]);
        half
    }

    /// Whether a key of this id made the tag; compared in constant time.
    pub(crate) fn verify(&self, id: u8, message: &[u8], tag: &[u8; TAG_BYTES]) -> bool {
        let mut keys = self.0.iter().filter(|key| key.id == id);
        keys.any(|key| key.mac.clone().chain_update(message).verify_truncated_left(tag).is_ok())
    }
}

impl Key {
    fn new(bytes: &[u8; KEY_BYTES]) -> Self {
        // A digest tells keys apart without a number that somebody has to hand out.
        let id = Sha256::digest(bytes)[0];
        // Shorter keys are padded with zeros to a block of SHA-256 (RFC 2104, section 2).
        let mut block = [0; 64];
        block[..KEY_BYTES].copy_from_slice(bytes);
        Self { id, mac: Hmac::new(&block.into()) }
    }
}
