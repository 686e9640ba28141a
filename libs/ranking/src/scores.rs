//! A score for each item, and the best of them.

use std::cmp::Ordering;

/// An item and its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    /// The item's number.
    pub item: u32,
    /// Its score: higher is better; comparable within one list alone.
    pub score: f32,
}

/// What one viewer's history makes of each item.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores(pub(crate) Vec<f32>);

impl Scores {
    /// Scores that something else gave, item after item.
    pub fn from_values(values: Vec<f32>) -> Self {
        Self(values)
    }

    /// The scores, item after item.
    pub fn values(&self) -> &[f32] {
        &self.0
    }

    /// The `n` best items, best first, but none of `exclude` (the numbers of items, in any order).
    /// Fewer when there are fewer. Of equal ones, the lower number comes first.
    pub fn top(&self, n: usize, exclude: &[u32]) -> Vec<Ranked> {
        let mut excluded = vec![false; self.0.len()];
        for &item in exclude {
            if let Some(excluded) = excluded.get_mut(item as usize) {
                *excluded = true;
            }
        }
        let mut best = Best { n, list: Vec::new(), last: None };
        for ((&score, excluded), item) in self.0.iter().zip(excluded).zip(0..) {
            if !excluded {
                best.offer(Ranked { item, score });
            }
        }
        best.finish()
    }
}

/// The best so far. No more than twice as many as are wanted are kept at a time.
struct Best {
    n: usize,
    list: Vec<Ranked>,
    /// The last of the wanted ones when the list was cut; what is behind it is out.
    last: Option<Ranked>,
}

impl Best {
    fn offer(&mut self, ranked: Ranked) {
        if self.last.is_some_and(|last| better_first(&last, &ranked).is_lt()) {
            return;
        }
        self.list.push(ranked);
        if self.n > 0 && self.list.len() >= self.n.saturating_mul(2).max(64) {
            self.list.select_nth_unstable_by(self.n - 1, better_first);
            self.list.truncate(self.n);
            self.last = self.list.last().copied();
        }
    }

    fn finish(mut self) -> Vec<Ranked> {
        self.list.sort_unstable_by(better_first);
        self.list.truncate(self.n);
        self.list
    }
}

fn better_first(one: &Ranked, other: &Ranked) -> Ordering {
    other.score.total_cmp(&one.score).then(one.item.cmp(&other.item))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn top(n: usize, exclude: &[u32]) -> Vec<u32> {
        Scores(vec![0.5, 2.0, 0.5, -1.0, 2.0]).top(n, exclude).iter().map(|ranked| ranked.item).collect()
    }

    #[test]
    fn the_best_come_first_and_ties_in_order() {
        assert_eq!(top(3, &[]), [1, 4, 0]);
        assert_eq!(top(9, &[]), [1, 4, 0, 2, 3]);
        assert_eq!(top(2, &[4, 1, 99]), [0, 2]);
        assert_eq!(top(0, &[]), [0; 0]);
        assert_eq!(top(usize::MAX, &[]).len(), 5);
    }

    #[test]
    fn the_best_of_many_are_those_of_a_full_sort() {
        let mut random = Random::new(5);
        let scores = Scores((0..1_000).map(|_| (random.signed() * 50.0).round()).collect());
        let mut all = scores.top(1_000, &[]);
        assert!(all.windows(2).all(|pair| better_first(&pair[0], &pair[1]).is_lt()));
        for n in [1, 20, 40, 600] {
            assert_eq!(scores.top(n, &[]), all[..n]);
        }
        let first = all.remove(0);
        assert_eq!(scores.top(20, &[first.item]), all[..20]);
    }
}
