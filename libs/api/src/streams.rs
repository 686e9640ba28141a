//! `streams`: what stands in the event log, who has read how much of it, and what nobody could
//! handle. Every route needs the role operator.

use crate::{CallError, Client, Transport};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most records of a [`Records`].
pub const MAX_RECORDS: usize = 500;
/// The longest that an answer waits for records, in milliseconds.
pub const MAX_WAIT_MS: u64 = 8_000;

/// `GET /v1/streams`: every stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Streams {
    /// By name.
    pub streams: Vec<Stream>,
}

/// A stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stream {
    /// Its name.
    pub name: String,
    /// The position of its last record; 0 before the first.
    pub last: u64,
    /// Who reads it.
    pub consumers: Vec<Consumer>,
    /// How many of its records nobody could handle and nobody sent again.
    pub dead: usize,
}

/// Who reads a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Consumer {
    /// The consumer.
    pub name: String,
    /// The last position that it is done with.
    pub position: u64,
}

/// `GET /v1/streams/{stream}/records?after=&limit=&wait_ms=`: what stands after a position. `last=N`
/// instead of `after` begins so many records before the end. Waits for records where there are none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Records {
    /// The records, in order, at most [`MAX_RECORDS`].
    pub records: Vec<Record>,
    /// Where to go on: give it back as `after`.
    pub next: u64,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Record {
    /// Where it stands.
    pub position: u64,
    /// When it was appended, RFC 3339.
    pub appended_at: String,
    /// Records of one key are in order.
    pub key: String,
    /// The event; text where it is not JSON.
    pub data: Value,
}

/// `POST /v1/streams/{stream}/consumers/{consumer}/replay`: has a consumer read again. One of the two.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// After this position; 0 for all that the log has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// What was appended since this time, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// The answer to a [`Replay`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Replayed {
    /// Where it stood.
    pub from: u64,
    /// Where it goes on.
    pub after: u64,
}

/// `GET /v1/streams/{stream}/dead`: what nobody could handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeadRecords {
    /// The last of them, oldest first, at most [`MAX_RECORDS`].
    pub records: Vec<DeadRecord>,
}

/// A record that a consumer could not handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeadRecord {
    /// When it was put aside, RFC 3339.
    pub put_aside_at: String,
    /// Who could not handle it.
    pub consumer: String,
    /// Why not.
    pub reason: String,
    /// Where it stood.
    pub position: u64,
    /// Whether it was sent again.
    pub sent_again: bool,
    /// The event; text where it is not JSON, nothing where it was too long to be kept.
    pub data: Value,
}

/// `POST /v1/streams/{stream}/dead/send-again`, answered with how many went back into the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SentAgain {
    /// How many.
    pub sent: usize,
}

impl<T: Transport> Client<T> {
    /// Every stream.
    pub async fn streams(&self) -> Result<Streams, CallError> {
        self.get("/v1/streams").await
    }

    /// What stands after a position, waiting so long for it.
    pub async fn records(&self, stream: &str, after: u64, wait_ms: u64) -> Result<Records, CallError> {
        self.get(&format!("/v1/streams/{stream}/records?after={after}&wait_ms={wait_ms}")).await
    }

    /// The last records.
    pub async fn last_records(&self, stream: &str, last: usize) -> Result<Records, CallError> {
        self.get(&format!("/v1/streams/{stream}/records?last={last}")).await
    }

    /// Has a consumer read again.
    pub async fn replay(&self, stream: &str, consumer: &str, replay: &Replay) -> Result<Replayed, CallError> {
        self.post(&format!("/v1/streams/{stream}/consumers/{consumer}/replay"), replay).await
    }

    /// What nobody could handle.
    pub async fn dead_records(&self, stream: &str) -> Result<DeadRecords, CallError> {
        self.get(&format!("/v1/streams/{stream}/dead")).await
    }

    /// Sends again what nobody could handle.
    pub async fn send_dead_again(&self, stream: &str) -> Result<SentAgain, CallError> {
        self.post(&format!("/v1/streams/{stream}/dead/send-again"), &()).await
    }
}
