//! How far a training is.

use reel_api::encoding::Failure;
use reel_api::ranking::{Trained, TrainingStatus};
use reel_sdk::workflow::{Error, Execution, Status, Workflow};
use reel_sdk::{Problem, Response};

pub(crate) const TRAINING: Workflow = Workflow("training");

/// Answers with how far a training is.
pub(crate) async fn show(name: &str) -> Result<Response, Problem> {
    let execution = match TRAINING.describe(name).await {
        Err(Error::NotFound(_)) => return Err(Problem::not_found(format!("there is no training {name:?}"))),
        execution => execution?,
    };
    Response::json(200, &status(name, &execution))
}

fn status(name: &str, execution: &Execution) -> TrainingStatus {
    let status = match execution.status {
        Status::Running => "running",
        Status::Succeeded => "succeeded",
        Status::Failed => "failed",
    };
    let trained = execution.output.as_deref().and_then(|output| serde_json::from_str::<Trained>(output).ok());
    let failure = execution.failure.clone().map(|(error, cause)| Failure { error, cause }.reason());
    TrainingStatus { name: name.into(), status: status.into(), trained, failure }
}
