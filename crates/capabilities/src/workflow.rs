//! `reel:workflow`: long-running work.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The largest input or output of a state, in bytes of JSON.
pub const MAX_PAYLOAD: usize = 256 * 1024;

/// The longest name of an execution, in bytes.
pub const MAX_NAME: usize = 80;

/// How far an execution is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// At work.
    Running,
    /// Ended well.
    Succeeded,
    /// Ended in a Fail state or an error that nothing caught.
    Failed,
}

/// How far one state is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The state's name.
    pub state: String,
    /// How many items there are; 1 for what is not a Map; 0 while unknown.
    pub total: u32,
    /// How many are done.
    pub done: u32,
}

/// An execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    /// How far it is.
    pub status: Status,
    /// The states entered so far, in order.
    pub progress: Vec<Progress>,
    /// The output when it succeeded.
    pub output: Option<Value>,
    /// The error's name and cause when it failed.
    pub failure: Option<(String, String)>,
}

/// Why an operation was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkflowError {
    /// There is no such execution or workflow.
    #[error("there is no workflow or execution {0}")]
    NotFound(String),
    /// The input is too large, or the name was used with another input.
    #[error("invalid: {0}")]
    Invalid(String),
    /// The runner cannot answer now.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// Starts and follows executions.
#[async_trait]
pub trait Workflows: Send + Sync {
    /// Starts an execution; durable when it returns. The same name with the same
    /// input again is no error and starts nothing.
    async fn start(&self, workflow: &str, name: &str, input: Value) -> Result<(), WorkflowError>;

    /// How far an execution is.
    async fn describe(&self, workflow: &str, name: &str) -> Result<Execution, WorkflowError>;
}

/// Refuses a name that not every runner takes.
///
/// # Errors
/// [`WorkflowError::Invalid`], which says what a name is made of.
pub fn validate_name(name: &str) -> Result<(), WorkflowError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(plain) {
        return Ok(());
    }
    Err(WorkflowError::Invalid(format!(
        "an execution's name is 1 to {MAX_NAME} of A-Z, a-z, 0-9, -, _ and ., not {name:?}"
    )))
}
