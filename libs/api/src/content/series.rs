//! Series, their seasons and episodes.

use super::Title;
use crate::TitleId;
use serde::{Deserialize, Serialize};

/// The most seasons that a series has names for.
pub const MAX_SEASONS: usize = 100;
/// The highest number of a season and of an episode.
pub const MAX_NUMBER: u16 = 9_999;

/// Where an episode stands. No two episodes stand in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EpisodeOf {
    /// The series.
    pub id: TitleId,
    /// The season, 0 (specials) to [`MAX_NUMBER`].
    pub season: u16,
    /// The place in the season, 1 to [`MAX_NUMBER`].
    pub number: u16,
}

/// What a season is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SeasonName {
    /// Its number.
    pub number: u16,
    /// Its name, 1 to 100 characters.
    pub name: String,
}

/// `GET /v1/titles/{id}/episodes` of a series: to an editor all that there are, to a viewer those that viewers see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Episodes {
    /// The seasons, in order.
    pub seasons: Vec<Season>,
}

/// A season.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Season {
    /// Its number; specials are season 0.
    pub number: u16,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Its episodes, in order.
    pub episodes: Vec<Title>,
}

/// `GET /v1/titles/{id}/next`: what to play after an episode, or first of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Next {
    /// The episode; none after the last one, and after what is no episode.
    pub title: Option<Title>,
}
