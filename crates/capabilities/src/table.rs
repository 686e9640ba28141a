//! `reel:table`: ordered rows.

use crate::Millis;
use async_trait::async_trait;

/// The largest row, by [`Row::size`]: what DynamoDB's 400 KiB leave after the names of
/// the attributes that carry it.
pub const MAX_ROW: usize = 400_000;
/// The most writes in a transaction.
pub const MAX_WRITES: usize = 100;
/// The most bytes that a transaction writes.
pub const MAX_TRANSACTION: usize = 4_000_000;
/// The longest name of a counter, in bytes.
pub const MAX_COUNTER: usize = 255;
/// The most bytes in a page.
pub const MAX_PAGE: usize = 1024 * 1024;
/// The most rows in a page.
pub const MAX_PAGE_ROWS: u32 = 1_000;
/// The longest partition key, in bytes.
pub const MAX_PARTITION: usize = 2_048;
/// The longest sort key, in bytes.
pub const MAX_SORT: usize = 1_024;

/// The name of a row within its table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Rows of one partition are kept together.
    pub partition: String,
    /// Orders rows within their partition, by byte.
    pub sort: String,
}

impl Key {
    /// A key from its two parts.
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self { partition: partition.into(), sort: sort.into() }
    }
}

/// A row as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub key: Key,
    /// Grows by one with each write, from 1.
    pub version: u64,
    /// Its content.
    pub value: Vec<u8>,
    /// Named counters, ordered by name.
    pub counters: Vec<(String, i64)>,
    /// When it ceases to exist.
    pub expires_at: Option<Millis>,
}

impl Row {
    /// Its size against [`MAX_ROW`] and [`MAX_PAGE`], in bytes: key, value, and each
    /// counter's name with 8 bytes for its number.
    pub fn size(&self) -> usize {
        size(&self.key, self.value.len(), &self.counters)
    }
}

/// What [`Row::size`] says of a row with this key, value length and counters.
pub fn size(key: &Key, value: usize, counters: &[(String, i64)]) -> usize {
    let counters: usize = counters.iter().map(|(name, _)| name.len() + 8).sum();
    key.partition.len() + key.sort.len() + value + counters
}

/// What must hold for a change to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    Always,
    /// The row does not exist.
    Absent,
    /// The row exists.
    Present,
    /// The row exists in this version.
    Version(u64),
}

/// What to do to a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Write the row's value and expiry; its counters stay.
    Put {
        /// The content.
        value: Vec<u8>,
        /// When it ceases to exist.
        expires_at: Option<Millis>,
    },
    /// Delete the row.
    Delete,
    /// Add to named counters; makes the row when there is none.
    Add(Vec<(String, i64)>),
    /// Change nothing.
    Check,
}

/// One change of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The table.
    pub table: String,
    /// The row.
    pub key: Key,
    /// What must hold.
    pub condition: Condition,
    /// What to do.
    pub change: Change,
}

/// Which rows of a partition to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// The partition.
    pub partition: String,
    /// Only sort keys that start with this.
    pub prefix: String,
    /// Only sort keys not before this.
    pub from: String,
    /// From the last to the first.
    pub reverse: bool,
    /// At most so many rows, 1 to [`MAX_PAGE_ROWS`].
    pub limit: u32,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// Some rows, and where the next page starts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// For the page that follows; none at the end.
    pub cursor: Option<String>,
}

/// Why an operation was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// A condition did not hold: the index of its write.
    #[error("the condition of write {0} does not hold")]
    Conflict(u32),
    /// A limit or rule is broken.
    #[error("invalid: {0}")]
    Invalid(String),
    /// The store cannot answer now.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// Ordered rows in named tables. A table exists as soon as it is named.
#[async_trait]
pub trait Tables: Send + Sync {
    /// Reads one row; none when it does not exist or has expired.
    async fn get(&self, table: &str, key: &Key) -> Result<Option<Row>, TableError>;

