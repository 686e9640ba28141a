//! What an editor says of a title.

use super::{EpisodeOf, SeasonName, Texts, TitleKind};
use crate::availability::Window;
use crate::{AccountId, Millis, TitleId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether a title is published by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Release {
    /// Once it can be played, and not before `publish_at`. A series, which has nothing to encode, is ready at once.
    #[default]
    Automatic,
    /// An editor says when.
    Held,
    /// Viewers do not see it any more.
    Withdrawn,
}

impl Release {
    /// Whether it is published by itself.
    pub fn is_automatic(&self) -> bool {
        *self == Self::Automatic
    }
}

/// Somebody who made a title, beside cast and directors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CrewMember {
    /// The name.
    pub name: String,
    /// For example `Writer`.
    pub job: String,
}

/// `POST /v1/titles`, by an editor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTitle {
    /// The id; a new one when absent. The same again answers the same title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<TitleId>,
    /// What it is; a series stays one, and nothing else becomes one.
    #[serde(default)]
    pub kind: TitleKind,
    /// What it is called, 1 to 200 characters.
    pub name: String,
    /// Its slug; made from the name when absent. One that is taken is a conflict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// What it is about.
    #[serde(default)]
    pub description: String,
    /// The year it came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// Its genres, [`MAX_GENRES`] at most.
    #[serde(default)]
    pub genres: Vec<String>,
    /// Who plays in it, [`MAX_CAST`] at most.
    #[serde(default)]
    pub cast: Vec<String>,
    /// Whom they play, by name of the cast.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub characters: BTreeMap<String, String>,
    /// Who directed it.
    #[serde(default)]
    pub directors: Vec<String>,
    /// Who else made it, [`MAX_CAST`] at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crew: Vec<CrewMember>,
    /// The language it was made in, a BCP 47 tag such as `en` or `pt-BR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Its name and description in other languages, by BCP 47 tag; [`super::MAX_LANGUAGES`] at most.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, Texts>,
    /// The age it is for: 0, 6, 12, 16 or 18.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maturity: Option<u8>,
    /// What it has to do with, [`MAX_TAGS`] at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How it feels, [`MAX_TAGS`] at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tone: Vec<String>,
    /// Of an episode: where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<EpisodeOf>,
    /// Of a series: what its seasons are called, where they have names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seasons: Vec<SeasonName>,
    /// Of a trailer: the title that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trailer_of: Option<TitleId>,
    /// When and where it may be seen, [`MAX_WINDOWS`] at most; none for always and everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Window>,
    /// Whether it is published by itself.
    #[serde(default, skip_serializing_if = "Release::is_automatic")]
    pub release: Release,
    /// Not before this time, RFC 3339.
    #[serde(default, with = "crate::moment", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub publish_at: Option<Millis>,
    /// Whether viewers see it before there is anything to play.
    #[serde(default)]
    pub announced: bool,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
    /// Its name in the catalogue that it comes from, 1 to 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

/// `PUT /v1/titles/{id}`, by an editor: what the title is from now on. What is left out is as in a new title, but the
/// slug, which stays. The version that was read is `version`, or `If-Match` with the `ETag` of the answer it was read
/// from; where somebody else edited the title since, the answer is a 409 problem `edited` that says what they changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TitleEdit {
    /// The version that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The title; its id is that of the path, or absent.
    pub title: NewTitle,
}

/// `GET /v1/titles/{id}/changes`, by an editor: what was changed, latest first, the last hundred times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TitleChanges {
    /// The changes.
    pub changes: Vec<TitleChange>,
}

/// A change of a title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TitleChange {
    /// The version that it made.
    pub version: u64,
    /// When, RFC 3339.
    pub at: String,
    /// Who; none when nobody did, as when an encoding was complete.
    pub by: Option<AccountId>,
    /// Which fields.
    pub what: Vec<String>,
}

/// The most genres of a title.
pub const MAX_GENRES: usize = 10;
/// The most names of a title's cast, and of its crew.
pub const MAX_CAST: usize = 50;
/// The most directors of a title.
pub const MAX_DIRECTORS: usize = 20;
/// The most tags of a title.
pub const MAX_TAGS: usize = 20;
/// The most windows of a title.
pub const MAX_WINDOWS: usize = 50;
