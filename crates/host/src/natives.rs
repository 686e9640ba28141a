//! Functions that are native programs.

use crate::metrics::FunctionMetrics;
use async_trait::async_trait;
use reel_api::Problem;
use reel_api::internal::task_error;
use serde_json::Value;
use std::time::Instant;
use tokio::sync::Semaphore;

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

/// A native function as the host keeps it.
pub(crate) struct Native {
    /// One permit for each invocation that may run at once.
    turns: Semaphore,
    pub(crate) metrics: FunctionMetrics,
}

impl Native {
    pub(crate) fn new(concurrency: u32) -> Self {
        Self { turns: Semaphore::new(concurrency as usize), metrics: FunctionMetrics::default() }
    }

    /// Waits for its turn, lets `natives` run it, and counts it.
    pub(crate) async fn invoke(
        &self,
        natives: &dyn Natives,
        function: &str,
        input: Value,
    ) -> Result<Value, TaskFailure> {
        let unavailable = |e| TaskFailure { error: "Reel.Unavailable".into(), cause: format!("{function}: {e}") };
        let _turn = self.turns.acquire().await.map_err(unavailable)?;
        let began = Instant::now();
        let output = natives.invoke(function, input).await;
        // An input that cannot be used is no failure of ours.
        let failed = output.as_ref().is_err_and(|failure| failure.error != task_error("invalid"));
        self.metrics.invoked(failed, began.elapsed());
        output
    }
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
