//! Takes batches of events from players.

mod admit;
#[cfg(test)]
mod bad_input;

use admit::admit;
use reel_api::events::{Accepted, Batch, MAX_EVENTS};
use reel_api::media_type::expect_json;
use reel_events::Recorded;
use reel_events::stream::{INTERACTIONS, PLAYBACK};
use reel_sdk::events::{Entry, Stream};
use reel_sdk::{Problem, Request, Response, clock};

/// Where players' events go.
const STREAMS: [Stream; 2] = [Stream(PLAYBACK), Stream(INTERACTIONS)];

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    match (request.method().as_str(), &request.segments()[..]) {
        ("POST", ["v1", "events"]) => accept(&request).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

/// Admits each event by itself, and answers once those admitted are durable. When a stream
/// takes nothing, none is acknowledged; another may hold its events by then, and consumers
/// know those that are sent again by their ids.
async fn accept(request: &Request) -> Result<Response, Problem> {
    let principal = request.principal()?;
    let batch = batch(request)?;
    let (recorded, rejected) = admit(&principal, &batch.events, clock::now_ms())?;
    for stream in STREAMS {
        let entries = entries(stream, &recorded)?;
        if !entries.is_empty() {
            stream.append(entries).await?;
        }
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

/// The records of those events that stand in this stream.
fn entries(stream: Stream, recorded: &[Recorded]) -> Result<Vec<Entry>, Problem> {
    let ours = recorded.iter().filter(|recorded| recorded.event.kind.stream() == stream.0);
    ours.map(|recorded| Entry::json(&recorded.key(), recorded)).collect()
}
