//! The schemas of the events that Reel records.
//!
//! An [`Event`] is what a player sends, one JSON object:
//!
//! ```json
//! {"id": "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f", "type": "view_segment", "v": 1, "at": 1715000000000,
//!  "play": "018f3c5e-0000-7000-8000-000000000001", "title_id": "018f3c5e-0000-7000-8000-000000000002",
//!  "device": "web", "eighth": 3, "position_ms": 223500, "duration_ms": 596000}
//! ```
//!
//! `at` is in Unix milliseconds or RFC 3339. [`Event::parse`] admits one or says what is
//! wrong with it. A [`Recorded`] is the event as the log holds it, with who sent it, in the
//! stream of its kind ([`Kind::stream`]).
#![deny(missing_docs)]

pub mod catalogue;
mod check;
mod kind;
mod parse;
pub mod recent;
mod recorded;
pub mod stream;

pub use kind::{
    BufferEvent, Kind, PaymentEvent, PaymentOutcome, PlayStart, SearchQuery, SlotDecision, ThumbnailImpression,
    ViewSegment,
};
pub use parse::EventError;
pub use recorded::{Recorded, key};

use reel_api::{EventId, Millis};
use serde::{Deserialize, Serialize};

/// The version of every schema here.
pub const VERSION: u8 = 1;
/// How far ahead of ours a sender's clock may be, in milliseconds.
pub const MAX_AHEAD_MS: u64 = 5 * 60 * 1_000;
/// How old an event may be when it arrives, in milliseconds: a device may have been
/// offline for 30 days.
pub const MAX_AGE_MS: u64 = 30 * 24 * 3_600 * 1_000;

/// An event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// By which doubles are recognised; any UUID.
    pub id: EventId,
    /// [`VERSION`].
    pub v: u8,
    /// When it happened, by the sender's clock.
    #[serde(deserialize_with = "parse::instant")]
    pub at: Millis,
    /// What happened: `type` and its fields.
    #[serde(flatten)]
    pub kind: Kind,
}
