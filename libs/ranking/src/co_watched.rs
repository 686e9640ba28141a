//! What the same viewers watch, counted play by play: what there is to say of titles between two
//! trainings.
//!
//! The counts are those of the item-item model over all titles of a history: however the plays come,
//! one after the other, they end at what counting all histories at once gives.

use crate::histories::{TitleKey, Watched};
use std::collections::HashMap;

/// What is added to the norm, in watchers: few shared watchers say little.
const SHRINKAGE: f32 = 2.0;

/// Which titles were watched by the same viewers, and how much.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CoWatched {
    /// For each title the others, with the sum of the products of their weights.
    together: HashMap<TitleKey, HashMap<TitleKey, f32>>,
    /// For each title the sum of its squared weights.
    squares: HashMap<TitleKey, f32>,
    pairs: usize,
}

impl CoWatched {
    /// Counts that others had watched a title before, with these squared weights in all, whatever else
    /// they had watched.
    pub fn watched_before(&mut self, title: TitleKey, square: f32) {
        *self.squares.entry(title).or_default() += square;
    }

    /// The sum of the squared weights with which a title was watched.
    pub fn square(&self, title: &TitleKey) -> f32 {
        self.squares.get(title).copied().unwrap_or_default()
    }

    /// How many pairs of titles are counted, each in both directions: what it takes of memory.
    pub fn pairs(&self) -> usize {
        self.pairs
    }

    /// Counts that a viewer who had watched these has now watched one more, or one of them farther.
    pub fn watch(&mut self, before: &[Watched], now: Watched) {
        if !(now.weight > 0.0 && now.weight.is_finite()) {
            return;
        }
        let known = before.iter().find(|watched| watched.title == now.title).map_or(0.0, |watched| watched.weight);
        *self.squares.entry(now.title).or_default() += now.weight * now.weight - known * known;
        for other in before.iter().filter(|other| other.title != now.title && other.weight > 0.0) {
            let more = other.weight * (now.weight - known);
            self.add(now.title, other.title, more);
            self.add(other.title, now.title, more);
        }
    }

    fn add(&mut self, one: TitleKey, other: TitleKey, more: f32) {
        let of = self.together.entry(one).or_default();
        let pairs = of.len();
        *of.entry(other).or_default() += more;
        self.pairs += of.len() - pairs;
    }

    /// The `n` titles that most follow from a history, best first: the cosine of who watched them, summed
    /// over the history. None of these themselves, and only those that `admits`.
    pub fn rank(&self, watched: &[Watched], n: usize, admits: impl Fn(&TitleKey) -> bool) -> Vec<(TitleKey, f32)> {
        let mut scores: HashMap<TitleKey, f32> = HashMap::new();
        for Watched { title, weight } in watched.iter().filter(|watched| watched.weight > 0.0) {
            for (other, together) in self.together.get(title).into_iter().flatten().filter(|(title, _)| admits(title)) {
                *scores.entry(*other).or_default() += weight * together / (self.norm(title, other) + SHRINKAGE);
            }
        }
        scores.retain(|title, _| watched.iter().all(|watched| watched.title != *title));
        let mut ranked: Vec<_> = scores.into_iter().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked.truncate(n);
        ranked
    }

    fn norm(&self, one: &TitleKey, other: &TitleKey) -> f32 {
        (self.square(one) * self.square(other)).max(0.0).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use crate::{Entry, Interaction, Interactions, ItemItemSettings, train_item_item};

    const TITLES: u32 = 25;

    fn title(n: u32) -> TitleKey {
        let mut title = [0; 16];
        title[15] = n as u8;
        title
    }

    fn made_up() -> Vec<Vec<(u32, f32)>> {
        let mut random = Random::new(11);
        let mut history = |user: u32| {
            let own = (0..TITLES).filter(|item| random.signed() > 0.2 + ((user + item) % 3) as f32 * 0.2);
            own.map(|item| (item, 0.5 + (item % 3) as f32 / 4.0)).collect::<Vec<_>>()
        };
        (0..40).map(&mut history).collect()
    }

    fn watched(history: &[(u32, f32)]) -> Vec<Watched> {
        history.iter().map(|&(item, weight)| Watched { title: title(item), weight }).collect()
    }

    #[test]
    fn play_by_play_gives_what_a_full_training_gives() {
        let histories = made_up();
        let mut counted = CoWatched::default();
        // Viewers watch in turns, and each title is first begun and later watched farther.
        for turn in 0..TITLES as usize {
            for history in histories.iter().filter(|history| turn < history.len()) {
                let mut before = watched(&history[..turn]);
                let now = watched(&history[turn..=turn])[0];
                let begun = Watched { weight: now.weight / 2.0, ..now };
                counted.watch(&before, begun);
                before.push(begun);
                counted.watch(&before, now);
            }
        }
        let all = histories
            .iter()
            .zip(0..)
            .flat_map(|(history, user)| history.iter().map(move |&(item, weight)| Interaction { user, item, weight }));
        let all = Interactions::new(histories.len(), TITLES as usize, all).unwrap();
        let settings = ItemItemSettings { neighbours: TITLES as usize, shrinkage: SHRINKAGE };
        let trained = train_item_item(&all, &settings).unwrap();
        for history in &histories {
            let entries: Vec<_> = history.iter().map(|&(index, weight)| Entry { index, weight }).collect();
            let scores = trained.score(&entries);
            let ranked = counted.rank(&watched(history), TITLES as usize, |_| true);
            assert_eq!(ranked.len(), TITLES as usize - history.len());
            for (title, score) in ranked {
                let full = scores[title[15] as usize];
                assert!((score - full).abs() < 1e-4, "{score} is not {full}");
            }
        }
        assert_eq!(counted.pairs() % 2, 0);
    }

    #[test]
    fn what_is_watched_or_not_admitted_is_not_told() {
        let mut counted = CoWatched::default();
        for other in [1, 2, 3] {
            counted.watch(&watched(&[(0, 1.0)]), watched(&[(other, 1.0)])[0]);
        }
        counted.watch(&[], Watched { title: title(4), weight: f32::NAN });
        let ranked = counted.rank(&watched(&[(0, 1.0), (1, 1.0)]), 9, |other| *other != title(2));
        assert_eq!(ranked.iter().map(|(title, _)| title[15]).collect::<Vec<_>>(), [3]);
        assert_eq!(counted.pairs(), 6);
    }
}
