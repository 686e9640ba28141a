//! `history`: what a profile watched, and where it stopped.

use crate::{CallError, Client, TitleId, Transport};
use serde::{Deserialize, Serialize};

/// `GET /v1/history?cursor=`: what the profile watched, latest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct History {
    /// Some entries.
    pub entries: Vec<HistoryEntry>,
    /// For the next page; none at the end.
    pub cursor: Option<String>,
}

/// One title, watched once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The title.
    pub content_id: TitleId,
    /// When the play began, RFC 3339.
    pub watched_at: String,
    /// How far it came, 0 to 100.
    pub progress_pct: u8,
    /// The device profile it played on.
    pub device: String,
}

/// `GET /v1/history/{title}`: where the profile stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Milliseconds from the beginning; 0 when it was watched to the end or never.
    pub resume_ms: u64,
    /// How far it came, 0 to 100.
    pub progress_pct: u8,
}

/// `GET /_reel/popular`, asked by `recommendation` alone.
pub const POPULAR_PATH: &str = "/_reel/popular";
/// The most titles of a [`Popular`].
pub const MAX_POPULAR: usize = 50;

/// The titles that were played most, most first; at most [`MAX_POPULAR`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Popular {
    /// The titles.
    pub titles: Vec<Plays>,
}

/// How often a title was played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plays {
    /// The title.
    pub title_id: TitleId,
    /// How many plays of it began.
    pub plays: u64,
}

impl<T: Transport> Client<T> {
    /// What was played most.
    pub async fn popular(&self) -> Result<Popular, CallError> {
        self.get(POPULAR_PATH).await
    }

    /// What the profile watched, latest first.
    pub async fn history(&self) -> Result<History, CallError> {
        self.get("/v1/history").await
    }

    /// Where the profile stopped in a title.
    pub async fn position(&self, title: TitleId) -> Result<Position, CallError> {
        self.get(&format!("/v1/history/{title}")).await
    }
}
