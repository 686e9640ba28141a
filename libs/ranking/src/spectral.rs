//! The few strongest patterns of who watches what, and nothing else of a history.
//!
//! The interactions are a graph of users and items. With each edge divided by a power of its ends'
//! degrees, a history is projected on the strongest singular vectors: a low-pass filter.

use crate::bytes::{FormatError, Reader, Writer};
use crate::interactions::{Entry, Interactions};
use crate::matrix::{Matrix, add_scaled, dot};
use crate::random::Random;
use crate::{TrainError, in_range};

/// Which patterns are kept. The defaults were tuned with `bench/personal`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpectralSettings {
    /// How many patterns: 1 to 1,024, and no more than there are users or items.
    pub rank: usize,
    /// The power of an item's degree that its edges are divided by; 0..=1.
    pub item_power: f32,
    /// The power of a user's degree; 0..=1.
    pub user_power: f32,
    /// How often the patterns are sharpened; at least 1.
    pub rounds: usize,
    /// Where the patterns start.
    pub seed: u64,
}

impl Default for SpectralSettings {
    fn default() -> Self {
        Self { rank: 24, item_power: 0.25, user_power: 0.25, rounds: 16, seed: 0 }
    }
}

/// The patterns.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectral {
    /// A row per item.
    patterns: Matrix,
    /// What an item's edge is multiplied by; 0 for an item that nobody watched.
    scales: Vec<f32>,
}

impl Spectral {
    /// Finds the patterns, by subspace iteration.
    ///
    /// # Errors
    /// When there is nothing to learn from, or a setting is out of its range.
    pub fn train(interactions: &Interactions, settings: &SpectralSettings) -> Result<Self, TrainError> {
        let most = interactions.users().min(interactions.items()).min(1024);
        if interactions.is_empty() {
            return Err(TrainError::Empty);
        }
        in_range("rank", (1..=most).contains(&settings.rank))?;
        in_range("item_power", (0.0..=1.0).contains(&settings.item_power))?;
        in_range("user_power", (0.0..=1.0).contains(&settings.user_power))?;
        in_range("rounds", settings.rounds > 0)?;
        let scales: Vec<f32> =
            interactions.item_weights().iter().map(|&d| inverse_power(d, settings.item_power)).collect();
        let edges = normalised(interactions, &scales, settings.user_power);
        let mut random = Random::new(settings.seed);
        let mut patterns = Matrix::zeros(interactions.items(), settings.rank);
        for item in 0..patterns.rows() {
            patterns.row_mut(item).iter_mut().for_each(|value| *value = random.signed());
        }
        for _ in 0..settings.rounds {
            patterns = orthonormal(&smoothed(&edges, &patterns));
        }
        let finite = patterns.values().iter().chain(&scales).all(|value| value.is_finite());
        if finite { Ok(Self { patterns, scales }) } else { Err(TrainError::Unsolvable) }
    }

    /// The number of items.
    pub fn items(&self) -> usize {
        self.scales.len()
    }

    pub(crate) fn score(&self, history: &[Entry]) -> Vec<f32> {
        let mut strengths = vec![0.0; self.patterns.columns()];
        for entry in history.iter().filter(|entry| (entry.index as usize) < self.items()) {
            let item = entry.index as usize;
            add_scaled(&mut strengths, entry.weight * self.scales[item], self.patterns.row(item));
        }
        let of = |(item, &scale): (usize, &f32)| {
            if scale > 0.0 { dot(&strengths, self.patterns.row(item)) / scale } else { 0.0 }
        };
        self.scales.iter().enumerate().map(of).collect()
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        to.floats(&self.scales);
        to.matrix(&self.patterns);
    }

    pub(crate) fn read(from: &mut Reader) -> Result<Self, FormatError> {
        let (scales, patterns) = (from.floats()?, from.matrix()?);
        let fits = patterns.columns() > 0 && patterns.rows() == scales.len();
        if fits { Ok(Self { patterns, scales }) } else { Err(FormatError::Inconsistent) }
    }
}

fn inverse_power(degree: f32, power: f32) -> f32 {
    if degree > 0.0 { libm::powf(degree, -power) } else { 0.0 }
}

fn normalised(interactions: &Interactions, scales: &[f32], user_power: f32) -> Interactions {
    let rows = interactions.histories().map(|history| {
        let scale = inverse_power(history.iter().map(|entry| entry.weight).sum(), user_power);
        let edge = |entry: &Entry| Entry { weight: entry.weight * scale * scales[entry.index as usize], ..*entry };
        history.iter().map(edge).collect()
    });
    Interactions::from_rows(interactions.items(), rows)
}

/// The edges' transpose times the edges times the patterns.
fn smoothed(edges: &Interactions, patterns: &Matrix) -> Matrix {
    let mut result = Matrix::zeros(patterns.rows(), patterns.columns());
    let mut user = vec![0.0; patterns.columns()];
    for history in edges.histories() {
        user.fill(0.0);
        history.iter().for_each(|edge| add_scaled(&mut user, edge.weight, patterns.row(edge.index as usize)));
        history.iter().for_each(|edge| add_scaled(result.row_mut(edge.index as usize), edge.weight, &user));
    }
    result
}

/// The columns made orthogonal and of length 1, one after the other; one that depends on those
/// before it becomes 0.
fn orthonormal(columns: &Matrix) -> Matrix {
    let mut lines = columns.transposed();
    for line in 0..lines.rows() {
        let mut current = lines.row(line).to_vec();
        let before = dot(&current, &current);
        for other in 0..line {
            let shared = dot(&current, lines.row(other));
            add_scaled(&mut current, -shared, lines.row(other));
        }
        let after = dot(&current, &current);
        let scale = if after > before * 1e-10 { 1.0 / after.sqrt() } else { 0.0 };
        lines.row_mut(line).iter_mut().zip(&current).for_each(|(value, rest)| *value = rest * scale);
    }
    lines.transposed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Interaction;

    /// Two tastes of 6 users and 6 items each; the second one's users watch less. Nobody watched 12.
    fn tastes() -> Interactions {
        let pairs = (0..12).flat_map(|user| (0..12).map(move |item| (user, item)));
        let watched =
            pairs.filter(|(user, item)| user / 6 == item / 6 && user != item && (user + item) % (1 + user / 6) == 0);
        Interactions::new(12, 13, watched.map(|(user, item)| Interaction { user, item, weight: 1.0 })).unwrap()
    }

    #[test]
    fn the_strongest_patterns_are_found() {
        let settings = SpectralSettings { rank: 2, ..SpectralSettings::default() };
        let model = Spectral::train(&tastes(), &settings).unwrap();
        let scores = model.score(&[0, 1, 99].map(|index| Entry { index, weight: 1.0 }));
        for (item, score) in scores.iter().enumerate() {
            assert_eq!(*score > 0.1, item < 6, "{item}: {score}");
        }
    }

    #[test]
    fn patterns_are_orthonormal() {
        let model = Spectral::train(&tastes(), &SpectralSettings { rank: 3, ..SpectralSettings::default() }).unwrap();
        let gram = model.patterns.gram();
        for i in 0..3 {
            for j in 0..3 {
                assert!((gram.get(i, j) - if i == j { 1.0 } else { 0.0 }).abs() < 1e-4);
            }
        }
        let many = SpectralSettings { rank: 13, ..SpectralSettings::default() };
        assert_eq!(Spectral::train(&tastes(), &many), Err(TrainError::Setting("rank")));
    }
}
