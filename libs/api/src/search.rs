//! `search`: titles by what is typed.

use crate::content::Title;
use crate::{CallError, Client, Transport};
use serde::{Deserialize, Serialize};

/// The most titles of an answer.
pub const MAX_FOUND: usize = 60;

/// `GET /v1/search?q=&genre=&from=&to=&playable=true&limit=`: the titles that what is typed may mean, the likeliest
/// first. The last word may be unfinished, and a word of four letters or more may have a wrong letter, one of eight
/// or more two. `genre` is one of the answer's, `from` and `to` are years, `playable=true` leaves out what is only
/// announced, `limit` is 1 to 60, else 24. Without `q` everything is found.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Found {
    /// The titles.
    pub titles: Vec<Title>,
    /// How many there are in all.
    pub total: u32,
    /// How many of them each genre has, the most first.
    pub genres: Vec<Facet>,
    /// How many of them each decade has (`1990`), the latest first.
    pub decades: Vec<Facet>,
}

/// Something that titles have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Facet {
    /// What it is called.
    pub name: String,
    /// How many of the titles found have it.
    pub count: u32,
}

/// `GET /v1/search/suggestions?q=`: what the words begun may become.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Suggestions {
    /// The likeliest first.
    pub suggestions: Vec<Suggestion>,
}

/// What a search may be for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Suggestion {
    /// What to search for.
    pub text: String,
    /// What it names.
    pub kind: SuggestionKind,
}

/// What a suggestion names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SuggestionKind {
    /// A title.
    Title,
    /// Who plays in or directed titles.
    Person,
    /// A genre.
    Genre,
}

impl<T: Transport> Client<T> {
    /// The titles that a text may mean.
    pub async fn search(&self, text: &str) -> Result<Found, CallError> {
        let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", text).finish();
        self.get(&format!("/v1/search?{query}")).await
    }
}
