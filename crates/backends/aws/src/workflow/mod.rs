//! `reel:workflow` in Step Functions.
//!
//! The state machines are of the type STANDARD: an execution of the other type can neither be
//! started twice under a name nor be asked how far it is.
//!
//! - Step Functions forgets an execution 90 days after its end. Then it is not found, and its name
//!   starts another.
//! - How far it is, takes a call for the execution, one for each 1,000 events of its history, and
//!   one for each distributed Map. Step Functions answers the last of them about once a second for
//!   an account, and some hundred times at once: who asks should not ask without end.

mod history;
mod machine;

use crate::explain::explain;
use async_trait::async_trait;
use aws_sdk_sfn::Client;
use aws_sdk_sfn::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::types::ExecutionStatus;
use history::History;
use machine::StateMachine;
use reel_capabilities::workflow::{self, Execution, MAX_PAYLOAD, Status, WorkflowError, Workflows};
use serde_json::Value;
use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

/// The error of an execution that took longer than its machine allows, as the local runner has it.
const TIMEOUT: &str = "States.Timeout";
/// The error of an execution that somebody stopped without naming one.
const ABORTED: &str = "Reel.Aborted";
/// How many events of a history come at once.
const PAGE: i32 = 1_000;
/// How often to look for an execution that was started just now, and how long to wait between.
const LOOKS: u32 = 20;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Executes workflows in Step Functions.
pub struct StepFunctions {
    client: Client,
    machines: BTreeMap<String, StateMachine>,
}

impl StepFunctions {
    /// The workflows by their names, each with the ARN of its state machine, or of a version or
    /// an alias of it.
    ///
    /// # Errors
    /// [`WorkflowError::Invalid`] for what is no state machine's ARN.
    pub fn new(client: Client, machines: BTreeMap<String, String>) -> Result<Self, WorkflowError> {
        let parse = |(name, arn): (String, String)| match StateMachine::parse(&arn) {
            Some(machine) => Ok((name, machine)),
            None => Err(WorkflowError::Invalid(format!(
                "workflow {name} has arn:aws:states:REGION:ACCOUNT:stateMachine:NAME as its state machine, not {arn:?}"
            ))),
        };
        Ok(Self { client, machines: machines.into_iter().map(parse).collect::<Result<_, _>>()? })
    }

    fn machine(&self, workflow: &str) -> Result<&StateMachine, WorkflowError> {
        self.machines.get(workflow).ok_or_else(|| WorkflowError::NotFound(workflow.into()))
    }

