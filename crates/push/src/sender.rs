//! Handing messages to push services.

use crate::encrypt::encrypt;
use crate::{PushError, Services, Subscription, VapidKey};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use p256::SecretKey;
use reel_capabilities::Clock;
use reel_capabilities::notify::Message;
use reel_tls::TlsError;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;

/// For how long a service keeps a message for a browser that is away, in seconds: a day.
const TTL_S: u32 = 24 * 3_600;
/// How long one delivery may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection that nobody uses is kept.
const IDLE: Duration = Duration::from_secs(60);
/// The most characters of a text: a browser shows no more, and a record holds it.
const MAX_TEXT: usize = 500;

/// Sends pushes, signed with one key.
pub struct PushSender {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    key: VapidKey,
    contact: String,
    services: Services,
    clock: Arc<dyn Clock>,
}

impl PushSender {
    /// Pushes to these services; their operators reach us at `contact`, a `mailto:` or `https:` URL.
    ///
    /// # Errors
    /// When TLS cannot be used.
    pub fn new(key: VapidKey, contact: String, services: Services, clock: Arc<dyn Clock>) -> Result<Self, TlsError> {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(TIMEOUT));
        let builder = HttpsConnectorBuilder::new().with_tls_config(reel_tls::client()?);
        let connector = builder.https_or_http().enable_http1().wrap_connector(connector);
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_idle_timeout(IDLE).pool_timer(TokioTimer::new());
        Ok(Self { client: client.build(connector), key, contact, services, clock })
    }

    /// The public key that browsers subscribe for.
    pub fn public_key(&self) -> String {
        self.key.public()
    }

    /// Whether messages to a subscription (JSON) would be sent.
    ///
    /// # Errors
    /// [`PushError::Invalid`].
    pub fn admit(&self, subscription: &str) -> Result<Subscription, PushError> {
        let subscription = Subscription::parse(subscription)?;
        self.services.admit(&subscription.endpoint)?;
        Ok(subscription)
    }

    /// Hands a message to the push service of its subscription. A repetition of its idempotency key takes the place
    /// of one that the service still keeps (`Topic`, RFC 8030, section 5.4) or that the browser shows (`tag`).
    ///
    /// # Errors
    /// As [`PushError`] says.
    pub async fn send(&self, message: &Message) -> Result<(), PushError> {
        let to = self.admit(&message.to)?;
        let request = self.request(message, &to)?;
        let later = |why: String| PushError::Later(format!("{}: {why}", to.endpoint.origin().ascii_serialization()));
        let answer = tokio::time::timeout(TIMEOUT, self.client.request(request)).await;
        let answer = answer.map_err(|_| later("no answer in time".into()))?;
        // Its body is not read: nothing that stands there is anybody's business.
        let status = answer.map_err(|e| later(reel_tls::cause(&e)))?.status();
        judge(status).map_err(|refusal| refusal(&to))
    }

    fn request(&self, message: &Message, to: &Subscription) -> Result<Request<Full<Bytes>>, PushError> {
        let tag = BASE64.encode(&Sha256::digest(&message.idempotency_key)[..24]);
        let text: String = message.text.chars().take(MAX_TEXT).collect();
        let payload = json!({ "title": message.subject, "text": text, "link": message.link, "tag": tag });
        let body = encrypt(payload.to_string().as_bytes(), to, &ephemeral(), random())?;
        let authorization = self.key.authorization(&to.endpoint, &self.contact, self.clock.now() / 1_000);
        Request::post(to.endpoint.as_str())
            .header(header::AUTHORIZATION, authorization)
            .header(header::CONTENT_ENCODING, "aes128gcm")
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header("ttl", TTL_S)
            .header("topic", tag)
            .header("urgency", "normal")
            .body(Full::from(body))
            .map_err(|e| PushError::Invalid(format!("{} is no address to push to: {e}", to.endpoint)))
    }
}

/// What a service's answer means (RFC 8030, sections 5 and 7.3).
fn judge(status: StatusCode) -> Result<(), impl FnOnce(&Subscription) -> PushError> {
    let refusal: fn(String) -> PushError = match status.as_u16() {
        200..=299 => return Ok(()),
        404 | 410 => PushError::Gone,
        400 | 413 => PushError::Invalid,
        _ => PushError::Later,
    };
    Err(move |to: &Subscription| {
        refusal(format!("the push service {} answers {status}", to.endpoint.host_str().unwrap_or_default()))
    })
}

fn ephemeral() -> SecretKey {
    loop {
        if let Ok(key) = SecretKey::from_slice(&random::<32>()) {
            return key;
        }
    }
}

/// Random bytes.
///
/// # Panics
/// When the system has none: nothing can be encrypted then.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_whether_to_try_again() {
        let to = Subscription::parse(&crate::subscription::tests::json(
            "https://push.example.org/x",
            crate::subscription::tests::P256DH,
            crate::subscription::tests::AUTH,
        ));
        let to = to.unwrap();
        let judged = |status| judge(StatusCode::from_u16(status).unwrap()).map_err(|refusal| refusal(&to));
        assert_eq!(judged(201), Ok(()));
        assert!(matches!(judged(410), Err(PushError::Gone(why)) if why.contains("push.example.org")));
        assert!(matches!(judged(404), Err(PushError::Gone(_))));
        assert!(matches!(judged(413), Err(PushError::Invalid(_))));
        // A redirect is not followed, and says nothing of the message.
        for status in [301, 401, 429, 503] {
            assert!(matches!(judged(status), Err(PushError::Later(_))), "{status}");
        }
    }
}
