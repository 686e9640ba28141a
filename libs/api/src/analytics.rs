//! `analytics`: what the events of players say, counted in windows of their own time.
//!
//! What a play did is counted where the play began; what was shown or searched for, where
//! that happened. Both routes need the role operator.

use crate::{CallError, Client, Transport};
use serde::{Deserialize, Serialize};

/// The most windows that one answer covers.
pub const MAX_WINDOWS: u32 = 1_000;
/// The most titles, edges, queries or sources of a [`Report`].
pub const MAX_PARTS: usize = 20;

/// Counts of one window, or of several together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Figures {
    /// Plays that began.
    pub plays: u64,
    /// Plays of these that were chosen from a recommended row.
    pub recommended_plays: u64,
    /// Plays that came to the end, or to 95 % of it.
    pub completions: u64,
    /// Milliseconds that were watched: each eighth of a title that a play was in counts whole.
    pub view_ms: u64,
    /// How often playing stalled.
    pub stalls: u64,
    /// For how long, in milliseconds.
    pub stalled_ms: u64,
    /// Searches.
    pub searches: u64,
    /// Searches that found nothing.
    pub empty_searches: u64,
    /// Pictures of titles that were shown.
    pub impressions: u64,
    /// Events of too long ago that arrived then; they are counted nowhere else.
    pub late: u64,
    /// Events that arrived then and had been counted before.
    pub doubles: u64,
}

impl Figures {
    /// Which share of the plays came from a recommended row, 0 to 1; none without plays.
    pub fn recommended_share(&self) -> Option<f64> {
        share(self.recommended_plays, self.plays)
    }

    /// Which share of the plays came to the end, 0 to 1.
    pub fn completion(&self) -> Option<f64> {
        share(self.completions, self.plays)
    }

    /// Which share of the time that viewers spent was spent waiting, 0 to 1.
    pub fn rebuffer_ratio(&self) -> Option<f64> {
        share(self.stalled_ms, self.stalled_ms.saturating_add(self.view_ms))
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// `GET /v1/analytics/series?width=minute|hour|day&windows=N`: the last windows, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Series {
    /// `minute`, `hour` or `day`.
    pub width: String,
    /// The windows, those without events among them.
    pub windows: Vec<Window>,
}

/// A window of a [`Series`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Window {
    /// When it begins, RFC 3339.
    pub start: String,
    /// Whether all of its events have come in, but for those that are late.
    pub complete: bool,
    /// What happened in it.
    #[serde(flatten)]
    pub figures: Figures,
}

/// `GET /v1/analytics/report?width=hour|day&windows=N`: the last windows, taken together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// When the first window begins, RFC 3339.
    pub from: String,
    /// When the last one ends, RFC 3339.
    pub to: String,
    /// Up to when events have come in, but for those that are late, RFC 3339; none before the first.
    pub watermark: Option<String>,
    /// Everything together.
    pub totals: Figures,
    /// Which share of the plays came from a recommended row, 0 to 1.
    pub recommended_share: Option<f64>,
    /// Which share of the time that viewers spent was spent waiting, 0 to 1.
    pub rebuffer_ratio: Option<f64>,
    /// By title id, most plays first.
    pub titles: Vec<Part>,
    /// By edge, the longest stalls first.
    pub edges: Vec<Part>,
    /// By what was searched for, most searches first.
    pub queries: Vec<Part>,
    /// Of these, what found nothing, most searches first.
    pub empty_queries: Vec<Part>,
    /// By the row that plays were chosen from, most plays first.
    pub sources: Vec<Part>,
}

/// One title, edge, query or source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Part {
    /// Which.
    pub of: String,
    /// Its counts.
    #[serde(flatten)]
    pub figures: Figures,
}

impl<T: Transport> Client<T> {
    /// The last windows, one by one.
    pub async fn analytics_series(&self, width: &str, windows: u32) -> Result<Series, CallError> {
        self.get(&format!("/v1/analytics/series?width={width}&windows={windows}")).await
    }

    /// The last windows, taken together.
    pub async fn analytics_report(&self, width: &str, windows: u32) -> Result<Report, CallError> {
        self.get(&format!("/v1/analytics/report?width={width}&windows={windows}")).await
    }
}