    /// An execution; none when there is none.
    async fn look(&self, arn: &str) -> Result<Option<DescribeExecutionOutput>, WorkflowError> {
        match self.client.describe_execution().execution_arn(arn).send().await {
            Ok(found) => Ok(Some(found)),
            Err(error) if code(&error) == Some("ExecutionDoesNotExist") => Ok(None),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// Waits a little until an execution that was started is seen, lest who asks next be told
    /// that there is none: Step Functions promises no more than that it will be.
    async fn settle(&self, arn: &str) {
        for _ in 0..LOOKS {
            if !matches!(self.look(arn).await, Ok(None)) {
                return;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Answers a start under a name that is taken: by an execution that has ended, or by one
    /// with another input.
    async fn start_again(&self, arn: &str, known_as: &str, input: &Value) -> Result<(), WorkflowError> {
        let known = self.look(arn).await?.and_then(|execution| execution.input);
        match known.and_then(|known| serde_json::from_str::<Value>(&known).ok()) {
            Some(known) if known == *input => Ok(()),
            Some(_) => {
                Err(WorkflowError::Invalid(format!("{known_as} was started with another input: choose another name")))
            }
            None => Err(WorkflowError::Unavailable(format!(
                "Step Functions has an execution {known_as} and does not tell its input"
            ))),
        }
    }

    /// The history of an execution, and what its Map Runs have counted.
    async fn history(&self, arn: &str) -> Result<History, WorkflowError> {
        let mut history = History::default();
        let call = self.client.get_execution_history().execution_arn(arn).include_execution_data(false);
        let mut events = call.max_results(PAGE).into_paginator().items().send();
        while let Some(event) = events.next().await {
            match event {
                Ok(event) => history.see(&event),
                // It was started just now: the history is behind.
                Err(error) if code(&error) == Some("ExecutionDoesNotExist") => break,
                Err(error) => return Err(unavailable(&error)),
            }
        }
        for state in history.states() {
            let Some(run) = state.map_run() else { continue };
            match self.client.describe_map_run().map_run_arn(run).send().await {
                Ok(run) => run.item_counts.iter().for_each(|items| state.tell(items)),
                // It has just begun, and is seen later.
                Err(error) if code(&error) == Some("ResourceNotFound") => {}
                Err(error) => return Err(unavailable(&error)),
            }
        }
        Ok(history)
    }
}

#[async_trait]
impl Workflows for StepFunctions {
    async fn start(&self, workflow: &str, name: &str, input: Value) -> Result<(), WorkflowError> {
        let machine = self.machine(workflow)?;
        workflow::validate_name(name)?;
        let json = input.to_string();
        if json.len() > MAX_PAYLOAD {
            let size = json.len();
            let problem = format!("the input has {size} bytes of JSON, at most {MAX_PAYLOAD} are allowed");
            return Err(WorkflowError::Invalid(problem));
        }
        let arn = machine.execution(name);
        let Err(error) =
            self.client.start_execution().state_machine_arn(&machine.arn).name(name).input(json).send().await
        else {
            self.settle(&arn).await;
            return Ok(());
        };
        match code(&error) {
            Some("ExecutionAlreadyExists") => self.start_again(&arn, &format!("{workflow}/{name}"), &input).await,
            Some("InvalidName" | "InvalidExecutionInput" | "ValidationException") => {
                Err(WorkflowError::Invalid(explain(&error)))
            }
            Some("StateMachineDoesNotExist") => Err(WorkflowError::Unavailable(format!(
                "Step Functions has no state machine {}: it is part of the deployment",
                machine.arn
            ))),
            _ => Err(unavailable(&error)),
        }
    }

    async fn describe(&self, workflow: &str, name: &str) -> Result<Execution, WorkflowError> {
        let machine = self.machine(workflow)?;
        workflow::validate_name(name)?;
        let arn = machine.execution(name);
        let not_found = || WorkflowError::NotFound(format!("{workflow}/{name}"));
        let found = self.look(&arn).await?.ok_or_else(not_found)?;
        let progress = self.history(&arn).await?.progress();
        let output = match (&found.status, &found.output) {
            (ExecutionStatus::Succeeded, Some(output)) => Some(serde_json::from_str(output).map_err(|error| {
                WorkflowError::Unavailable(format!("the output of {workflow}/{name} is no JSON: {error}"))
            })?),
            _ => None,
        };
        Ok(Execution { status: status(&found.status)?, progress, output, failure: failure(&found) })
    }
}

fn status(status: &ExecutionStatus) -> Result<Status, WorkflowError> {
    match status {
        ExecutionStatus::Running | ExecutionStatus::PendingRedrive => Ok(Status::Running),
        ExecutionStatus::Succeeded => Ok(Status::Succeeded),
        ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted => Ok(Status::Failed),
        other => Err(WorkflowError::Unavailable(format!("an execution has the unknown status {other}"))),
    }
}

/// The error's name and cause; a Fail state need not have either.
fn failure(execution: &DescribeExecutionOutput) -> Option<(String, String)> {
    let (error, cause) = match execution.status {
        ExecutionStatus::Failed => ("", ""),
        ExecutionStatus::TimedOut => (TIMEOUT, "the execution took longer than its workflow allows"),
        ExecutionStatus::Aborted => (ABORTED, "the execution was stopped"),
        _ => return None,
    };
    Some((execution.error().unwrap_or(error).into(), execution.cause().unwrap_or(cause).into()))
}

fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}

fn unavailable<E, R>(error: &SdkError<E, R>) -> WorkflowError
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    WorkflowError::Unavailable(explain(error))
}
