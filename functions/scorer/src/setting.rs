//! Setting, showing and removing the scorer.

use crate::held::{BUCKET, Held, newest};
use crate::scorer::Scorer;
use reel_api::ranking::{self, MAX_SCORER, SCORER_PREFIX, read_scorer_body};
use reel_ranking::OwnModel;
use reel_sdk::{Problem, Response, clock, random};

/// So many stay, for whoever reads one or finds the newest damaged.
const KEPT: usize = 3;

/// Sets a scorer, once it has shown that it is one.
pub(crate) async fn set(body: &[u8]) -> Result<Response, Problem> {
    let model = model(body)?;
    let bytes = model.to_bytes();
    let scorer = Scorer::new(model).map_err(|why| Problem::invalid(format!("this is no scorer: {why}")))?;
    let [a, b] = random::bytes();
    let version = format!("{:013}-{a:02x}{b:02x}", clock::now_ms());
    BUCKET.create(&format!("{SCORER_PREFIX}{version}"), "application/octet-stream", bytes).await?;
    newest().hold(Held { version, content: scorer });
    if let Err(problem) = keep_newest().await {
        eprintln!("old scorers stay: {problem}");
    }
    answer()
}

/// Answers with the scorer that is set.
pub(crate) async fn show() -> Result<Response, Problem> {
    newest().look(clock::now_ms()).await?;
    answer()
}

/// Removes all of them, the newest last: what counts stays the same until none is left.
pub(crate) async fn remove() -> Result<Response, Problem> {
    delete(&keys().await?).await?;
    newest().let_go();
    Ok(Response::empty(204))
}

fn model(body: &[u8]) -> Result<OwnModel, Problem> {
    if body.len() > MAX_SCORER {
        return Err(Problem::new(413, "too-large", "The scorer is too large", too_large()));
    }
    let (titles, onnx) = read_scorer_body(body)?;
    Ok(OwnModel { titles: titles.iter().map(|title| *title.as_bytes()).collect(), onnx: onnx.to_vec() })
}

fn too_large() -> String {
    format!("the titles and the model have at most {MAX_SCORER} bytes together: a model of 8-bit weights needs fewer")
}

fn answer() -> Result<Response, Problem> {
    let held = newest().held().ok_or_else(|| Problem::not_found("no scorer is set: titles are ranked as trained"))?;
    let Held { version, content } = &*held;
    let scorer = ranking::Scorer {
        version: version.clone(),
        titles: content.titles() as u64,
        bytes: content.bytes() as u64,
        milliseconds: content.milliseconds(),
    };
    Response::json(200, &scorer)
}

async fn keep_newest() -> Result<(), Problem> {
    let keys = keys().await?;
    delete(&keys[..keys.len().saturating_sub(KEPT)]).await
}

async fn delete(keys: &[String]) -> Result<(), Problem> {
    for key in keys {
        BUCKET.delete(key).await?;
    }
    Ok(())
}

/// The names of all scorers, the newest last.
async fn keys() -> Result<Vec<String>, Problem> {
    let mut keys: Vec<String> = newest().list().await?.into_iter().map(|info| info.key).collect();
    keys.sort_unstable();
    Ok(keys)
}
