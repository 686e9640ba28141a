//! Functions that are native programs.

use async_trait::async_trait;
use reel_api::Problem;
use reel_api::internal::task_error;
use serde_json::Value;

/// Why a task of a workflow has no output.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}: {cause}")]
pub struct TaskFailure {
    /// The name by which the workflow catches it, for example `Reel.Invalid`.
    pub error: String,
    /// What happened, in words.
    pub cause: String,
}

impl From<Problem> for TaskFailure {
    fn from(problem: Problem) -> Self {
        // What States Language calls a time-out is caught by that name everywhere.
        let error = if problem.code == "timeout" { "States.Timeout".into() } else { task_error(&problem.code) };
        Self { error, cause: problem.detail }
    }
}

/// Runs the functions of the manifest that name a native program.
#[async_trait]
pub trait Natives: Send + Sync {
    /// Runs a function on an input; `function` is its name in the manifest.
    async fn invoke(&self, function: &str, input: Value) -> Result<Value, TaskFailure>;
}

/// For hosts that run components only: every invocation fails.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoNatives;

#[async_trait]
impl Natives for NoNatives {
    async fn invoke(&self, function: &str, _: Value) -> Result<Value, TaskFailure> {
        let cause = format!("{function} is a native function, and this host runs components only");
        Err(TaskFailure { error: "Reel.Unavailable".into(), cause })
    }
}
