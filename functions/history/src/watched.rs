//! What an event tells of a play.

use reel_api::Millis;
use reel_events::{Event, Kind};

/// A moment of a play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Watched {
    /// The title.
    pub(crate) content: String,
    /// When the play began.
    pub(crate) began: Millis,
    /// When the moment was.
    pub(crate) at: Millis,
    /// The device profile.
    pub(crate) device: String,
    /// How far it was, where the event tells.
    pub(crate) progress: Option<Progress>,
}

/// A place in a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    /// From the beginning, in milliseconds.
    pub(crate) position_ms: u64,
    /// Of the whole title, in milliseconds.
    pub(crate) duration_ms: u64,
}

impl Watched {
    /// What an event tells; none when it tells nothing of what was watched.
    pub(crate) fn of(event: Event) -> Option<Self> {
        let at = event.at;
        match event.kind {
            Kind::PlayStart(start) => {
                let (content, began) = (start.title_id.to_string(), start.play.made_at());
                Some(Self { content, began, at, device: start.device, progress: None })
            }
            Kind::ViewSegment(view) => {
                let (content, began) = (view.title_id.to_string(), view.play.made_at());
                let progress = Some(Progress { position_ms: view.position_ms, duration_ms: view.duration_ms });
                Some(Self { content, began, at, device: view.device, progress })
            }
            Kind::BufferEvent(_)
            | Kind::SearchQuery(_)
            | Kind::ThumbnailImpression(_)
            | Kind::PaymentEvent(_)
            | Kind::SlotDecision(_) => None,
        }
    }
}

impl Progress {
    /// In whole percent, rounded down; 100 at the end.
    pub(crate) fn percent(&self) -> u8 {
        let percent = u128::from(self.position_ms) * 100 / u128::from(self.duration_ms.max(1));
        percent.min(100) as u8
    }
}
