//! `history`: what a profile watched, and where it stopped.

use crate::{CallError, Client, TitleId, Transport};
use serde::{Deserialize, Serialize};

/// `GET /v1/history?cursor=`: what the profile watched, latest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct History {
    /// Some entries.
    pub entries: Vec<HistoryEntry>,
    /// For the next page; none at the end.
    pub cursor: Option<String>,
}

/// One title, watched once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Position {
    /// Milliseconds from the beginning; 0 when it was watched to the end or never.
    pub resume_ms: u64,
    /// How far it came, 0 to 100.
    pub progress_pct: u8,
}

/// What a profile thinks of a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// More of it.
    Like,
    /// Less of it.
    Dislike,
}

/// `PUT /v1/ratings/{title}`, which answers a [`Rated`]; `DELETE` takes it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRating {
    /// The rating.
    pub rating: Rating,
}

/// A rating of the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rated {
    /// The title.
    pub content_id: TitleId,
    /// What the profile thinks of it.
    pub rating: Rating,
    /// Since when, RFC 3339.
    pub rated_at: String,
}

/// `GET /v1/ratings`: every rating of the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ratings {
    /// The ratings, by title.
    pub ratings: Vec<Rated>,
}

/// `GET /v1/history/export`: all that is kept of what the profile watched and rated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Export {
    /// What it watched, latest first.
    pub entries: Vec<HistoryEntry>,
    /// What it rated.
    pub ratings: Vec<Rated>,
}

/// What `history` keeps of an account, as its part of [`crate::account::AccountExport`]: by profile.
pub type AccountHistory = std::collections::BTreeMap<crate::ProfileId, Export>;

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

/// `GET /_reel/trending`, asked by `recommendation` alone.
pub const TRENDING_PATH: &str = "/_reel/trending";

/// The titles that are played most these days, most first; at most [`MAX_POPULAR`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Trending {
    /// The titles.
    pub titles: Vec<Trend>,
}

/// How much a title is played these days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// The title.
    pub title_id: TitleId,
    /// Its plays, each of which counts half as much every two days.
    pub plays: f64,
}

/// `GET /_reel/fresh?since=`, asked by `ranking` alone: what was watched since a time in Unix
/// milliseconds, so that it counts before the next training. Plays are kept for [`FRESH_MS`].
pub const FRESH_PATH: &str = "/_reel/fresh";
/// How long plays are told as fresh, in milliseconds: longer than from one nightly training to the next.
pub const FRESH_MS: u64 = 49 * 3_600 * 1_000;
/// The most titles of [`FreshPlay::before`].
pub const MAX_BEFORE: usize = 50;

/// Some fresh plays, in the order in which they were noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fresh {
    /// The plays.
    pub plays: Vec<FreshPlay>,
    /// From when on to ask next. A play that was slow to be noted may stand before it: whoever asks
    /// again goes back a little, and knows doubles by their key.
    pub until: u64,
    /// Whether there is more by now.
    pub more: bool,
}

/// A play that came far enough to tell something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreshPlay {
    /// By which it is known again.
    pub key: String,
    /// The title.
    pub title_id: TitleId,
    /// What the viewer had watched before, latest first, at most [`MAX_BEFORE`] titles.
    pub before: Vec<TitleId>,
}

/// `GET /_reel/viewers?shard=&cursor=`, asked by `training` alone: who watched what, without who
/// they are.
pub const VIEWERS_PATH: &str = "/_reel/viewers";
/// In how many shards viewers are kept, each by its name.
pub const SHARDS: u32 = 16;
/// The most entries that are told of a viewer: those that began last.
pub const MAX_TOLD: u32 = 300;

/// Some viewers of a shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewers {
    /// The viewers; of one who deleted all, nothing is left.
    pub viewers: Vec<Told>,
    /// For the next page; none at the end.
    pub cursor: Option<String>,
}

/// What one viewer watched and rated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The plays, latest first, at most [`MAX_TOLD`].
    pub plays: Vec<Came>,
    /// The ratings.
    pub ratings: Vec<(TitleId, Rating)>,
}

/// How far a play came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Came {
    /// The title.
    pub title_id: TitleId,
    /// 0 to 100.
    pub progress_pct: u8,
}

impl<T: Transport> Client<T> {
    /// What is played these days.
    pub async fn trending(&self) -> Result<Trending, CallError> {
        self.get(TRENDING_PATH).await
    }

    /// What was watched since a time.
    pub async fn fresh(&self, since: u64) -> Result<Fresh, CallError> {
        self.get(&format!("{FRESH_PATH}?since={since}")).await
    }

    /// Some viewers of a shard.
    pub async fn viewers(&self, shard: u32, cursor: Option<&str>) -> Result<Viewers, CallError> {
        let more = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        self.get(&format!("{VIEWERS_PATH}?shard={shard}{more}")).await
    }

    /// What was played most.
    pub async fn popular(&self) -> Result<Popular, CallError> {
        self.get(POPULAR_PATH).await
    }

    /// What the profile watched, latest first.
    pub async fn history(&self) -> Result<History, CallError> {
        self.get("/v1/history").await
    }

    /// Deletes the whole history of the profile; its ratings stay.
    pub async fn forget_history(&self) -> Result<(), CallError> {
        self.delete("/v1/history").await
    }

    /// All that is kept of what the profile watched and rated.
    pub async fn export_history(&self) -> Result<Export, CallError> {
        self.get("/v1/history/export").await
    }

    /// What the profile thinks of titles.
    pub async fn ratings(&self) -> Result<Ratings, CallError> {
        self.get("/v1/ratings").await
    }

    /// Rates a title.
    pub async fn rate(&self, title: TitleId, rating: Rating) -> Result<Rated, CallError> {
        self.put(&format!("/v1/ratings/{title}"), &NewRating { rating }).await
    }

    /// Where the profile stopped in a title.
    pub async fn position(&self, title: TitleId) -> Result<Position, CallError> {
        self.get(&format!("/v1/history/{title}")).await
    }
}
