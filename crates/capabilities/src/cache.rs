//! `reel:cache`: values that may be lost at any time.

use async_trait::async_trait;
use bytes::Bytes;

/// The longest key, in bytes.
pub const MAX_KEY: usize = 512;
/// The largest value, in bytes.
pub const MAX_VALUE: usize = 1024 * 1024;

/// Why an operation was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CacheError {
    /// A limit is broken.
    #[error("invalid: {0}")]
    Invalid(String),
    /// The cache cannot answer now.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// Named caches, shared by all who are granted them.
#[async_trait]
pub trait Cache: Send + Sync {
    /// The value, while it is kept. A counter's value is its decimal text.
    async fn get(&self, cache: &str, key: &str) -> Result<Option<Bytes>, CacheError>;

    /// Keeps a value for so many milliseconds.
    async fn set(&self, cache: &str, key: &str, value: Bytes, ttl_ms: u64) -> Result<(), CacheError>;

    /// Forgets a value.
    async fn delete(&self, cache: &str, key: &str) -> Result<(), CacheError>;

    /// Adds to a counter and returns the sum; the first addition starts its TTL.
    async fn increment(&self, cache: &str, key: &str, by: i64, ttl_ms: u64) -> Result<i64, CacheError>;
}

/// Checks a key against the limits that hold on every backend.
pub fn validate_key(key: &str) -> Result<(), CacheError> {
    if key.is_empty() || key.len() > MAX_KEY {
        return Err(CacheError::Invalid(format!("a key has 1 to {MAX_KEY} bytes, not {}", key.len())));
    }
    Ok(())
}

/// Checks what is to be kept against the limits that hold on every backend.
pub fn validate(key: &str, value_bytes: usize, ttl_ms: u64) -> Result<(), CacheError> {
    validate_key(key)?;
    if value_bytes > MAX_VALUE {
        return Err(CacheError::Invalid(format!("a value has at most {MAX_VALUE} bytes, not {value_bytes}")));
    }
    if ttl_ms == 0 {
        return Err(CacheError::Invalid("a value is kept for 1 ms or more, not 0".into()));
    }
    Ok(())
}
