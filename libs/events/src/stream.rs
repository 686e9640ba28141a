//! Which stream of the log an event stands in.

use crate::Kind;

/// What players tell of playing: `play_start`, `view_segment`, `buffer_event`.
pub const PLAYBACK: &str = "playback";
/// What viewers were shown and looked for: `search_query`, `thumbnail_impression`; and, written by services, why:
/// `slot_decision`.
pub const INTERACTIONS: &str = "interactions";
/// What was paid: `payment_event`, written by billing alone.
pub const PAYMENTS: &str = "payments";
/// What happens to titles: [`crate::catalogue::TitleChanged`], written by `content` alone.
pub const CATALOGUE: &str = "catalogue";
/// Every stream of events that stand in an envelope, [`crate::Recorded`].
pub const STREAMS: [&str; 3] = [PLAYBACK, INTERACTIONS, PAYMENTS];

impl Kind {
    /// The stream that events of this kind stand in, so that who reads one kind is not held
    /// up by a flood of another.
    pub fn stream(&self) -> &'static str {
        match self {
            Self::PlayStart(_) | Self::ViewSegment(_) | Self::BufferEvent(_) => PLAYBACK,
            Self::SearchQuery(_) | Self::ThumbnailImpression(_) | Self::SlotDecision(_) => INTERACTIONS,
            Self::PaymentEvent(_) => PAYMENTS,
        }
    }
}
