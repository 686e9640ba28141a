//! Plans the encoding of a film: renditions and chunks.

use reel_api::encoding::{ENCODINGS, PlanAnswer, PlanRequest, delivery_prefix};
use reel_media::plan::{Settings, plan};
use reel_sdk::blob::Bucket;
use reel_sdk::{Problem, Request, Response};
use serde::Serialize;

const OUTPUT: Bucket = Bucket(ENCODINGS);

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    match request.is_task() {
        true => Response::json(200, &write_plan(&request.json()?).await?),
        false => Err(Problem::not_found(format!("there is no {}", request.path()))),
    }
}

/// The same film gives the same plan: a repeat writes what is there.
async fn write_plan(PlanRequest { job, probe }: &PlanRequest) -> Result<PlanAnswer, Problem> {
    let (plan, items) = plan(job, probe, Settings::default()).map_err(|error| Problem::invalid(error.to_string()))?;
    let prefix = delivery_prefix(job.title_id, job.revision);
    let answer = PlanAnswer {
        bucket: ENCODINGS.into(),
        items_key: format!("{prefix}/items.json"),
        plan_key: format!("{prefix}/plan.json"),
        items: u32::try_from(items.len()).unwrap_or(u32::MAX),
        frames: plan.timing.frames,
        renditions: u32::try_from(plan.renditions.len()).unwrap_or(u32::MAX),
    };
    write(&answer.plan_key, &plan).await?;
    write(&answer.items_key, &items).await?;
    Ok(answer)
}

async fn write(key: &str, value: &impl Serialize) -> Result<(), Problem> {
    let body = serde_json::to_vec(value).map_err(|e| Problem::internal(format!("{key} has no JSON form: {e}")))?;
    OUTPUT.write(key, "application/json", body).await?;
    Ok(())
}
