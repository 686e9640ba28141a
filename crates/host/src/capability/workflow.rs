//! `reel:workflow`.

use crate::bindings::reel::workflow::executions::{self, Error};
use crate::capability::Lent;
use crate::state::{Lending, State, lent};
use reel_capabilities::workflow::{Execution, MAX_PAYLOAD, Progress, Status, WorkflowError};
use std::sync::Arc;
use wasmtime::component::Accessor;

impl executions::Host for State {}

/// What the caller may use, when it was granted this workflow.
fn workflow(accessor: &Accessor<State, Lending>, workflow: &str) -> Result<Arc<Lent>, Error> {
    let lent = lent(accessor);
    match lent.allows("workflows", &lent.grants.workflows, workflow) {
        true => Ok(lent),
        false => Err(Error::Denied(workflow.to_owned())),
    }
}

impl executions::HostWithStore<State> for Lending {
    async fn start(
        accessor: &Accessor<State, Self>,
        name: String,
        execution: String,
        input: String,
    ) -> Result<(), Error> {
        let lent = workflow(accessor, &name)?;
        if input.len() > MAX_PAYLOAD {
            return Err(Error::Invalid(format!("an input has at most {MAX_PAYLOAD} bytes, not {}", input.len())));
        }
        let input = serde_json::from_str(&input).map_err(|e| Error::Invalid(format!("the input is not JSON: {e}")))?;
        Ok(lent.capabilities.workflows.start(&name, &execution, input).await?)
    }

    async fn describe(
        accessor: &Accessor<State, Self>,
        name: String,
        execution: String,
    ) -> Result<executions::Execution, Error> {
        let lent = workflow(accessor, &name)?;
        Ok(lent.capabilities.workflows.describe(&name, &execution).await?.into())
    }
}

impl From<Execution> for executions::Execution {
    fn from(execution: Execution) -> Self {
        let status = match execution.status {
            Status::Running => executions::Status::Running,
            Status::Succeeded => executions::Status::Succeeded,
            Status::Failed => executions::Status::Failed,
        };
        let progress = execution.progress.into_iter().map(executions::Progress::from).collect();
        let output = execution.output.map(|output| output.to_string());
        Self { status, progress, output, failure: execution.failure }
    }
}

impl From<Progress> for executions::Progress {
    fn from(progress: Progress) -> Self {
        Self { state: progress.state, total: progress.total, done: progress.done }
    }
}

impl From<WorkflowError> for Error {
    fn from(error: WorkflowError) -> Self {
        match error {
            WorkflowError::NotFound(name) => Self::NotFound(name),
            WorkflowError::Invalid(why) => Self::Invalid(why),
            WorkflowError::Unavailable(why) => Self::Unavailable(why),
        }
    }
}
