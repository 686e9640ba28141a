//! Signatures of heartbeats: an edge shows that it knows the edges' key.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const SCHEME: &str = "Edge ";

/// The `authorization` header of a heartbeat: `Edge ` and base64url of HMAC-SHA256 over
/// its body.
pub fn authorization(body: &[u8], key: &[u8]) -> String {
    let tag = mac(key).map(|mac| mac.chain_update(body).finalize().into_bytes());
    format!("{SCHEME}{}", tag.map(|tag| BASE64_URL_SAFE_NO_PAD.encode(tag)).unwrap_or_default())
}

/// Whether an `authorization` header fits the body; compared in constant time.
pub fn is_authorized(header: &str, body: &[u8], key: &[u8]) -> bool {
    let tag = header.strip_prefix(SCHEME).and_then(|tag| BASE64_URL_SAFE_NO_PAD.decode(tag).ok());
    let (Some(tag), Some(mac)) = (tag, mac(key)) else {
        return false;
    };
    mac.chain_update(body).verify_slice(&tag).is_ok()
}

/// None for an empty key, which would sign for anybody.
fn mac(key: &[u8]) -> Option<Hmac<Sha256>> {
    if key.is_empty() {
        return None;
    }
    Hmac::new_from_slice(key).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_holder_of_the_key_signs() {
        let header = authorization(b"{}", b"key");
        assert!(is_authorized(&header, b"{}", b"key"));
        assert!(!is_authorized(&header, b"{ }", b"key"));
        assert!(!is_authorized(&header, b"{}", b"yek"));
        assert!(!is_authorized(&header[5..], b"{}", b"key"));
        assert!(!is_authorized(&header[..20], b"{}", b"key"));
    }

    #[test]
    fn an_empty_key_signs_for_nobody() {
        assert!(!is_authorized(&authorization(b"{}", b""), b"{}", b""));
    }
}
