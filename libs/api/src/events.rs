//! `events`: takes batches of events from players. Their schemas are in `reel-events`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most events of a batch.
pub const MAX_EVENTS: usize = 500;

/// `POST /v1/events`, with a bearer token.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// 1 to [`MAX_EVENTS`] events.
    pub events: Vec<Value>,
}

/// The answer, 202, once what was accepted is durable. An event that was accepted
/// before, recognised by its id, is accepted again; consumers see it once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Accepted {
    /// How many were accepted.
    pub accepted: usize,
    /// Those that were not; the others are safe.
    pub rejected: Vec<Rejected>,
}

/// An event that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rejected {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// What is wrong with it.
    pub reason: String,
}
