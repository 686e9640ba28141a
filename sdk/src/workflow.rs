//! Long-running work (`reel:workflow`).

use crate::bindings::capabilities::reel::workflow::executions;
use crate::denied::{denied, unavailable};
use reel_api::Problem;
use serde::Serialize;

pub use executions::{Error, Execution, Progress, Status};

/// A workflow that `reel.toml` grants, by its name: `const ENCODING: Workflow = Workflow("encoding");`.
#[derive(Debug, Clone, Copy)]
pub struct Workflow(pub &'static str);

impl Workflow {
    /// Starts an execution. The same name with the same input again is no error and starts nothing.
    pub async fn start(&self, name: &str, input: &impl Serialize) -> Result<(), Error> {
        let input = serde_json::to_string(input).map_err(|e| Error::Invalid(e.to_string()))?;
        executions::start(self.0.into(), name.into(), input).await
    }

    /// How far an execution is.
    pub async fn describe(&self, name: &str) -> Result<Execution, Error> {
        executions::describe(self.0.into(), name.into()).await
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Denied(workflow) => denied("workflows", &workflow),
            Error::NotFound(name) => Problem::not_found(format!("there is no execution {name}")),
            Error::Invalid(why) => Problem::invalid(why),
            Error::Unavailable(why) => unavailable("the workflow runner", &why),
        }
    }
}
