//! What the index knows of a title.

use reel_api::TitleId;
use reel_api::content::{Title, TitleStatus};

/// A title as it is searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its id; a later document of the same id takes its place.
    pub id: TitleId,
    /// What it is called.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// The year it came out.
    pub year: Option<u16>,
    /// For example `Animation`.
    pub genres: Vec<String>,
    /// Who plays in it.
    pub cast: Vec<String>,
    /// Who directed it.
    pub directors: Vec<String>,
    /// For example `Movie`; none where the catalogue makes no difference.
    pub kind: Option<String>,
    /// Whether there is something to play.
    pub playable: bool,
}

impl From<&Title> for Document {
    fn from(title: &Title) -> Self {
        Self {
            id: title.id,
            name: title.name.clone(),
            description: title.description.clone(),
            year: title.year,
            genres: title.genres.clone(),
            cast: title.cast.clone(),
            directors: title.directors.clone(),
            kind: None,
            playable: title.status == TitleStatus::Published,
        }
    }
}
