//! What a viewer likes, by what was watched and rated.

use crate::catalogue::Shelf;
use crate::mix::mixed;
use reel_api::TitleId;
use reel_api::content::Title;
use reel_api::history::{HistoryEntry, Rated, Rating};
use reel_likeness::Profile;
use reel_ranking::{RATED, played};
use std::collections::{BTreeMap, HashSet};

/// Each title further back counts so much of the one after it.
const FADES: f32 = 0.9;
/// Of so many titles some are chosen that are not much like each other.
const CHOICE: usize = 60;
/// How much a title loses by being like one chosen before.
const VARIETY: f32 = 0.3;

/// What a viewer watched and thinks of it.
pub(crate) struct Taste {
    /// The titles that tell something, latest first, with how much they were liked.
    liked: Vec<(TitleId, f32)>,
    /// All that was watched or rated: none of it is recommended.
    known: HashSet<TitleId>,
}

impl Taste {
    /// From a history, latest first, and ratings.
    pub(crate) fn of(history: &[HistoryEntry], ratings: &[Rated]) -> Self {
        let ratings: BTreeMap<_, _> = ratings.iter().map(|rated| (rated.content_id, rated.rating)).collect();
        let mut seen = HashSet::new();
        let told = history.iter().filter_map(|entry| Some((entry.content_id, played(entry.progress_pct)?)));
        let watched = told.filter(|(title, _)| seen.insert(*title)).scan(1.0, |fresh, (title, played)| {
            let weight = *fresh * played;
            *fresh *= FADES;
            Some((title, weight))
        });
        let mut liked: Vec<_> = watched.filter(|(title, _)| !ratings.contains_key(title)).collect();
        liked.extend(
            ratings.iter().map(|(title, rating)| (*title, if *rating == Rating::Like { RATED } else { -RATED })),
        );
        let known = history.iter().map(|entry| entry.content_id).chain(ratings.into_keys()).collect();
        Self { liked, known }
    }

    /// All that was watched or rated.
    pub(crate) fn known(&self) -> &HashSet<TitleId> {
        &self.known
    }

    /// The titles whose like is worth a row of its own: those watched last, then those rated well.
    pub(crate) fn reasons(&self) -> impl Iterator<Item = TitleId> {
        self.liked.iter().filter(|(_, liked)| *liked > 0.0).map(|(title, _)| *title)
    }

    /// The titles that tell something, with how much they were liked; below 0 what was disliked.
    pub(crate) fn liked(&self) -> impl Iterator<Item = (TitleId, f32)> {
        self.liked.iter().copied()
    }

    /// Titles the viewer does not know that fit the taste, best first: by what they are like, and by
    /// what the model ranks first, if it says anything.
    pub(crate) fn picks<'a>(&self, shelf: &'a Shelf, ranked: &[TitleId], most: usize) -> Vec<&'a Title> {
        self.unknown(shelf, shelf.likeness.profile(self.liked()), ranked, most)
    }

    /// Titles the viewer does not know that follow from one, as [`Self::picks`].
    pub(crate) fn like<'a>(&self, shelf: &'a Shelf, title: TitleId, ranked: &[TitleId], most: usize) -> Vec<&'a Title> {
        self.unknown(shelf, shelf.likeness.profile([(title, 1.0)]), ranked, most)
    }

    fn unknown<'a>(&self, shelf: &'a Shelf, profile: Profile, ranked: &[TitleId], most: usize) -> Vec<&'a Title> {
        let is_unknown = |title: TitleId| !self.known.contains(&title) && shelf.title(title).is_some();
        let mut alike = shelf.likeness.rank(&profile, CHOICE + self.known.len());
        alike.retain(|title| title.score > 0.0 && is_unknown(title.id));
        let ranked: Vec<TitleId> = ranked.iter().copied().filter(|title| is_unknown(*title)).collect();
        let mut choice = if ranked.is_empty() { alike } else { mixed(&ranked, &alike) };
        choice.truncate(CHOICE);
        let varied = shelf.likeness.varied(&choice, most, VARIETY);
        varied.into_iter().filter_map(|title| shelf.title(title.id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::{id, rated, title, watched};

    fn slugs(titles: &[&Title]) -> Vec<String> {
        titles.iter().map(|title| title.slug.clone()).collect()
    }

    fn shelf() -> Shelf {
        let genres = |n: u8| if n.is_multiple_of(2) { ["Drama", "Crime"] } else { ["Comedy", "Romance"] };
        Shelf::new((1..=20).map(|n| title(n, Some(2000), &genres(n))).collect())
    }

    #[test]
    fn what_is_watched_leads_to_its_like_and_never_to_itself() {
        let (shelf, taste) = (shelf(), Taste::of(&[watched(2, 90), watched(4, 5)], &[]));
        assert_eq!(taste.reasons().collect::<Vec<_>>(), [id(2)]);
        let picks = taste.picks(&shelf, &[], 8);
        assert!(picks.len() == 8 && picks.iter().all(|title| title.genres[0] == "Drama"), "{:?}", slugs(&picks));
        assert!(!slugs(&picks).contains(&"t-2".into()) && !slugs(&picks).contains(&"t-4".into()));
        assert_eq!(slugs(&taste.like(&shelf, id(2), &[], 8)), slugs(&picks));
    }

    #[test]
    fn a_rating_says_more_than_a_play() {
        let shelf = shelf();
        let taste = Taste::of(&[watched(2, 100), watched(1, 50)], &[rated(2, Rating::Dislike)]);
        assert_eq!(taste.reasons().collect::<Vec<_>>(), [id(1)]);
        assert!(taste.picks(&shelf, &[], 5).iter().all(|title| title.genres[0] == "Comedy"));
    }

    #[test]
    fn nothing_is_known_of_a_new_viewer() {
        let taste = Taste::of(&[], &[]);
        assert!(taste.picks(&shelf(), &[], 5).is_empty() && taste.reasons().next().is_none());
    }

    #[test]
    fn the_model_brings_in_what_is_not_alike_and_never_what_is_known_or_gone() {
        let (shelf, taste) = (shelf(), Taste::of(&[watched(2, 90)], &[rated(5, Rating::Dislike)]));
        let picks = taste.picks(&shelf, &[2, 5, 99, 7, 9].map(id), 8);
        let picks = slugs(&picks);
        assert!(picks.contains(&"t-7".into()) && picks.contains(&"t-9".into()), "{picks:?}");
        assert!(["t-2", "t-5", "t-99"].iter().all(|known| !picks.contains(&(*known).into())), "{picks:?}");
        assert!(picks.iter().any(|slug| slug.ends_with(['0', '4', '6', '8'])), "{picks:?}");
    }
}
