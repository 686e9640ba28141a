//! The records that no consumer could handle, in the stream `dead-STREAM` of each stream: what
//! they are, and back into their stream.

use bytes::Bytes;
use reel_api::internal::Dead;
use reel_capabilities::events::{Entry, EventError, Events, Record};

/// Whose place in a stream of dead records says which of them were sent again.
const REPLAY: &str = "replay";
/// How many are read at once.
const PAGE: usize = 100;

/// A dead record.
#[derive(Debug, Clone)]
pub struct DeadRecord {
    /// When it was put aside, in Unix milliseconds.
    pub at: u64,
    /// What is known of it.
    pub dead: Dead,
    /// Whether it was sent again.
    pub sent_again: bool,
}

/// Hands over each that the log still has, oldest first.
///
/// # Errors
/// That the log does not answer, or that one does not read.
pub async fn list(events: &dyn Events, stream: &str, mut each: impl FnMut(DeadRecord)) -> Result<(), EventError> {
    let dead = name(stream);
    let (sent, mut after) = (events.position(&dead, REPLAY).await?, 0);
    loop {
        let page = events.read(&dead, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.position;
        for record in &page {
            each(DeadRecord { at: record.at, dead: read(record)?, sent_again: record.position <= sent });
        }
    }
}

/// Sends those that were not sent again yet back into their stream; answers how many. Every
/// consumer sees them: as always, it knows by the event's id what it has done before.
///
/// # Errors
/// As [`list`]. Those before are sent.
pub async fn send_again(events: &dyn Events, stream: &str) -> Result<usize, EventError> {
    let dead = name(stream);
    let (mut after, mut sent) = (events.position(&dead, REPLAY).await?, 0);
    loop {
        let page = events.read(&dead, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(sent) };
        after = last.position;
        for record in &page {
            // Where it was too long to be kept, only its place is known.
            if let Some(whole) = read(record)?.record {
                events.append(stream, vec![Entry { key: whole.key, data: Bytes::from(whole.data) }]).await?;
                sent += 1;
            }
            events.commit(&dead, REPLAY, record.position).await?;
        }
    }
}

/// The stream of a stream's dead records.
pub fn name(stream: &str) -> String {
    format!("dead-{stream}")
}

fn read(record: &Record) -> Result<Dead, EventError> {
    let unreadable = |e| EventError::Invalid(format!("the dead record {} does not read: {e}", record.position));
    serde_json::from_slice(&record.data).map_err(unreadable)
}
