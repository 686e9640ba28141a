//! `reel:events` in one SQLite database (docs/decisions/0003).

mod arrivals;
mod log;

use crate::lock::FolderLock;
use crate::sqlite::{Database, Failure};
use arrivals::Arrivals;
use async_trait::async_trait;
use reel_capabilities::events::{self, Entry, EventError, Events, Record};
use reel_capabilities::{Clock, Millis};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How long records are kept at least, in milliseconds: a week.
const RETENTION: Millis = 7 * 24 * 3_600 * 1_000;
/// How often appends sweep old records along, in milliseconds.
const SWEEP_INTERVAL: Millis = 60_000;

/// The event log in a SQLite file. Records are kept for a week, and longer while a
/// consumer of their stream has not read them.
pub struct SqliteEvents {
    database: Database,
    clock: Arc<dyn Clock>,
    arrivals: Arc<Arrivals>,
    swept_at: Arc<AtomicU64>,
    _lock: Option<Arc<FolderLock>>,
}

impl From<Failure> for EventError {
    fn from(failure: Failure) -> Self {
        EventError::Unavailable(failure.0)
    }
}

impl SqliteEvents {
    /// Opens the log in a file, creating it. Only one process may have it open.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, EventError> {
        let database = Database::open(path, log::SCHEMA)?;
        let swept_at = Arc::new(AtomicU64::new(clock.now()));
        Ok(Self { database, clock, arrivals: Arc::default(), swept_at, _lock: None })
    }

    pub(crate) fn holding(self, lock: Arc<FolderLock>) -> Self {
        Self { _lock: Some(lock), ..self }
    }

    /// Removes records that are older than a week and read by all consumers of their
    /// stream, up to 1,000 a stream, and says how many; appends do it too, once a minute.
    pub async fn sweep(&self) -> Result<usize, EventError> {
        let before = self.clock.now().saturating_sub(RETENTION);
        self.database.committer.run(0, move |connection| log::sweep(connection, before).map(Ok), |_| ()).await?
    }

    fn last(&self, stream: &str) -> Result<u64, Failure> {
        self.database.readers.read(|connection| log::last(connection, stream))
    }
}

#[async_trait]
impl Events for SqliteEvents {
    async fn append(&self, stream: &str, entries: Vec<Entry>) -> Result<u64, EventError> {
        events::validate(&entries)?;
        let bytes = entries.iter().map(|entry| entry.key.len() + entry.data.len()).sum();
        let (clock, swept_at) = (Arc::clone(&self.clock), Arc::clone(&self.swept_at));
        let (arrivals, name, stream) = (Arc::clone(&self.arrivals), stream.to_owned(), stream.to_owned());
        let work = move |connection: &rusqlite::Connection| {
            let now = clock.now();
            if now.saturating_sub(swept_at.load(Ordering::Relaxed)) >= SWEEP_INTERVAL {
                swept_at.store(now, Ordering::Relaxed);
                log::sweep(connection, now.saturating_sub(RETENTION))?;
            }
            log::append(connection, &stream, &entries, now).map(Ok)
        };
        self.database.committer.run(bytes, work, move |last| arrivals.announce(&name, *last)).await?
    }

    async fn read(&self, stream: &str, after: u64, limit: usize) -> Result<Vec<Record>, EventError> {
        let stream = stream.to_owned();
        let records = self.database.readers.read_apart(move |connection| log::read(connection, &stream, after, limit));
        Ok(records.await?)
    }

    async fn before(&self, stream: &str, at: Millis) -> Result<u64, EventError> {
        let stream = stream.to_owned();
        Ok(self.database.readers.read_apart(move |connection| log::before(connection, &stream, at)).await?)
    }

    async fn position(&self, stream: &str, consumer: &str) -> Result<u64, EventError> {
        Ok(self.database.readers.read(|connection| log::position(connection, stream, consumer))?)
    }

    async fn commit(&self, stream: &str, consumer: &str, position: u64) -> Result<(), EventError> {
        let (stream, consumer) = (stream.to_owned(), consumer.to_owned());
        let work =
            move |connection: &rusqlite::Connection| log::commit(connection, &stream, &consumer, position).map(Ok);
        self.database.committer.run(0, work, |_| ()).await?
    }

    async fn wait(&self, stream: &str, after: u64) {
        // A stream that cannot be looked at may hold records: reading it will say why not.
        if let Ok(mut last) = self.arrivals.watch(stream, || self.last(stream)) {
            let _ = last.wait_for(|last| *last > after).await;
        }
    }
}
