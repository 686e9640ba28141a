//! `content`: titles and their artwork.

use crate::encoding::ObjectRef;
use crate::{CallError, Client, Millis, Problem, RevisionId, TitleId, Transport};
use icu_normalizer::DecomposingNormalizerBorrowed;
use serde::{Deserialize, Serialize};

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
    /// Can be played.
    Published,
    /// Its encoding failed; `failure` says why.
    Failed,
}

/// A title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Title {
    /// Its id.
    pub id: TitleId,
    /// Its unique name in addresses: a-z, 0-9 and -.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// The year it came out.
    pub year: Option<u16>,
    /// For example `Animation`.
    pub genres: Vec<String>,
    /// Who plays in it, the leading ones first.
    #[serde(default)]
    pub cast: Vec<String>,
    /// Who directed it.
    #[serde(default)]
    pub directors: Vec<String>,
    /// Whose it is and under which licence, to be shown.
    pub credit: Option<String>,
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
            name: name.into(),
            description: String::new(),
            year: None,
            genres: Vec::new(),
            cast: Vec::new(),
            directors: Vec::new(),
            credit: None,
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

/// `POST /v1/titles`, by an editor.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTitle {
    /// The id; a new one when absent. The same again answers the same title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<TitleId>,
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
    /// Who directed it, [`MAX_DIRECTORS`] at most.
    #[serde(default)]
    pub directors: Vec<String>,
    /// Whether viewers see it before there is anything to play.
    #[serde(default)]
    pub announced: bool,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
}

/// The most genres of a title.
pub const MAX_GENRES: usize = 10;
/// The most names of a title's cast.
pub const MAX_CAST: usize = 50;
/// The most directors of a title.
pub const MAX_DIRECTORS: usize = 20;
/// The most titles of a [`NewTitles`].
pub const MAX_NEW_TITLES: usize = 50;

/// `POST /v1/catalogue`, by an editor: many new titles, each as by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTitles {
    /// The titles, at most [`MAX_NEW_TITLES`].
    pub titles: Vec<NewTitle>,
}

/// What came of [`NewTitles`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Entered {
    /// How many are new; the others were there before, or have a problem.
    pub made: u32,
    /// For each title what is wrong with it, or null.
    pub problems: Vec<Option<Problem>>,
}

/// `GET /v1/titles?genre=&cursor=`: what viewers see, newest first.
/// `GET /v1/titles?status=all` shows an editor everything.
/// [`CHANGES_PATH`], with `?since=&cursor=`: what viewers see and changed since a time in Unix
/// milliseconds, in the order of the changes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Titles {
    /// Some titles.
    pub titles: Vec<Title>,
    /// For the next page; none at the end.
    pub cursor: Option<String>,
}

/// `POST /_reel/encoding`: `ingest` and `publish` tell where the encoding of a title is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum EncodingNews {
    /// It began.
    Started {
        /// The title.
        title_id: TitleId,
        /// The encoding.
        revision: RevisionId,
    },
    /// It is complete: the title plays this revision from now on.
    Finished {
        /// The title.
        title_id: TitleId,
        /// The encoding.
        revision: RevisionId,
        /// How long the film runs.
        duration_ms: u64,
        /// The poster's object, and the thumbnails' in order.
        poster: Option<ObjectRef>,
        /// The thumbnails' objects, in order.
        thumbnails: Vec<ObjectRef>,
        /// The time between two thumbnails.
        interval_ms: u64,
    },
    /// It failed; a title that played an earlier revision still does.
    Failed {
        /// The title.
        title_id: TitleId,
        /// The encoding.
        revision: RevisionId,
        /// Why, for a person.
        reason: String,
    },
}

/// Where functions that keep a catalogue learn what changed.
pub const CHANGES_PATH: &str = "/_reel/changes";
/// The path of [`EncodingNews`].
pub const ENCODING_PATH: &str = "/_reel/encoding";

/// A slug made from a name: lower case without accents, words joined by -, at most 80 characters.
///
/// # Errors
/// The name has no Latin letter and no digit to make one of.
pub fn slug_of(name: &str) -> Result<String, Problem> {
    let mut slug = String::new();
    let letters = name.chars().flat_map(char::to_lowercase);
    // An accent becomes a character of its own (UAX 15, form KD).
    for c in DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(letters) {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            '\'' | '’' | '\u{300}'..='\u{36f}' => {}
            _ if plain(c).is_some() => slug.extend(plain(c)),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
        if slug.len() >= 80 {
            break;
        }
    }
    let slug = slug.trim_end_matches('-').to_owned();
    if slug.is_empty() {
        return Err(Problem::invalid(format!(
            "no slug can be made from the name {name:?}: give one of a-z, 0-9 and -"
        )));
    }
    Ok(slug)
}

/// What stands for a letter that is no other with an accent.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ð' | 'đ' => "d",
        'þ' => "th",
        'ł' => "l",
        'ı' => "i",
        _ => return None,
    })
}

impl<T: Transport> Client<T> {
    /// Makes a title.
    pub async fn create_title(&self, title: &NewTitle) -> Result<Title, CallError> {
        self.post("/v1/titles", title).await
    }

    /// Makes many titles.
    pub async fn enter_titles(&self, titles: &NewTitles) -> Result<Entered, CallError> {
        self.post("/v1/catalogue", titles).await
    }

    /// A title by its id or slug.
    pub async fn title(&self, id_or_slug: &str) -> Result<Title, CallError> {
        self.get(&format!("/v1/titles/{id_or_slug}")).await
    }

    /// What viewers see, newest first.
    pub async fn titles(&self, cursor: Option<&str>) -> Result<Titles, CallError> {
        match cursor {
            Some(cursor) => self.get(&format!("/v1/titles?cursor={cursor}")).await,
            None => self.get("/v1/titles").await,
        }
    }

    /// What viewers see and changed since a time.
    pub async fn title_changes(&self, since: Millis, cursor: Option<&str>) -> Result<Titles, CallError> {
        let more = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        self.get(&format!("{CHANGES_PATH}?since={since}{more}")).await
    }
}

#[cfg(test)]
mod tests {
    use super::slug_of;

    #[test]
    fn a_name_becomes_a_slug() {
        assert_eq!(slug_of("Big Buck Bunny: The Trailer!").unwrap(), "big-buck-bunny-the-trailer");
        assert!(slug_of("电影").is_err());
        for (name, slug) in [
            ("Crème brûlée", "creme-brulee"),
            ("Pokémon", "pokemon"),
            ("Poke\u{301}mon", "pokemon"),
            ("ØSTENFOR ß Łódź", "ostenfor-ss-lodz"),
            ("Æon ½", "aeon-1-2"),
        ] {
            assert_eq!(slug_of(name).unwrap(), slug);
        }
    }
}
