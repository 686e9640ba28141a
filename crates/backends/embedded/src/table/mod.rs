//! `reel:table` in one SQLite database.

mod reading;
mod writing;

use crate::lock::FolderLock;
use crate::sqlite::{Database, Failure};
use async_trait::async_trait;
use reel_capabilities::table::{self, Change, Key, Page, Row, Selection, TableError, Tables, Write};
use reel_capabilities::{Clock, Millis};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How often writes sweep expired rows along, in milliseconds.
const SWEEP_INTERVAL: Millis = 60_000;

/// Keys are blobs, so that they are compared byte by byte. What is deleted is overwritten: a person who leaves is not to
/// be found in free pages.
const SCHEMA: &str = "
    PRAGMA secure_delete=ON;
    CREATE TABLE IF NOT EXISTS rows(
        tbl BLOB NOT NULL, partition BLOB NOT NULL, sort BLOB NOT NULL,
        version INTEGER NOT NULL, expires_at INTEGER, counters BLOB, value BLOB NOT NULL,
        PRIMARY KEY(tbl, partition, sort)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS rows_expiry ON rows(expires_at) WHERE expires_at IS NOT NULL;";

/// Ordered rows in a SQLite file.
pub struct SqliteTables {
    database: Database,
    clock: Arc<dyn Clock>,
    swept_at: Arc<AtomicU64>,
    _lock: Option<Arc<FolderLock>>,
}

impl From<Failure> for TableError {
    fn from(failure: Failure) -> Self {
        TableError::Unavailable(failure.0)
    }
}

impl SqliteTables {
    /// Opens the rows in a file, creating it. Only one process may have it open.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, TableError> {
        let database = Database::open(path, SCHEMA)?;
        let swept_at = Arc::new(AtomicU64::new(clock.now()));
        Ok(Self { database, clock, swept_at, _lock: None })
    }

    pub(crate) fn holding(self, lock: Arc<FolderLock>) -> Self {
        Self { _lock: Some(lock), ..self }
    }

    /// Removes up to 1,000 rows that have expired, and says how many. Expired rows are
    /// never read, so this only frees space; writes do it too, once a minute.
    pub async fn sweep(&self) -> Result<usize, TableError> {
        let now = self.clock.now();
        self.database.committer.run(0, move |connection| writing::sweep(connection, now).map(Ok), |_| ()).await?
    }
}

#[async_trait]
impl Tables for SqliteTables {
    async fn get(&self, table: &str, key: &Key) -> Result<Option<Row>, TableError> {
        table::validate_key(key)?;
        let now = self.clock.now();
        // One row is read in microseconds: less than it takes to change threads.
        Ok(self.database.readers.read(|connection| reading::get(connection, table, key, now))?)
    }

    async fn query(&self, table: &str, selection: &Selection) -> Result<Page, TableError> {
        table::validate_selection(selection)?;
        let (table, selection, now) = (table.to_owned(), selection.clone(), self.clock.now());
        let page =
            self.database.readers.read_apart(move |connection| reading::query(connection, &table, &selection, now));
        Ok(page.await?)
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<Vec<u64>, TableError> {
        table::validate(&writes)?;
        let bytes = writes.iter().map(value_bytes).sum();
        let (clock, swept_at) = (Arc::clone(&self.clock), Arc::clone(&self.swept_at));
        let work = move |connection: &rusqlite::Connection| {
            let now = clock.now();
            if now.saturating_sub(swept_at.load(Ordering::Relaxed)) >= SWEEP_INTERVAL {
                swept_at.store(now, Ordering::Relaxed);
                writing::sweep(connection, now)?;
            }
            writing::transact(connection, &writes, now)
        };
        self.database.committer.run(bytes, work, |_| ()).await?
    }
}

fn value_bytes(write: &Write) -> usize {
    match &write.change {
        Change::Put { value, .. } => value.len(),
        Change::Delete | Change::Add(_) | Change::Check => 0,
    }
}
