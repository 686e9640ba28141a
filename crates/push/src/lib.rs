//! Web Push: messages encrypted for one browser (RFC 8291), signed as ours (VAPID, RFC 8292) and handed to the push
//! service that the browser named (RFC 8030).
//!
//! What a browser names is what a stranger typed. So a push goes to known push services alone, over https, and no
//! redirect is followed.
#![deny(missing_docs)]

mod encrypt;
mod sender;
mod services;
mod subscription;
mod vapid;

pub use encrypt::encrypt;
pub use sender::PushSender;
pub use services::Services;
pub use subscription::Subscription;
pub use vapid::VapidKey;

/// Why a push is not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// It cannot be sent at all; says what would be right.
    #[error("{0}")]
    Invalid(String),
    /// Nobody listens there any more.
    #[error("{0}")]
    Gone(String),
    /// It may be taken later.
    #[error("{0}")]
    Later(String),
}