    /// Reads rows of one partition in order, at most [`MAX_PAGE`] bytes at a time.
    async fn query(&self, table: &str, selection: &Selection) -> Result<Page, TableError>;

    /// Makes changes to different rows, all or none; durable when it returns.
    /// Returns each row's version afterwards (0 for a deleted row).
    async fn transact(&self, writes: Vec<Write>) -> Result<Vec<u64>, TableError>;
}

fn invalid<T>(why: String) -> Result<T, TableError> {
    Err(TableError::Invalid(why))
}

/// Checks a transaction against the limits that hold on every backend.
pub fn validate(writes: &[Write]) -> Result<(), TableError> {
    if writes.is_empty() || writes.len() > MAX_WRITES {
        return invalid(format!("a transaction has 1 to {MAX_WRITES} writes, not {}", writes.len()));
    }
    let mut seen = std::collections::HashSet::new();
    let mut total = 0;
    for write in writes {
        if !seen.insert((&write.table, &write.key)) {
            return invalid(format!("row {}/{} stands twice in the transaction", write.key.partition, write.key.sort));
        }
        total += validate_write(write)?;
    }
    if total > MAX_TRANSACTION {
        return invalid(format!("a transaction writes at most {MAX_TRANSACTION} bytes, not {total}"));
    }
    Ok(())
}

fn validate_write(write: &Write) -> Result<usize, TableError> {
    if write.table.is_empty() {
        return invalid("a write names its table; this name is empty".into());
    }
    validate_key(&write.key)?;
    let bytes = match &write.change {
        Change::Put { value, .. } => size(&write.key, value.len(), &[]),
        Change::Add(counters) => validate_counters(counters).map(|()| size(&write.key, 0, counters))?,
        Change::Delete | Change::Check => size(&write.key, 0, &[]),
    };
    validate_size(bytes).map(|()| bytes)
}

fn validate_counters(counters: &[(String, i64)]) -> Result<(), TableError> {
    let mut seen = std::collections::HashSet::new();
    for (name, _) in counters {
        if name.is_empty() || name.len() > MAX_COUNTER {
            return invalid(format!("a counter's name has 1 to {MAX_COUNTER} bytes, not {}", name.len()));
        }
        if !seen.insert(name) {
            return invalid(format!("counter {name:?} stands twice in one change"));
        }
    }
    Ok(())
}

/// Checks a row's size, as [`size`] counts it, against [`MAX_ROW`].
pub fn validate_size(bytes: usize) -> Result<(), TableError> {
    if bytes > MAX_ROW {
        return invalid(format!("a row holds at most {MAX_ROW} bytes, not {bytes}"));
    }
    Ok(())
}

/// Checks a key against the limits that hold on every backend.
pub fn validate_key(key: &Key) -> Result<(), TableError> {
    for (what, text, most) in [("partition", &key.partition, MAX_PARTITION), ("sort", &key.sort, MAX_SORT)] {
        if text.is_empty() || text.len() > most {
            return invalid(format!("a {what} key has 1 to {most} bytes, not {}", text.len()));
        }
    }
    Ok(())
}

/// Checks a selection against the limits that hold on every backend.
pub fn validate_selection(selection: &Selection) -> Result<(), TableError> {
    let partition = selection.partition.len();
    if !(1..=MAX_PARTITION).contains(&partition) {
        return invalid(format!("a partition key has 1 to {MAX_PARTITION} bytes, not {partition}"));
    }
    if !(1..=MAX_PAGE_ROWS).contains(&selection.limit) {
        return invalid(format!("a page has 1 to {MAX_PAGE_ROWS} rows, not {}", selection.limit));
    }
    if selection.prefix.len().max(selection.from.len()) > MAX_SORT {
        return invalid(format!("a prefix and a first sort key have at most {MAX_SORT} bytes"));
    }
    Ok(())
}
