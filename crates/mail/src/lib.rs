//! Messages as e-mail: composed (RFC 5322, MIME), and handed over by SMTP.
#![deny(missing_docs)]

mod compose;
#[cfg(feature = "smtp")]
mod smtp;

pub use compose::{Sender, compose};
#[cfg(feature = "smtp")]
pub use smtp::Smtp;

/// Why a message is not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// What was configured cannot be used; says what would be right.
    #[error("{0}")]
    Misconfigured(String),
    /// Nobody takes this message, now or later.
    #[error("{0}")]
    Refused(String),
    /// It may be taken later.
    #[error("{0}")]
    Later(String),
}
