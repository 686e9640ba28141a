//! `content`: titles and their artwork.

mod edit;
mod import;
mod news;
mod series;
mod slug;
mod texts;

use crate::availability::{Viewing, Window};
use crate::{CallError, Client, Millis, Problem, RevisionId, TitleId, Transport};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use edit::*;
pub use import::*;
pub use news::{ENCODING_PATH, EncodingNews};
pub use series::{EpisodeOf, Episodes, MAX_NUMBER, MAX_SEASONS, Next, Season, SeasonName};
pub use slug::slug_of;
pub use texts::{MAX_LANGUAGES, Texts, is_language, languages_of};

/// What a title is. A season is no title: it is a part of a series, and orders its episodes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TitleKind {
    /// Plays, and stands by itself.
    #[default]
    Film,
    /// Holds episodes in seasons, and does not play itself.
    Series,
    /// Plays, in a season of a series.
    Episode,
    /// Plays, and is about another title.
    Trailer,
}

impl TitleKind {
    /// Whether it stands in viewers' lists, is found and is recommended; others are reached from these.
    pub fn is_listed(self) -> bool {
        matches!(self, Self::Film | Self::Series)
    }

    /// What it is called in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Film => "film",
            Self::Series => "series",
            Self::Episode => "episode",
            Self::Trailer => "trailer",
        }
    }
}

/// Where a title is on its way to viewers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TitleStatus {
    /// Named, with nothing to play.
    Draft,
    /// Shown to viewers, with nothing to play yet. It stays so until its first encoding is complete.
    Announced,
    /// Its first encoding is under way.
    Encoding,
    /// Can be played; of a series: viewers see it.
    Published,
    /// Its encoding failed; `failure` says why.
    Failed,
    /// Ready, and published by itself at `publish_at`.
    Scheduled,
    /// Taken from viewers.
    Withdrawn,
}

impl TitleStatus {
    /// Whether viewers see titles of this status.
    pub fn is_shown(self) -> bool {
        matches!(self, Self::Announced | Self::Published)
    }
}

/// A title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Title {
    /// Its id.
    pub id: TitleId,
    /// Its unique name in addresses: a-z, 0-9 and -.
    pub slug: String,
    /// What it is.
    #[serde(default)]
    pub kind: TitleKind,
    /// What it is called, in the language of who asks where it is known in that.
    pub name: String,
    /// What it is about, in the language of who asks where it is known in that.
    pub description: String,
    /// The year it came out.
    pub year: Option<u16>,
    /// For example `Animation`.
    pub genres: Vec<String>,
    /// Who plays in it, the leading ones first.
    #[serde(default)]
    pub cast: Vec<String>,
    /// Whom they play, by name of the cast.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub characters: BTreeMap<String, String>,
    /// Who directed it.
    #[serde(default)]
    pub directors: Vec<String>,
    /// Who else made it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crew: Vec<CrewMember>,
    /// Whose it is and under which licence, to be shown.
    pub credit: Option<String>,
    /// The language it was made in, a BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Its name and description in other languages, by BCP 47 tag.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, Texts>,
    /// The age it is for, one of [`crate::availability::MATURITIES`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maturity: Option<u8>,
    /// What it has to do with, for example `Space`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How it feels, for example `Dark`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tone: Vec<String>,
    /// Of an episode: where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<EpisodeOf>,
    /// Of an episode: what its series is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series_name: Option<String>,
    /// Of a series: its seasons that have a name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seasons: Vec<SeasonName>,
    /// Of a trailer: the title that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trailer_of: Option<TitleId>,
    /// When and where it may be seen; none for always and everywhere. An episode without its own has its series'.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Window>,
    /// Whether it is published by itself.
    #[serde(default, skip_serializing_if = "Release::is_automatic")]
    pub release: Release,
    /// Not before this time, RFC 3339.
    #[serde(default, with = "crate::moment", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub publish_at: Option<Millis>,
    /// Its name in the catalogue that it was imported from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Where it is on its way.
    pub status: TitleStatus,
    /// Why its encoding failed.
    pub failure: Option<String>,
    /// How long it runs, once known.
    pub duration_ms: Option<u64>,
    /// The encoding that plays.
    pub revision: Option<RevisionId>,
    /// Its artwork, once there is one.
    pub artwork: Option<Artwork>,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// When it became visible, RFC 3339.
    pub published_at: Option<String>,
    /// Grows with each change.
    pub version: u64,
}

