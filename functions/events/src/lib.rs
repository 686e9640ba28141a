//! Takes batches of events from players.

mod admit;
#[cfg(test)]
mod bad_input;

use admit::admit;
use reel_api::events::{Accepted, Batch, MAX_EVENTS};
use reel_api::media_type::expect_json;
use reel_events::Recorded;
use reel_sdk::events::{Entry, Stream};
use reel_sdk::{Problem, Request, Response, clock};

const PLAYBACK: Stream = Stream("playback");

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    match (request.method().as_str(), &request.segments()[..]) {
        ("POST", ["v1", "events"]) => accept(&request).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

/// Admits each event by itself, and answers once those admitted are durable.
async fn accept(request: &Request) -> Result<Response, Problem> {
    let principal = request.principal()?;
    let batch = batch(request)?;
    let (recorded, rejected) = admit(&principal, &batch.events, clock::now_ms())?;
    if !recorded.is_empty() {
        PLAYBACK.append(entries(&recorded)?).await?;
    }
    Response::json(202, &Accepted { accepted: recorded.len(), rejected })
}

fn batch(request: &Request) -> Result<Batch, Problem> {
    expect_json(request.header("content-type"))?;
    let batch: Batch = request.json()?;
    if (1..=MAX_EVENTS).contains(&batch.events.len()) {
        return Ok(batch);
    }
    Err(Problem::invalid(format!("there are {} events; a batch has 1 to {MAX_EVENTS}", batch.events.len())))
}

fn entries(recorded: &[Recorded]) -> Result<Vec<Entry>, Problem> {
    recorded.iter().map(|event| Entry::json(&event.key(), event)).collect()
}
