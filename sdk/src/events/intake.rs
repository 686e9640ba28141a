//! Taking in each event once, however often it is delivered.

use crate::table::{Change, Condition, Error, Selection, Table, Write, transact};
use reel_api::{Millis, Problem};
use reel_events::recent::{KEPT_MS, MAX_KEYS, Mark, Recent, from_bytes, to_bytes};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The partition of the marks, one for each stream.
const MARKS: &str = "marks";

thread_local! {
    /// What this instance knows, by table and stream, as of some version of the mark.
    static KNOWN: RefCell<BTreeMap<(&'static str, String), Intake>> = const { RefCell::new(BTreeMap::new()) };
}

/// How far a consumer has come in a stream, and what it took in last: rows of the table that
/// it keeps its results in, written in one transaction with these.
///
/// `marks` and the stream: a [`Mark`]. `keys#STREAM` and a position: the keys of the events
/// that were taken in with it, for a day.
#[derive(Debug)]
pub struct Intake {
    table: Table,
    stream: String,
    version: Option<u64>,
    /// How far it is.
    pub mark: Mark,
    /// What it took in last.
    pub recent: Recent,
}

impl Intake {
    /// What is known of a stream: from this instance's memory where that is up to date, else
    /// from the rows.
    ///
    /// # Errors
    /// That the table cannot be read.
    pub async fn of(table: Table, stream: &str) -> Result<Self, Problem> {
        let row = table.get(MARKS, stream).await?;
        let version = row.as_ref().map(|row| row.version);
        let known = KNOWN.with_borrow_mut(|known| known.remove(&(table.0, stream.to_owned())));
        if let Some(known) = known.filter(|known| known.version == version) {
            return Ok(known);
        }
        let mark = row.map(|row| row.json()).transpose()?.unwrap_or_default();
        Ok(Self { table, stream: stream.into(), version, mark, recent: recent(table, stream).await? })
    }

    /// Writes what came of events together with the mark and their keys, all or nothing, and
    /// remembers both. Takes up to 98 writes. An intake that fails here is not to be used again.
    ///
    /// # Errors
    /// A 503 problem when another instance came first, or the table does not answer.
    pub async fn commit(
        mut self,
        mark: Mark,
        keys: &[u64],
        mut writes: Vec<Write>,
        now: Millis,
    ) -> Result<Self, Problem> {
        let condition = self.version.map_or(Condition::Absent, Condition::Version);
        writes.insert(0, self.table.write(MARKS, &self.stream, Change::json(&mark)?).when(condition));
        if !keys.is_empty() {
            let keys = Change::bytes(to_bytes(keys)).expiring(now + KEPT_MS);
            writes.push(self.table.write(&partition(&self.stream), &format!("{:020}", mark.position), keys));
        }
        let versions = transact(writes).await.map_err(|error| match error {
            Error::Conflict(_) => Problem::unavailable("another instance takes in the same stream", 1),
            other => other.into(),
        })?;
        (self.version, self.mark) = (versions.first().copied(), mark);
        Ok(self)
    }

    /// Keeps what is known in this instance's memory, for the next batch.
    pub fn remember(self) {
        KNOWN.with_borrow_mut(|known| known.insert((self.table.0, self.stream.clone()), self));
    }
}

fn partition(stream: &str) -> String {
    format!("keys#{stream}")
}

/// The keys that the rows hold: the latest, in the order in which they came.
async fn recent(table: Table, stream: &str) -> Result<Recent, Problem> {
    let mut selection = Selection::of(&partition(stream)).reversed();
    let mut keys: Vec<u64> = Vec::new();
    loop {
        let page = table.query(selection.clone()).await?;
        keys.extend(page.rows.iter().flat_map(|row| from_bytes(&row.value).rev()));
        match page.cursor {
            Some(cursor) if keys.len() < MAX_KEYS => selection.cursor = Some(cursor),
            _ => break,
        }
    }
    let mut recent = Recent::default();
    keys.iter().take(MAX_KEYS).rev().for_each(|key| {
        recent.take(*key);
    });
    Ok(recent)
}