impl Title {
    /// An announced title, of which no more is known than how it is called; in its first version.
    pub fn announced(id: TitleId, slug: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id,
            slug: slug.into(),
            kind: TitleKind::Film,
            name: name.into(),
            description: String::new(),
            year: None,
            genres: Vec::new(),
            cast: Vec::new(),
            characters: BTreeMap::new(),
            directors: Vec::new(),
            crew: Vec::new(),
            credit: None,
            language: None,
            texts: BTreeMap::new(),
            maturity: None,
            tags: Vec::new(),
            tone: Vec::new(),
            series: None,
            series_name: None,
            seasons: Vec::new(),
            trailer_of: None,
            windows: Vec::new(),
            release: Release::Automatic,
            publish_at: None,
            external_id: None,
            status: TitleStatus::Announced,
            failure: None,
            duration_ms: None,
            revision: None,
            artwork: None,
            created_at: String::new(),
            published_at: None,
            version: 1,
        }
    }

    /// The title with what it has of the series that it belongs to, where it has none of its own.
    #[must_use]
    pub fn of_series(mut self, series: &Self) -> Self {
        self.series_name = Some(series.name.clone());
        if self.windows.is_empty() {
            self.windows.clone_from(&series.windows);
        }
        self.maturity = self.maturity.or(series.maturity);
        self
    }

    /// Admits a viewer whom the title may be shown to.
    ///
    /// # Errors
    /// A 403 problem, `maturity` or `not-available-here`.
    pub fn admit(&self, viewing: &Viewing) -> Result<(), Problem> {
        viewing.admit(&self.windows, self.maturity)
    }
}

/// The pictures of a title. The URLs are relative to the platform's base URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Artwork {
    /// A wide picture, 1280 across or as wide as the source.
    pub poster: String,
    /// Pictures along the film, 320 across, to choose from and to scrub by. Where titles
    /// are listed, a few of them: a long film has hundreds.
    pub thumbnails: Vec<String>,
    /// The time between two thumbnails.
    pub interval_ms: u64,
}

/// `GET /v1/titles?genre=&cursor=`: the films and series that a viewer sees, newest first.
/// `GET /v1/titles?status=all` shows an editor everything, `?status=STATUS&q=TEXT` what is of a status and has the
/// text in its name; a page of these may have few titles, and there are more while it has a cursor.
/// [`CATALOGUE_PATH`]: all that viewers anywhere see. [`CHANGES_PATH`], with `?since=&cursor=`: what of that changed
/// since a time in Unix milliseconds, in the order of the changes; also what viewers saw before and see no more, by
/// its status.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Titles {
    /// Some titles.
    pub titles: Vec<Title>,
    /// For the next page; none at the end.
    pub cursor: Option<String>,
}

/// Where functions that keep a catalogue learn what changed.
pub const CHANGES_PATH: &str = "/_reel/changes";
/// Where they read all that viewers anywhere see, at first: `?cursor=`.
pub const CATALOGUE_PATH: &str = "/_reel/catalogue";
/// Where they ask for a title by its id, whoever it is for.
pub const KNOWN_PATH: &str = "/_reel/titles";

impl<T: Transport> Client<T> {
    /// Makes a title.
    pub async fn create_title(&self, title: &NewTitle) -> Result<Title, CallError> {
        self.post("/v1/titles", title).await
    }

    /// Changes a title, as one that was read before.
    pub async fn edit_title(&self, id: TitleId, edit: &TitleEdit) -> Result<Title, CallError> {
        self.put(&format!("/v1/titles/{id}"), edit).await
    }

    /// Takes rows of another catalogue over.
    pub async fn import_titles(&self, rows: &ImportRows) -> Result<ImportReport, CallError> {
        self.post("/v1/imports", rows).await
    }

    /// A title by its id or slug.
    pub async fn title(&self, id_or_slug: &str) -> Result<Title, CallError> {
        self.get(&format!("/v1/titles/{id_or_slug}")).await
    }

    /// A title whoever asks, for functions that decide themselves who may see it.
    pub async fn known_title(&self, id: TitleId) -> Result<Title, CallError> {
        self.get(&format!("{KNOWN_PATH}/{id}")).await
    }

    /// What viewers see, newest first.
    pub async fn titles(&self, cursor: Option<&str>) -> Result<Titles, CallError> {
        match cursor {
            Some(cursor) => self.get(&format!("/v1/titles?cursor={cursor}")).await,
            None => self.get("/v1/titles").await,
        }
    }

    /// The seasons of a series with their episodes.
    pub async fn episodes(&self, id_or_slug: &str) -> Result<Episodes, CallError> {
        self.get(&format!("/v1/titles/{id_or_slug}/episodes")).await
    }

    /// A page of all that viewers anywhere see.
    pub async fn catalogue(&self, cursor: Option<&str>) -> Result<Titles, CallError> {
        let more = cursor.map(|cursor| format!("?cursor={cursor}")).unwrap_or_default();
        self.get(&format!("{CATALOGUE_PATH}{more}")).await
    }

    /// What viewers anywhere see, or saw before, and changed since a time.
    pub async fn title_changes(&self, since: Millis, cursor: Option<&str>) -> Result<Titles, CallError> {
        let more = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        self.get(&format!("{CHANGES_PATH}?since={since}{more}")).await
    }
}
