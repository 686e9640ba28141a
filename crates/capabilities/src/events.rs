//! `reel:events`: the event log.

use crate::Millis;
use async_trait::async_trait;
use bytes::Bytes;

/// The largest record, in bytes.
pub const MAX_RECORD: usize = 1024 * 1024;
/// The most records in a batch.
pub const MAX_BATCH: usize = 500;
/// The most bytes in a batch.
pub const MAX_BATCH_BYTES: usize = 5 * 1024 * 1024;
/// The longest key, in bytes.
pub const MAX_KEY: usize = 256;

/// A record to append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Records of one key keep their order.
    pub key: String,
    /// The content.
    pub data: Bytes,
}

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it stands in its stream; grows, from 1, with gaps allowed.
    pub position: u64,
    /// When it was appended.
    pub at: Millis,
    /// Its key.
    pub key: String,
    /// Its content.
    pub data: Bytes,
}

/// Why an operation was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// A limit is broken.
    #[error("invalid: {0}")]
    Invalid(String),
    /// The log cannot answer now.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// Append-only streams, and how far each consumer has read them.
#[async_trait]
pub trait Events: Send + Sync {
    /// Appends a batch, all or none, durable when it returns: the last position.
    async fn append(&self, stream: &str, entries: Vec<Entry>) -> Result<u64, EventError>;

    /// Reads up to `limit` records after a position (0: from the first), in order.
    async fn read(&self, stream: &str, after: u64, limit: usize) -> Result<Vec<Record>, EventError>;

    /// The position of the last record that was appended before a time; 0 when none was.
    async fn before(&self, stream: &str, at: Millis) -> Result<u64, EventError> {
        let mut last = 0;
        loop {
            let records = self.read(stream, last, MAX_BATCH).await?;
            let earlier = records.iter().take_while(|record| record.at < at).last().map(|record| record.position);
            let ends = records.is_empty() || records.last().is_some_and(|record| record.at >= at);
            last = earlier.unwrap_or(last);
            if ends {
                return Ok(last);
            }
        }
    }

    /// How far a consumer has come in a stream: 0 when it has not begun.
    async fn position(&self, stream: &str, consumer: &str) -> Result<u64, EventError>;

    /// Notes how far a consumer has come; durable when it returns.
    async fn commit(&self, stream: &str, consumer: &str, position: u64) -> Result<(), EventError>;

    /// Returns once the stream may hold records after a position.
    async fn wait(&self, stream: &str, after: u64);
}

/// Checks a batch against the limits that hold on every backend.
pub fn validate(entries: &[Entry]) -> Result<(), EventError> {
    let invalid = |why: String| Err(EventError::Invalid(why));
    if entries.is_empty() || entries.len() > MAX_BATCH {
        return invalid(format!("a batch has 1 to {MAX_BATCH} records, not {}", entries.len()));
    }
    if let Some(entry) = entries.iter().find(|e| e.key.is_empty() || e.key.len() > MAX_KEY) {
        return invalid(format!("a record's key has 1 to {MAX_KEY} bytes, not {}", entry.key.len()));
    }
    if let Some(entry) = entries.iter().find(|e| e.data.len() > MAX_RECORD) {
        return invalid(format!("a record holds at most {MAX_RECORD} bytes, not {}", entry.data.len()));
    }
    let total: usize = entries.iter().map(|e| e.key.len() + e.data.len()).sum();
    if total > MAX_BATCH_BYTES {
        return invalid(format!("a batch holds at most {MAX_BATCH_BYTES} bytes, not {total}"));
    }
    Ok(())
}
