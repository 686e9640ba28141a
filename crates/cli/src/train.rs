//! `reel train`: makes a new model of what viewers watch.

use crate::args::TrainArgs;
use crate::platform::Platform;
use anyhow::{Context, bail};
use reel_api::ranking::{Trained, TrainingStatus};
use std::time::Duration;

/// How long to wait before asking again how far it is.
const AGAIN: Duration = Duration::from_millis(500);

pub(crate) async fn run(args: TrainArgs) -> anyhow::Result<()> {
    let platform = Platform::sign_in(&args.platform).await?;
    let trained = finished(&platform).await?;
    if args.json {
        println!("{}", serde_json::to_string(&trained)?);
        return Ok(());
    }
    match &trained.version {
        Some(version) => {
            println!("model {version}: {} viewers, {} titles", trained.viewers, trained.titles);
        }
        None => println!("no new model: {}", trained.reason.as_deref().unwrap_or("there was nothing to learn from")),
    }
    Ok(())
}

async fn finished(platform: &Platform) -> anyhow::Result<Trained> {
    let mut training = platform.client().start_training().await.context("the training is not started")?;
    while training.status == "running" {
        tokio::time::sleep(AGAIN).await;
        training = platform.client().training(&training.name).await?;
    }
    let TrainingStatus { trained, failure, .. } = training;
    match (trained, failure) {
        (Some(trained), _) => Ok(trained),
        (None, Some(failure)) => bail!("the training failed: {failure}"),
        (None, None) => bail!("the training ended without a result"),
    }
}
