//! What a title is to viewers.

use crate::chance::Chance;
use reel_api::content::{Title, TitleKind, TitleStatus};
use reel_api::{Millis, TitleId};

/// What no genre tells: so many numbers.
pub(crate) const HIDDEN: usize = 4;
/// What a year less of age adds to the appeal, and the most that age takes.
const AGE: (f64, f64) = (0.03, 1.0);
/// Words in the genres that are for children.
const FOR_KIDS: [&str; 5] = ["kid", "child", "family", "families", "animation"];
/// How long an announced title runs, made up: an episode, or a film.
const EPISODE_MIN: std::ops::Range<u64> = 22..58;
const FILM_MIN: std::ops::Range<u64> = 78..130;

/// A title, as the model knows it.
#[derive(Debug, Clone)]
pub(crate) struct Film {
    pub(crate) id: TitleId,
    pub(crate) name: String,
    /// In lower case.
    pub(crate) genres: Vec<String>,
    pub(crate) playable: bool,
    pub(crate) for_kids: bool,
    pub(crate) runs_ms: Millis,
    pub(crate) appeal: f64,
    pub(crate) hidden: [f64; HIDDEN],
}

impl Film {
    /// `newest` is the year that age counts from.
    pub(crate) fn new(title: &Title, seed: Chance, newest: u16) -> Self {
        let chance = seed.of("title").of(&title.id.to_string());
        let genres: Vec<String> = title.genres.iter().map(|genre| genre.to_lowercase()).collect();
        let age = title.year.map_or(0.0, |year| f64::from(newest.saturating_sub(year)) * AGE.0);
        Self {
            id: title.id,
            name: title.name.clone(),
            playable: title.status == TitleStatus::Published && title.kind != TitleKind::Series,
            for_kids: genres.iter().any(|genre| FOR_KIDS.iter().any(|word| genre.contains(word))),
            runs_ms: title.duration_ms.unwrap_or_else(|| made_up_length(&genres, chance.of("length"))).max(1),
            appeal: chance.of("appeal").exponential() - age.min(AGE.1),
            hidden: std::array::from_fn(|place| chance.of("hidden").nth(place as u64).normal()),
            genres,
        }
    }
}

fn made_up_length(genres: &[String], chance: Chance) -> Millis {
    let series = genres.iter().any(|genre| genre.contains("tv") || genre.contains("series"));
    let minutes = if series { EPISODE_MIN } else { FILM_MIN };
    (minutes.start + chance.below((minutes.end - minutes.start) as usize) as u64) * 60_000
}
