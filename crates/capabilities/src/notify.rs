//! `reel:notify`: messages to people.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// The longest idempotency key, in bytes.
pub const MAX_IDEMPOTENCY_KEY: usize = 256;
/// The most bytes in a message, all fields together.
pub const MAX_MESSAGE: usize = 256 * 1024;
/// The longest link, in bytes: a line of mail has no more (RFC 5322, section 2.1.1).
pub const MAX_LINK: usize = 900;

/// How a message reaches its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By e-mail; `to` is an address.
    Email,
    /// By Web Push; `to` is a subscription as JSON.
    Push,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// How it travels.
    pub channel: Channel,
    /// Whom it is for.
    pub to: String,
    /// Its subject or title.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// Of an e-mail: the URL where a POST ends letters of this kind (RFC 8058).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<String>,
    /// Of a push: where a click on it leads, relative to the platform's base URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// A second message with the same key is accepted and not sent.
    pub idempotency_key: String,
}

/// Why a message was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotifyError {
    /// The message is not well formed.
    #[error("invalid: {0}")]
    Invalid(String),
    /// Nobody is reached at this address any more.
    #[error("gone: {0}")]
    Gone(String),
    /// Nothing can be accepted now.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// Hands messages over for delivery.
#[async_trait]
pub trait Notify: Send + Sync {
    /// Accepts a message; durable when it returns. A push is handed to its push service before.
    async fn send(&self, message: Message) -> Result<(), NotifyError>;

    /// Whether messages to an address would be accepted.
    async fn admit(&self, channel: Channel, to: &str) -> Result<(), NotifyError> {
        address(channel, to)
    }

    /// The public key that browsers subscribe to pushes for; none where no pushes are sent.
    async fn push_key(&self) -> Result<Option<String>, NotifyError> {
        Ok(None)
    }
}

/// Checks that a message can be delivered at all, on every backend.
pub fn validate(message: &Message) -> Result<(), NotifyError> {
    let invalid = |why: String| Err(NotifyError::Invalid(why));
    let key = message.idempotency_key.len();
    if !(1..=MAX_IDEMPOTENCY_KEY).contains(&key) {
        return invalid(format!("an idempotency key has 1 to {MAX_IDEMPOTENCY_KEY} bytes, not {key}"));
    }
    if message.subject.is_empty() || message.subject.chars().any(char::is_control) {
        return invalid(format!("a subject is one line of text, not {:?}", message.subject));
    }
    let links = [&message.unsubscribe, &message.link];
    if let Some(link) = links.into_iter().flatten().find(|link| !is_link(link)) {
        return invalid(format!("a link is an address of at most {MAX_LINK} bytes of ASCII, not {link:?}"));
    }
    if let Some(url) = message.unsubscribe.as_ref().filter(|url| !is_http(url)) {
        return invalid(format!("letters are ended at an http URL, not {url:?}"));
    }
    let size =
        message.to.len() + message.subject.len() + message.text.len() + message.html.as_ref().map_or(0, String::len);
    if message.text.is_empty() || size > MAX_MESSAGE {
        return invalid(format!("a message has a text, and {MAX_MESSAGE} bytes at most; this one has {size}"));
    }
    address(message.channel, &message.to)
}

/// Checks that an address has the shape of its channel's.
pub fn address(channel: Channel, to: &str) -> Result<(), NotifyError> {
    match channel {
        Channel::Email if !is_address(to) => {
            Err(NotifyError::Invalid(format!("an e-mail goes to name@host, not {to:?}")))
        }
        Channel::Push if !is_subscription(to) => {
            Err(NotifyError::Invalid("a push goes to a subscription: a JSON object with an http `endpoint`".into()))
        }
        _ => Ok(()),
    }
}

/// No space and no angle bracket, which would end it in a header.
fn is_link(link: &str) -> bool {
    (1..=MAX_LINK).contains(&link.len()) && link.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"".contains(&b))
}

fn is_http(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// The shape alone (RFC 5321 section 4.1.2 without quoted names): whether the mailbox exists, its host knows.
fn is_address(to: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>,;:()\"".contains(c);
    match to.split_once('@') {
        Some((name, host)) => {
            to.len() <= 254 && !name.is_empty() && !host.is_empty() && !host.contains('@') && to.chars().all(plain)
        }
        None => false,
    }
}

fn is_subscription(to: &str) -> bool {
    let parsed = serde_json::from_str::<serde_json::Value>(to).unwrap_or_default();
    parsed.get("endpoint").and_then(|e| e.as_str()).is_some_and(is_http)
}
