//! What is asked, and the answer.

use crate::facets::Facets;
use reel_api::TitleId;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// What is looked for. Any text will do: it has no syntax.
#[derive(Debug, Clone, PartialEq)]
pub struct Query<'a> {
    /// As it was typed; its last word may be unfinished. Words after the tenth do not
    /// count. Without a word, all titles are found, the newest first.
    pub text: &'a str,
    /// Which titles may be found.
    pub filter: Filter<'a>,
    /// What the viewer likes.
    pub taste: Option<&'a Taste>,
    /// How many of the best are left out, for a next page.
    pub skip: usize,
    /// How many hits there are at most.
    pub limit: usize,
    /// Whether what was found is counted by genre, decade and kind.
    pub facets: bool,
    /// Whether hits say where their names match.
    pub highlights: bool,
}

impl Default for Query<'_> {
    fn default() -> Self {
        Self { text: "", filter: Filter::default(), taste: None, skip: 0, limit: 20, facets: false, highlights: false }
    }
}

/// Which titles may be found; by default all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// Of this genre; case and accents do not matter.
    pub genre: Option<&'a str>,
    /// Of this kind, for example `Movie`; case and accents do not matter.
    pub kind: Option<&'a str>,
    /// From this year on; a title without a year is left out.
    pub from: Option<u16>,
    /// Up to and with this year; a title without a year is left out.
    pub to: Option<u16>,
    /// With something to play.
    pub playable: bool,
    /// None of these.
    pub hidden: Option<&'a HashSet<TitleId>>,
}

/// How much a viewer likes each genre: it moves titles that match a query about as well, and
/// never a title above one that is named exactly.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Taste(HashMap<String, f32>);

impl Taste {
    /// By genre, from -1 (not at all) to 1 (most); what is beyond counts as the end, what
    /// is no number as 0.
    pub fn new<S: AsRef<str>>(genres: impl IntoIterator<Item = (S, f32)>) -> Self {
        let liking = |liking: f32| if liking.is_nan() { 0.0 } else { liking.clamp(-1.0, 1.0) };
        Self(genres.into_iter().map(|(genre, likes)| (crate::fold::fold(genre.as_ref()), liking(likes))).collect())
    }

    /// For a genre as the index folds it; 0 when nothing is known.
    pub(crate) fn of(&self, genre: &str) -> f32 {
        self.0.get(genre).copied().unwrap_or(0.0)
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The best, best first.
    pub hits: Vec<Hit>,
    /// How many titles match.
    pub total: usize,
    /// Counts over all that match, when asked for.
    pub facets: Option<Facets>,
}

/// A title that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The title.
    pub id: TitleId,
    /// How well it matches; over 80 for an exact title. To be compared within one answer alone.
    pub score: f32,
    /// The bytes of its name that match, in order, when asked for.
    pub highlights: Vec<Range<usize>>,
}
