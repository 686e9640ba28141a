//! Common encryption (ISO/IEC 23001-7) of H.264 and AAC, in the schemes `cbcs` and `cenc`.

mod cipher;
pub(crate) mod entry;
mod segment;
mod subsamples;

pub use segment::{decrypt_segment, encrypt_segment};

use crate::MediaError;
use crate::cmaf::boxes;
use reel_api::encoding::Scheme;
use reel_api::license::TrackKey;
use sha2::{Digest, Sha256};

/// The system id of W3C's common PSSH box (W3C, "cenc" Initialization Data Format, section 4).
const COMMON_SYSTEM: [u8; 16] =
    [0x10, 0x77, 0xef, 0xec, 0xc0, 0xb2, 0x4d, 0x02, 0xac, 0xe3, 0x3c, 0x1e, 0x52, 0xe2, 0xfb, 0x4b];

/// A scheme, a key, and what makes the initialization vectors of one rendition.
#[derive(Clone)]
pub struct Protection {
    pub(crate) scheme: Scheme,
    pub(crate) kid: [u8; 16],
    pub(crate) key: [u8; 16],
    /// The constant vector of `cbcs`; its first 4 bytes begin every vector of `cenc`.
    pub(crate) iv: [u8; 16],
}

impl Protection {
    /// Protection of the rendition with this id.
    ///
    /// Renditions share a key, so their vectors must differ: under `cenc` a repeated one
    /// repeats the keystream. A vector begins with a hash of the rendition's id and ends with
    /// the sample's index, which makes the same input give the same bytes, too.
    ///
    /// # Errors
    /// [`MediaError::Key`] when the key or its id is not 32 hexadecimal digits.
    pub fn new(scheme: Scheme, key: &TrackKey, rendition: &str) -> Result<Self, MediaError> {
        let mut iv = [0; 16];
        let digest = Sha256::new().chain_update(b"reel initialization vector ").chain_update(rendition).finalize();
        iv.copy_from_slice(&digest[..16]);
        Ok(Self { scheme, kid: bytes(&key.kid, "key id")?, key: bytes(&key.key, "key")?, iv })
    }

    /// The key id, 32 hexadecimal digits.
    pub fn kid(&self) -> String {
        hex::encode(self.kid)
    }

    /// The vector of a sample under `cenc`: 8 bytes, which the block counter follows.
    pub(crate) fn counter_iv(&self, sample: u64) -> [u8; 8] {
        let mut iv = [0; 8];
        iv[..4].copy_from_slice(&self.iv[..4]);
        // 2^32 samples are two years of pictures.
        iv[4..].copy_from_slice(&(sample as u32).to_be_bytes());
        iv
    }

    /// The `pssh` of version 1: it names the key and holds no data (section 8.1).
    pub(crate) fn pssh(&self) -> Vec<u8> {
        pssh(&self.kid)
    }
}

/// A `pssh` box of W3C's common system for this key id, as EME takes it for
/// initialization data of the type `cenc`.
pub fn pssh(kid: &[u8; 16]) -> Vec<u8> {
    let body = [&COMMON_SYSTEM[..], &1_u32.to_be_bytes(), kid, &0_u32.to_be_bytes()].concat();
    boxes::write_full(b"pssh", 1, 0, &body)
}

fn bytes(text: &str, what: &'static str) -> Result<[u8; 16], MediaError> {
    let mut bytes = [0; 16];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| MediaError::Key(what))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn protection(rendition: &str) -> Protection {
        let key = TrackKey { kid: "00112233445566778899aabbccddeeff".into(), key: "ff".repeat(16) };
        Protection::new(Scheme::Cenc, &key, rendition).unwrap()
    }

    #[test]
    fn no_two_samples_of_a_ladder_share_a_vector() {
        let ids: Vec<String> = crate::ladder::rendition_ids().collect();
        let mut vectors: Vec<_> =
            ids.iter().flat_map(|id| [0, 1, 1_000_000].map(|sample| protection(id).counter_iv(sample))).collect();
        let count = vectors.len();
        vectors.sort_unstable();
        vectors.dedup();
        assert_eq!((ids.len() * 3, count), (vectors.len(), vectors.len()));
    }

    #[test]
    fn a_key_of_another_length_is_named() {
        let key = TrackKey { kid: "00".repeat(16), key: "12".into() };
        assert_eq!(Protection::new(Scheme::Cbcs, &key, "x").err(), Some(MediaError::Key("key")));
    }
}
