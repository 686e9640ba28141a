//! Which titles are alike.

use crate::features::Features;
use crate::vector::{Profile, Sparse};
use reel_api::TitleId;
use reel_api::content::Title;
use std::collections::HashMap;

/// A title and how alike it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alike {
    /// The title.
    pub id: TitleId,
    /// From 0 (nothing in common) to about 1 (the same in all).
    pub score: f32,
}

/// What every title of a catalogue is like. It never changes: a new catalogue makes a new one.
pub struct Likeness {
    ids: Vec<TitleId>,
    numbers: HashMap<TitleId, u32>,
    wanted: Vec<Sparse>,
    given: Vec<Sparse>,
    /// Which titles have each feature, and how much.
    having: Vec<Vec<(u32, f32)>>,
}

impl Likeness {
    /// Compares titles by their attributes; of two with the same id, the later one.
    pub fn build<'a>(titles: impl IntoIterator<Item = &'a Title>) -> Self {
        let mut numbers = HashMap::new();
        let mut all: Vec<&Title> = Vec::new();
        for title in titles {
            match numbers.get(&title.id) {
                Some(number) => all[*number as usize] = title,
                None => {
                    numbers.insert(title.id, all.len() as u32);
                    all.push(title);
                }
            }
        }
        let Features { wanted, given, count } = Features::of(&all);
        let mut having = vec![Vec::new(); count];
        for (number, given) in (0..).zip(&given) {
            given.iter().for_each(|(feature, value)| having[feature as usize].push((number, value)));
        }
        Self { ids: all.iter().map(|title| title.id).collect(), numbers, wanted, given, having }
    }

    /// How many titles there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no title.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The `n` titles most like one, most alike first, itself left out; none for a title
    /// that is not in the catalogue.
    pub fn alike(&self, title: TitleId, n: usize) -> Vec<Alike> {
        self.rank(&self.profile([(title, 1.0)]), n)
    }

    /// What watched titles have in common, each with a weight: how much it was liked, or how
    /// lately seen; below 0 for one that was not liked. Titles that are not in the catalogue, and
    /// weights that are no numbers, do not count.
    pub fn profile(&self, watched: impl IntoIterator<Item = (TitleId, f32)>) -> Profile {
        let known = |(title, weight): (TitleId, f32)| Some((*self.numbers.get(&title)?, weight));
        let watched: Vec<(u32, f32)> =
            watched.into_iter().filter(|(_, weight)| weight.is_finite()).filter_map(known).collect();
        let all: f32 = watched.iter().map(|(_, weight)| weight.abs()).sum();
        let all = if all > 0.0 { all } else { 1.0 };
        let values = watched.iter().flat_map(|(number, weight)| {
            self.wanted[*number as usize].iter().map(move |(feature, value)| (feature, value * weight / all))
        });
        let wanted = Sparse::new(values.collect());
        let mut watched: Vec<u32> = watched.into_iter().map(|(number, _)| number).collect();
        watched.sort_unstable();
        watched.dedup();
        Profile { wanted, watched }
    }

    /// The `n` titles that fit a profile best, best first, those it is made of left out.
    pub fn rank(&self, profile: &Profile, n: usize) -> Vec<Alike> {
        if profile.is_empty() {
            return Vec::new();
        }
        let mut best: Vec<Alike> = self.scores(profile).collect();
        let order = |a: &Alike, b: &Alike| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id));
        if n < best.len() {
            best.select_nth_unstable_by(n, order);
            best.truncate(n);
        }
        best.sort_unstable_by(order);
        best
    }

    /// Every title with how well it fits a profile, in the order of the catalogue, those it
    /// is made of left out.
    pub fn scores(&self, profile: &Profile) -> impl Iterator<Item = Alike> {
        let mut scores = vec![0.0; self.ids.len()];
        for (feature, wanted) in profile.wanted.iter() {
            for (number, given) in &self.having[feature as usize] {
                scores[*number as usize] += wanted * given;
            }
        }
        let watched = &profile.watched;
        let unseen = move |number: &u32| watched.binary_search(number).is_err();
        let all = (0..).zip(scores).filter(move |(number, _)| unseen(number));
        all.map(|(number, score)| Alike { id: self.ids[number as usize], score })
    }

    /// Up to `n` of some titles such that each is good and not much like one chosen before
    /// it: the next is always the one with the most left of its score after `variety` times its
    /// likeness to the nearest chosen one. `variety` 0 keeps the order by score, 1 is much.
    pub fn varied(&self, from: &[Alike], n: usize, variety: f32) -> Vec<Alike> {
        let variety = if variety.is_finite() { variety.max(0.0) } else { 0.0 };
        let mut rest: Vec<(Alike, f32)> = from.iter().map(|title| (*title, 0.0)).collect();
        let mut chosen = Vec::new();
        while chosen.len() < n {
            let left = |(title, nearest): &(Alike, f32)| title.score - variety * nearest;
            let next = (0..rest.len()).reduce(|best, at| if left(&rest[at]) > left(&rest[best]) { at } else { best });
            let Some(next) = next else { break };
            let (title, _) = rest.remove(next);
            for (other, nearest) in &mut rest {
                *nearest = nearest.max(self.likeness(title.id, other.id));
            }
            chosen.push(title);
        }
        chosen
    }

    /// How alike two titles are, whichever is named first; 0 when one is not in the catalogue.
    pub fn likeness(&self, a: TitleId, b: TitleId) -> f32 {
        let number = |title| self.numbers.get(&title).map(|number| *number as usize);
        let (Some(a), Some(b)) = (number(a), number(b)) else { return 0.0 };
        (self.wanted[a].dot(&self.given[b]) + self.wanted[b].dot(&self.given[a])) / 2.0
    }
}
