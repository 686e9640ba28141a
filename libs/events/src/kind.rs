//! What can happen.

use reel_api::{DecisionId, PlayId, RevisionId, TitleId};
use serde::{Deserialize, Serialize};

/// What happened. The tag is the event's `type`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Kind {
    /// A title began to play.
    PlayStart(PlayStart),
    /// An eighth of a title was watched.
    ViewSegment(ViewSegment),
    /// Playing stalled for want of segments.
    BufferEvent(BufferEvent),
    /// Somebody searched.
    SearchQuery(SearchQuery),
    /// A picture of a title was shown.
    ThumbnailImpression(ThumbnailImpression),
    /// A payment was made or failed; written by billing, never by a player.
    PaymentEvent(PaymentEvent),
    /// A title was chosen to be tried in a place of a page; written by `experiment`, never by a player.
    SlotDecision(SlotDecision),
}

impl Kind {
    /// Every `type` there is.
    pub const TYPES: [&str; 7] = [
        "play_start",
        "view_segment",
        "buffer_event",
        "search_query",
        "thumbnail_impression",
        "payment_event",
        "slot_decision",
    ];
}

/// `play_start`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlayStart {
    /// The play: a new UUID of version 7, which all later events of this play repeat.
    pub play: PlayId,
    /// The title.
    pub title_id: TitleId,
    /// The encoding, when the player knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionId>,
    /// The device profile, 1 to 64 characters.
    pub device: String,
    /// Where it began, in milliseconds from the beginning.
    pub position_ms: u64,
    /// The row it was chosen from (`continue-watching`, `genre:Animation`), `search` or
    /// the like: what recommendations are judged by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Which picture of the title it was chosen by, as `thumbnail_impression` has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The decision that put the title there, where it was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionId>,
}

/// `view_segment`: sent as each eighth of the title ends, and when playing pauses or
/// stops, so that the place to resume is exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ViewSegment {
    /// The play.
    pub play: PlayId,
    /// The title.
    pub title_id: TitleId,
    /// The device profile, 1 to 64 characters.
    pub device: String,
    /// The eighth of the title that is playing, 1 to 8.
    pub eighth: u8,
    /// Where playing is, in milliseconds from the beginning; at most the duration.
    pub position_ms: u64,
    /// How long the title runs, in milliseconds, 1 to 24 hours.
    pub duration_ms: u64,
    /// The pathway (edge) that segments came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pathway: Option<String>,
}

impl PlayStart {
    /// Whether it was chosen from a row that was recommended, of whatever kind; not by
    /// searching, not by going on with what was begun, and not by coming from elsewhere.
    pub fn is_recommended(&self) -> bool {
        self.source.as_deref().is_some_and(|source| !UNRECOMMENDED.contains(&source))
    }
}

/// Sources of plays that nobody recommended.
const UNRECOMMENDED: [&str; 3] = ["continue-watching", "search", "direct"];

/// `buffer_event`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BufferEvent {
    /// The play.
    pub play: PlayId,
    /// The title.
    pub title_id: TitleId,
    /// Where playing stalled, in milliseconds from the beginning.
    pub position_ms: u64,
    /// For how long, in milliseconds; at most an hour.
    pub stalled_ms: u64,
    /// The pathway (edge) that segments came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pathway: Option<String>,
    /// The bitrate that was playing, in bits a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bitrate: Option<u32>,
}

/// `search_query`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SearchQuery {
    /// What was asked, 1 to 200 characters.
    pub query: String,
    /// How many titles were found.
    pub results: u32,
}

/// `thumbnail_impression`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ThumbnailImpression {
    /// The title.
    pub title_id: TitleId,
    /// Which of its pictures, 1 to 160 characters: the name that a test gave it, else `poster`.
    pub variant: String,
    /// The row it stood in, 1 to 64 characters.
    pub row: String,
    /// The decision that put the title there, where it was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionId>,
}

/// `slot_decision`: with it alone can be told what another way of choosing would have come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SlotDecision {
    /// The decision.
    pub decision: DecisionId,
    /// The place of the page, 1 to 64 characters.
    pub slot: String,
    /// The genres that the viewer likes most, as they were known.
    pub genres: Vec<String>,
    /// The titles that could have been shown.
    pub candidates: Vec<TitleId>,
    /// The one that was.
    pub title_id: TitleId,
    /// The chance with which it was chosen, above 0 and at most 1.
    pub propensity: f64,
}

/// `payment_event`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PaymentEvent {
    /// The payment's name at the provider, 1 to 128 characters.
    pub payment: String,
    /// In minor units of the currency; negative for a refund.
    pub amount: i64,
    /// ISO 4217, three capitals.
    pub currency: String,
    /// How it went.
    pub outcome: PaymentOutcome,
}

/// How a payment went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentOutcome {
    /// The money came.
    Succeeded,
    /// It did not.
    Failed,
    /// It went back.
    Refunded,
}
