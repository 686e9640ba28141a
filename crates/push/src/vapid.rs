//! Who sends (VAPID, RFC 8292): a key of P-256, and what is signed with it.

use crate::PushError;
use crate::encrypt::point;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hkdf::Hkdf;
use p256::SecretKey;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::json;
use sha2::Sha256;
use url::Url;

/// How long a signature holds, in seconds: half of what services take (RFC 8292, section 2).
const LIFETIME_S: u64 = 12 * 3_600;

/// The key of a sender. Browsers subscribe for its public half.
#[derive(Clone)]
pub struct VapidKey(SecretKey);

impl VapidKey {
    /// The key that follows from a secret of 16 bytes or more.
    ///
    /// # Errors
    /// [`PushError::Invalid`] when it is shorter.
    pub fn from_secret(secret: &[u8]) -> Result<Self, PushError> {
        if secret.len() < 16 {
            return Err(PushError::Invalid(format!("the secret vapid-key has 16 bytes or more, not {}", secret.len())));
        }
        let keys = Hkdf::<Sha256>::new(None, secret);
        let mut scalar = [0; 32];
        // One number of 2^32 is no key: then the next is taken.
        let found = (0..=u8::MAX).find_map(|n| {
            keys.expand(&[b"reel vapid ", &[n][..]].concat(), &mut scalar).ok()?;
            SecretKey::from_slice(&scalar).ok()
        });
        found.map(Self).ok_or_else(|| PushError::Invalid("the secret vapid-key is no key".into()))
    }

    /// The public key, as `PushManager.subscribe` wants it: 65 bytes in base64url.
    pub fn public(&self) -> String {
        BASE64.encode(point(&self.0.public_key()))
    }

    /// The `Authorization` of a message to an endpoint, sent at this time (in Unix seconds) by one who is reached at
    /// `contact`, a `mailto:` or `https:` URL.
    pub(crate) fn authorization(&self, endpoint: &Url, contact: &str, now_s: u64) -> String {
        let header = json!({ "typ": "JWT", "alg": "ES256" });
        let audience = endpoint.origin().ascii_serialization();
        let claims = json!({ "aud": audience, "exp": now_s + LIFETIME_S, "sub": contact });
        let signed = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let signature: Signature = SigningKey::from(&self.0).sign(signed.as_bytes());
        format!("vapid t={signed}.{}, k={}", BASE64.encode(signature.to_bytes()), self.public())
    }
}

impl std::fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VapidKey({})", self.public())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier;
    use serde_json::Value;

    #[test]
    fn a_secret_is_always_the_same_key() {
        let [a, b] = [[1; 32], [2; 32]].map(|secret| VapidKey::from_secret(&secret).unwrap().public());
        assert_eq!(a, VapidKey::from_secret(&[1; 32]).unwrap().public());
        assert_ne!(a, b);
        assert_eq!((a.len(), a.starts_with('B')), (87, true));
        assert!(VapidKey::from_secret(b"short").is_err());
    }

    #[test]
    fn what_is_signed_names_the_service_and_the_sender_and_holds_for_half_a_day() {
        let key = VapidKey::from_secret(&[1; 32]).unwrap();
        let endpoint = Url::parse("https://push.example.net/x?y").unwrap();
        let authorization = key.authorization(&endpoint, "mailto:films@example.org", 1_000);
        let (token, public) = authorization.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let verifying = VerifyingKey::from_sec1_bytes(&BASE64.decode(public).unwrap()).unwrap();
        let signature = Signature::from_slice(&BASE64.decode(signature).unwrap()).unwrap();
        verifying.verify(signed.as_bytes(), &signature).unwrap();
        let claims: Value = serde_json::from_slice(&BASE64.decode(signed.split_once('.').unwrap().1).unwrap()).unwrap();
        let expected = json!({ "aud": "https://push.example.net", "exp": 44_200, "sub": "mailto:films@example.org" });
        assert_eq!(claims, expected);
    }
}
