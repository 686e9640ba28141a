//! Joins the chunks of a title into its delivery index.

use futures::stream::{self, StreamExt, TryStreamExt};
use reel_api::encoding::{
    ARTWORK, DELIVERY, ENCODINGS, IndexPart, IndexRendition, ObjectRef, PackageAnswer, PackageRequest, Plan, Rendition,
    delivery_prefix, index_key, index_part_key, init_key, poster_key, thumbnail_key,
};
use reel_media::{Init, MediaError, package};
use reel_sdk::blob::{Bucket, Error};
use reel_sdk::{Problem, Request, Response};
use serde::de::DeserializeOwned;

const PARTS: Bucket = Bucket(ENCODINGS);
const DELIVERED: Bucket = Bucket(DELIVERY);
/// How many index parts are read at once.
const READS: usize = 32;

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    match request.is_task() {
        true => Response::json(200, &join(&request.json()?).await?),
        false => Err(Problem::not_found(format!("there is no {}", request.path()))),
    }
}

async fn join(request: &PackageRequest) -> Result<PackageAnswer, Problem> {
    let plan: Plan = parsed(&request.plan.plan_key, &PARTS.read(&request.plan.plan_key).await?)?;
    let mut renditions = Vec::with_capacity(plan.renditions.len());
    for rendition in &plan.renditions {
        renditions.push(index_rendition(&plan, rendition).await?);
    }
    let index = package::index(&plan, renditions).map_err(broken)?;
    let key = index_key(plan.job.title_id, plan.job.revision);
    let body = serde_json::to_vec(&index).map_err(|e| Problem::internal(format!("{key} has no JSON form: {e}")))?;
    DELIVERED.write(&key, "application/json", body).await?;
    Ok(answer(&plan, key, index.duration_ms))
}

async fn index_rendition(plan: &Plan, rendition: &Rendition) -> Result<IndexRendition, Problem> {
    let chunks = 0..package::chunks(plan, rendition);
    let parts: Vec<IndexPart> =
        stream::iter(chunks).map(|chunk| part(plan, rendition, chunk)).buffered(READS).try_collect().await?;
    package::rendition(plan, rendition, &parts, kid(plan, rendition).await?).map_err(broken)
}

async fn part(plan: &Plan, rendition: &Rendition, chunk: u32) -> Result<IndexPart, Problem> {
    let key = index_part_key(plan.job.title_id, plan.job.revision, &rendition.id, chunk);
    let body = PARTS.read(&key).await.map_err(|error| missing(error, &format!("chunk {chunk} of {}", rendition.id)))?;
    parsed(&key, &body)
}

/// The key id that the init segment names, which `protect` wrote with the first chunk.
async fn kid(plan: &Plan, rendition: &Rendition) -> Result<Option<String>, Problem> {
    let key = init_key(plan.job.title_id, plan.job.revision, &rendition.id);
    let bytes =
        DELIVERED.read(&key).await.map_err(|error| missing(error, &format!("the init segment of {}", rendition.id)))?;
    let init = Init::read(&bytes)
        .map_err(|error| broken(MediaError::Mismatch(format!("the init segment of {}: {error}", rendition.id))))?;
    Ok(init.kid())
}

/// The answer with the artwork that the plan made.
fn answer(plan: &Plan, index: String, duration_ms: u64) -> PackageAnswer {
    let prefix = delivery_prefix(plan.job.title_id, plan.job.revision);
    let artwork = |key| ObjectRef { bucket: ARTWORK.into(), key };
    PackageAnswer {
        index: ObjectRef { bucket: DELIVERY.into(), key: index },
        duration_ms,
        poster: Some(artwork(poster_key(&prefix))),
        thumbnails: (1..=plan.thumbnails).map(|number| artwork(thumbnail_key(&prefix, number))).collect(),
        interval_ms: plan.thumbnail_interval_ms,
    }
}

fn parsed<T: DeserializeOwned>(key: &str, body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|e| Problem::internal(format!("object {key} does not read: {e}")))
}

fn missing(error: Error, what: &str) -> Problem {
    match error {
        Error::NotFound(_) => Problem::invalid(format!("{what} is missing: protect has not written it")),
        other => other.into(),
    }
}

fn broken(error: MediaError) -> Problem {
    Problem::invalid(error.to_string())
}
