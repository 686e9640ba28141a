//! `train`: makes a model of what viewers watch. A native Lambda: the equations of a large catalogue
//! need more memory and time than a component has.

mod failure;
mod objects;

use failure::Failure;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use reel_api::from_rfc3339;
use reel_api::ranking::{HISTORIES_PREFIX, Job, MODEL_PREFIX, Trained};
use reel_objects::Objects;
use reel_ranking::{LearnError, TitleModel, Watched, checksum, histories_from_bytes, learn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).without_time().init();
    let objects = Objects::open().await?;
    lambda_runtime::run(service_fn(move |LambdaEvent { payload, .. }: LambdaEvent<Job>| {
        let objects = objects::Models(objects.blobs.clone());
        async move { train(&objects, &payload).await.map_err(Diagnostic::from) }
    }))
    .await
}

/// Learns from what was gathered, and writes the model under a name that is written once. Repeated,
/// it makes the same one.
async fn train(objects: &objects::Models, job: &Job) -> Result<Trained, Failure> {
    let histories = gathered(objects, job).await?;
    let viewers = histories.len() as u64;
    let trained = match learn(&histories) {
        Ok(model) => {
            let version = publish(objects, job, &model).await?;
            Trained { version: Some(version), viewers, titles: model.titles().len() as u64, reason: None }
        }
        Err(error @ LearnError::TooFew(_)) => {
            Trained { version: None, viewers, titles: 0, reason: Some(error.to_string()) }
        }
        Err(error) => return Err(Failure::Invalid(error.to_string())),
    };
    objects.tidy(&format!("{HISTORIES_PREFIX}{}/", job.run)).await;
    Ok(trained)
}

async fn gathered(objects: &objects::Models, job: &Job) -> Result<Vec<Vec<Watched>>, Failure> {
    let mut histories = Vec::new();
    for key in job.gathered.iter().flat_map(|gathered| &gathered.keys) {
        let bytes = objects.read(key).await?;
        histories.extend(histories_from_bytes(&bytes).map_err(|e| Failure::Invalid(format!("{key}: {e}")))?);
    }
    Ok(histories)
}

/// Versions order as the trainings began.
async fn publish(objects: &objects::Models, job: &Job, model: &TitleModel) -> Result<String, Failure> {
    let began = from_rfc3339(&job.started);
    let began = began.ok_or_else(|| Failure::Invalid(format!("started is RFC 3339, not {:?}", job.started)))?;
    let bytes = model.to_bytes();
    let version = format!("{began:013}-{:016x}", checksum(&bytes));
    objects.create(&format!("{MODEL_PREFIX}{version}"), bytes).await?;
    objects.keep_newest(MODEL_PREFIX).await;
    Ok(version)
}
