//! What happens to titles, as stream `catalogue` holds it: written by `content`, never by a player.

use reel_api::content::{EpisodeOf, TitleKind, TitleStatus};
use reel_api::{AccountId, EventId, Millis, TitleId};
use serde::{Deserialize, Serialize};

/// A title was made, changed or deleted. Events of one title are in order; each comes at least once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "title_changed")]
pub struct TitleChanged {
    /// By which doubles are recognised.
    pub id: EventId,
    /// [`crate::VERSION`].
    pub v: u8,
    /// When.
    pub at: Millis,
    /// The title.
    pub title_id: TitleId,
    /// Its version since.
    pub version: u64,
    /// What it is.
    pub kind: TitleKind,
    /// Its slug.
    pub slug: String,
    /// Its name, in its first language.
    pub name: String,
    /// Where it is on its way since.
    pub status: TitleStatus,
    /// Of an episode: where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<EpisodeOf>,
    /// The fields that changed; `made` of a new title, `deleted` of one that is no more. `status` with
    /// [`TitleStatus::Published`] tells that viewers can play it since.
    pub what: Vec<String>,
    /// Who changed it; none when nobody did, as when an encoding was complete.
    pub by: Option<AccountId>,
}

impl TitleChanged {
    /// The record's key.
    pub fn key(&self) -> String {
        self.title_id.to_string()
    }

    /// The event that a record of the log holds.
    ///
    /// # Errors
    /// Why it is none.
    pub fn read(data: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(data).map_err(|e| format!("the record is no title_changed: {e}"))
    }
}
