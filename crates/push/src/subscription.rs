//! Where one browser is reached.

use crate::PushError;
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use p256::PublicKey;
use serde::Deserialize;
use url::Url;

/// Browsers leave the padding out; some libraries do not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A browser that wants to be pushed to, as its `PushSubscription` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Where messages for it are sent.
    pub endpoint: Url,
    /// Its public key.
    pub key: PublicKey,
    /// The secret that it shares with who sends to it (RFC 8291, section 3.2).
    pub secret: [u8; 16],
}

#[derive(Deserialize)]
struct Json {
    endpoint: String,
    keys: Keys,
}

#[derive(Deserialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

impl Subscription {
    /// Reads what `PushSubscription.toJSON()` gives (W3C Push API, section 8).
    ///
    /// # Errors
    /// [`PushError::Invalid`] when it is something else.
    pub fn parse(json: &str) -> Result<Self, PushError> {
        let wrong = |why: String| PushError::Invalid(format!("a push subscription is what the browser gives: {why}"));
        let Json { endpoint, keys } = serde_json::from_str(json).map_err(|e| wrong(e.to_string()))?;
        let endpoint = Url::parse(&endpoint).map_err(|e| wrong(format!("endpoint: {e}")))?;
        let key = BASE64.decode(keys.p256dh).map_err(|e| wrong(format!("p256dh: {e}")))?;
        let key = PublicKey::from_sec1_bytes(&key).map_err(|_| wrong("p256dh is no point on P-256".into()))?;
        let secret = BASE64.decode(keys.auth).map_err(|e| wrong(format!("auth: {e}")))?;
        let secret = secret.try_into().map_err(|_| wrong("auth has 16 bytes".into()))?;
        Ok(Self { endpoint, key, secret })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The keys of RFC 8291, appendix A.
    pub(crate) const P256DH: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    pub(crate) const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    pub(crate) fn json(endpoint: &str, p256dh: &str, auth: &str) -> String {
        format!(r#"{{"endpoint":"{endpoint}","expirationTime":null,"keys":{{"p256dh":"{p256dh}","auth":"{auth}"}}}}"#)
    }

    #[test]
    fn a_browsers_subscription_is_read_with_and_without_padding() {
        for auth in [AUTH.to_owned(), format!("{AUTH}==")] {
            let subscription = Subscription::parse(&json("https://push.example/x", P256DH, &auth)).unwrap();
            assert_eq!(subscription.endpoint.as_str(), "https://push.example/x");
        }
    }

    #[test]
    fn what_is_no_subscription_is_refused() {
        let short = &P256DH[..80];
        for json in [
            "{}".to_owned(),
            json("push.example", P256DH, AUTH),
            json("https://push.example", short, AUTH),
            json("https://push.example", P256DH, "AAAA"),
            json("https://push.example", "!", AUTH),
        ] {
            assert!(matches!(Subscription::parse(&json), Err(PushError::Invalid(_))), "{json}");
        }
    }
}
