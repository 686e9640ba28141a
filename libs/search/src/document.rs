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
    /// What it is called in other languages.
    pub other_names: Vec<String>,
    /// What it is about, in all its languages.
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
        let others = title.texts.values();
        let descriptions = others.clone().filter_map(|texts| texts.description.as_deref());
        let descriptions: Vec<&str> = [&*title.description].into_iter().chain(descriptions).collect();
        Self {
            id: title.id,
            name: title.name.clone(),
            other_names: others.filter_map(|texts| texts.name.clone()).collect(),
            description: descriptions.join("\n"),
            year: title.year,
            genres: title.genres.clone(),
            cast: title.cast.iter().chain(title.crew.iter().map(|member| &member.name)).cloned().collect(),
            directors: title.directors.clone(),
            kind: Some(title.kind.name().into()),
            playable: title.status == TitleStatus::Published,
        }
    }
}
