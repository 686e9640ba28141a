//! Events of the catalogue, kept with the change they tell of until the log has them.
//!
//! A change and its event are one transaction, so that none is lost. Who changed the title sends it; what is left
//! when that fails or ends in between is sent by who reads changes next, which followers do every few seconds. So
//! an event comes at least once, and always with the same id.

use crate::lists::since;
use crate::store::TITLES;
use crate::title::Stored;
use reel_api::{AccountId, EventId, Millis, TitleId};
use reel_events::catalogue::TitleChanged;
use reel_events::{VERSION, stream};
use reel_sdk::events::{Entry, Stream};
use reel_sdk::table::{Change, Row, Selection, Write, transact};
use reel_sdk::{Problem, clock};
use std::cell::Cell;

const CATALOGUE: Stream = Stream(stream::CATALOGUE);
const OUTBOX: &str = "outbox";
/// How many go at once.
const BATCH: u32 = 100;
/// Who only reads looks for what was left no more often than this, in milliseconds.
const AGAIN_MS: Millis = 1_000;

/// The row of an event that tells what a title has become.
pub(crate) fn entry(title: &Stored, by: Option<AccountId>, what: Vec<String>) -> Result<Write, Problem> {
    let event = TitleChanged {
        id: event_id(title.changed_at, title.id, title.version),
        v: VERSION,
        at: title.changed_at,
        title_id: title.id,
        version: title.version,
        kind: title.details.kind,
        slug: title.slug.clone(),
        name: title.details.name.clone(),
        status: title.status,
        series: title.details.series,
        what,
        by,
    };
    let sort = format!("{}#{}#{:010}", since(event.at), event.title_id, event.version);
    Ok(TITLES.write(OUTBOX, &sort, Change::json(&event)?))
}

/// The id of the event that made a version of a title, and of no other.
fn event_id(at: Millis, title: TitleId, version: u64) -> EventId {
    let mut bytes = [0; 10];
    bytes.copy_from_slice(&title.as_bytes()[6..]);
    let numbered = bytes[2..].iter_mut().zip(version.to_be_bytes());
    numbered.for_each(|(byte, number)| *byte ^= number);
    EventId::new(at, &bytes)
}

/// Sends what there is. That it cannot be sent now is no failure of the change: it will be.
pub(crate) async fn send() {
    if let Err(problem) = send_all().await {
        eprintln!("events of the catalogue wait: {problem}");
    }
}

/// Sends what others left, now and then.
pub(crate) async fn send_left() {
    thread_local! {
        static SENT: Cell<Millis> = const { Cell::new(0) };
    }
    let now = clock::now_ms();
    if now.saturating_sub(SENT.get()) >= AGAIN_MS {
        SENT.set(now);
        send().await;
    }
}

async fn send_all() -> Result<(), Problem> {
    loop {
        let page = TITLES.query(Selection::of(OUTBOX).limit(BATCH)).await?;
        if page.rows.is_empty() {
            return Ok(());
        }
        CATALOGUE.append(page.rows.iter().map(record).collect::<Result<_, _>>()?).await?;
        let sent = page.rows.iter().map(|row| TITLES.write(OUTBOX, &row.key.sort, Change::Delete));
        transact(sent.collect()).await?;
        if page.cursor.is_none() {
            return Ok(());
        }
    }
}

fn record(row: &Row) -> Result<Entry, Problem> {
    let event: TitleChanged = row.json()?;
    Entry::json(&event.key(), &event)
}

#[cfg(test)]
mod tests {
    use super::event_id;
    use reel_api::TitleId;

    #[test]
    fn each_version_of_each_title_has_one_event() {
        let (one, other) = (TitleId::new(1, &[7; 10]), TitleId::new(1, &[8; 10]));
        assert_eq!(event_id(5, one, 1), event_id(5, one, 1));
        assert!(event_id(5, one, 1) != event_id(5, one, 2) && event_id(5, one, 1) != event_id(5, other, 1));
    }
}
