//! Why there is no model.

use lambda_runtime::Diagnostic;
use reel_api::internal::task_error;
use reel_capabilities::blob::BlobError;

/// Why a training failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// What was gathered cannot be learnt from.
    #[error("{0}")]
    Invalid(String),
    /// The blob store cannot answer; it may later.
    #[error("{0}")]
    Unavailable(String),
}

impl From<BlobError> for Failure {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Unavailable(why) => Self::Unavailable(why),
            other => Self::Invalid(other.to_string()),
        }
    }
}

/// The error as the workflow sees it: its type decides whether the task is retried.
impl From<Failure> for Diagnostic {
    fn from(error: Failure) -> Self {
        let code = match &error {
            Failure::Invalid(_) => "invalid",
            Failure::Unavailable(_) => "unavailable",
        };
        Self { error_type: task_error(code), error_message: error.to_string() }
    }
}
