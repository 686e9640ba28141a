//! HMAC-SHA256 (RFC 2104), from which every key of this function is derived.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The code of some parts under a key. Parts whose lengths vary stand last.
pub(crate) fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // A short key is filled up with zeros to a block (RFC 2104, section 2).
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}
