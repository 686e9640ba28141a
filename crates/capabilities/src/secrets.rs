//! `reel:secrets`: keys and passwords.

use async_trait::async_trait;

/// The longest name of a secret, in bytes.
pub const MAX_NAME: usize = 128;

/// Why a secret could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// There is no such secret.
    #[error("there is no secret {0}")]
    NotFound(String),
    /// The store cannot answer now, or does not keep secrets safely.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// Named secrets.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// The secret's bytes.
    async fn get(&self, name: &str) -> Result<Vec<u8>, SecretError>;
}

/// Refuses a name that could lead to what is no secret of ours.
///
/// # Errors
/// [`SecretError::NotFound`], which says what a name is made of.
pub fn validate_name(name: &str) -> Result<(), SecretError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if name.is_empty() || name.len() > MAX_NAME || name.starts_with('.') || !name.bytes().all(plain) {
        return Err(SecretError::NotFound(format!(
            "{name:?}: a secret's name is 1 to {MAX_NAME} of a-z, A-Z, 0-9, -, _ and ., and does not start with ."
        )));
    }
    Ok(())
}
