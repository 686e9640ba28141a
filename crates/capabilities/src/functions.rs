//! Functions that run somewhere else.

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

/// Why a function elsewhere did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// There is no such function.
    #[error("there is no function {0}")]
    NotFound(String),
    /// The request or the answer is too large, or does not travel.
    #[error("invalid: {0}")]
    Invalid(String),
    /// It cannot answer now.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// Reaches the functions that are not part of this process.
#[async_trait]
pub trait Functions: Send + Sync {
    /// Has a function answer a request, headers of ours among it. It is asked once: whether
    /// asking again is harmless, only the caller knows.
    async fn call(&self, function: &str, request: Request<Bytes>) -> Result<Response<Bytes>, CallError>;
}
