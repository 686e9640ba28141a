//! Invoking functions.

use super::frame::Frame;
use super::journal::Position;
use crate::data::Scope;
use crate::failure::{Failure, TIMEOUT, within_limit};
use crate::machine::Task;
use async_trait::async_trait;
use futures::FutureExt;
use serde_json::{Value, json};
use std::panic::AssertUnwindSafe;

/// Invokes the functions that a workflow's tasks name.
#[async_trait]
pub trait Tasks: Send + Sync {
    /// Invokes a function and returns its answer, at most 256 KB of JSON.
    ///
    /// `function` is what [`Machine::load`](crate::Machine::load) was told for the task's
    /// placeholder. `invocation` names this attempt of this task, of this item, of this
    /// execution: after a killed process the attempt that was under way is invoked again
    /// under the same name, a retry under another. The future may be dropped, when the
    /// task takes too long, another item fails its Map or the runner shuts down.
    ///
    /// # Errors
    /// Whatever the function reports; the workflow's `Retry` and `Catch` decide by the
    /// error's name. A name is cut at 256 bytes, a cause at 32 KiB.
    async fn invoke(&self, function: &str, invocation: &str, input: Value) -> Result<Value, TaskError>;
}

/// Why a task failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}: {cause}")]
pub struct TaskError {
    /// The error's name, such as `Reel.Unavailable`.
    pub error: String,
    /// What happened, for people.
    pub cause: String,
}

impl From<TaskError> for Failure {
    fn from(TaskError { error, cause }: TaskError) -> Self {
        Self::new(error, cause)
    }
}

impl Frame<'_> {
    /// The answer of a task's function.
    pub(super) async fn invoke(&self, task: &Task, at: &Position) -> Result<Value, Failure> {
        let input = self.task_input(task, at)?;
        let invocation = self.invocation(at);
        let call = self.run.shared.tasks.invoke(&task.function, &invocation, input);
        let call = AssertUnwindSafe(call).catch_unwind();
        let ended = match task.timeout {
            None => call.await,
            Some(limit) => tokio::time::timeout(limit, call).await.map_err(|_| {
                Failure::new(TIMEOUT, format!("{} did not answer within {} s", task.function, limit.as_secs()))
            })?,
        };
        let panicked = |_| Failure::new("Lambda.Unknown", format!("{} panicked", task.function));
        let answer = within_limit("the task's answer", ended.map_err(panicked)??)?;
        Ok(if task.wrapped { wrap(answer) } else { answer })
    }

    fn task_input(&self, task: &Task, at: &Position) -> Result<Value, Failure> {
        let context = self.context(at);
        let scope = Scope { input: &at.data, context: &context };
        let input = task.work.io.input.get("InputPath", scope)?;
        let input = match &task.parameters {
            Some(template) => template.eval(Scope { input: &input, context: &context })?,
            None => input.into_owned(),
        };
        within_limit("the task's input", input)
    }
}

/// The answer as `lambda:invoke` has it.
fn wrap(answer: Value) -> Value {
    json!({ "ExecutedVersion": "$LATEST", "Payload": answer, "StatusCode": 200 })
}
