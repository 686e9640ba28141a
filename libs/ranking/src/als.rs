//! Viewers and items as vectors of a few factors, fitted in turns.
//!
//! After Hu, Koren and Volinsky: what was watched is 1, the rest is 0, and the first counts more.

use crate::bytes::{FormatError, Reader, Writer};
use crate::interactions::{Entry, Interactions};
use crate::matrix::{Matrix, add_scaled, dot};
use crate::random::Random;
use crate::{TrainError, in_range};

/// How the factors are fitted. The defaults were tuned with `bench/personal`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlsSettings {
    /// How many factors: 1 to 1,024.
    pub factors: usize,
    /// The penalty on squared factors; above 0.
    pub ridge: f32,
    /// By how much an interaction of weight 1 counts more than none; above 0.
    pub confidence: f32,
    /// How often users and items are fitted in turn; at least 1.
    pub sweeps: usize,
    /// Where the factors start.
    pub seed: u64,
}

impl Default for AlsSettings {
    fn default() -> Self {
        Self { factors: 32, ridge: 25.0, confidence: 2.0, sweeps: 8, seed: 0 }
    }
}

/// Steps of conjugate gradients in training: each sweep goes on where the last one ended.
const STEPS: usize = 3;
/// And for a viewer alone, from nothing.
const FOLD_IN_STEPS: usize = 16;
/// The squared residual, over the first one, at which a solution is good enough.
const ENOUGH: f32 = 1e-6;

/// The items' factors. A viewer's are computed from the history when they are asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Als {
    items: Matrix,
    equations: Equations,
}

/// What all viewers' equations have in common.
#[derive(Debug, Clone, PartialEq)]
struct Equations {
    /// The items' Gram matrix, the ridge on its diagonal.
    gram: Matrix,
    ridge: f32,
    confidence: f32,
}

impl Als {
    /// Fits factors to the interactions.
    ///
    /// # Errors
    /// When there is nothing to learn from, or a setting is out of its range.
    pub fn train(interactions: &Interactions, settings: &AlsSettings) -> Result<Self, TrainError> {
        in_range("factors", (1..=1024).contains(&settings.factors))?;
        in_range("ridge", settings.ridge > 0.0 && settings.ridge.is_finite())?;
        in_range("confidence", settings.confidence > 0.0 && settings.confidence.is_finite())?;
        in_range("sweeps", settings.sweeps > 0)?;
        if interactions.is_empty() {
            return Err(TrainError::Empty);
        }
        let by_item = interactions.transposed();
        let mut random = Random::new(settings.seed);
        let mut items = start(&mut random, interactions.items(), settings.factors);
        let mut users = start(&mut random, interactions.users(), settings.factors);
        for _ in 0..settings.sweeps {
            fit(&mut users, &items, interactions, settings);
            fit(&mut items, &users, &by_item, settings);
        }
        let equations = Equations::of(&items, settings.ridge, settings.confidence);
        let finite = items.values().iter().chain(equations.gram.values()).all(|value| value.is_finite());
        if finite { Ok(Self { items, equations }) } else { Err(TrainError::Unsolvable) }
    }

    /// The number of items.
    pub fn items(&self) -> usize {
        self.items.rows()
    }

    /// The factors of one viewer, whether learnt from or not. Items that are not known, and
    /// weights that are no finite number above 0, are passed over.
    pub fn fold_in(&self, history: &[Entry]) -> Vec<f32> {
        let known =
            |entry: &&Entry| (entry.index as usize) < self.items() && entry.weight > 0.0 && entry.weight.is_finite();
        let history: Vec<Entry> = history.iter().filter(known).copied().collect();
        let mut factors = vec![0.0; self.items.columns()];
        self.equations.solve(&mut factors, &self.items, &history, FOLD_IN_STEPS);
        factors
    }

    pub(crate) fn score(&self, history: &[Entry]) -> Vec<f32> {
        let factors = self.fold_in(history);
        (0..self.items()).map(|item| dot(&factors, self.items.row(item))).collect()
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        to.f32(self.equations.ridge);
        to.f32(self.equations.confidence);
        to.matrix(&self.items);
    }

    pub(crate) fn read(from: &mut Reader) -> Result<Self, FormatError> {
        let (ridge, confidence, items) = (from.f32()?, from.f32()?, from.matrix()?);
        // More factors than training gives would make an honest header ask for a huge matrix.
        if !(ridge > 0.0 && confidence > 0.0 && (1..=1024).contains(&items.columns())) {
            return Err(FormatError::Inconsistent);
        }
        let equations = Equations::of(&items, ridge, confidence);
        Ok(Self { items, equations })
    }
}

fn start(random: &mut Random, rows: usize, factors: usize) -> Matrix {
    let mut matrix = Matrix::zeros(rows, factors);
    for row in 0..rows {
        matrix.row_mut(row).iter_mut().for_each(|value| *value = 0.1 * random.signed());
    }
    matrix
}

/// Fits the one side, a row for each row of the interactions, to the other side as it is.
fn fit(side: &mut Matrix, other: &Matrix, interactions: &Interactions, settings: &AlsSettings) {
    let equations = Equations::of(other, settings.ridge, settings.confidence);
    for (row, history) in interactions.histories().enumerate() {
        equations.solve(side.row_mut(row), other, history, STEPS);
    }
}

impl Equations {
    fn of(side: &Matrix, ridge: f32, confidence: f32) -> Self {
        let mut gram = side.gram();
        (0..gram.rows()).for_each(|factor| gram.set(factor, factor, gram.get(factor, factor) + ridge));
        Self { gram, ridge, confidence }
    }

    /// Conjugate gradients from where `factors` are.
    fn solve(&self, factors: &mut [f32], side: &Matrix, history: &[Entry], steps: usize) {
        if history.is_empty() {
            factors.fill(0.0);
            return;
        }
        let mut residual = vec![0.0; factors.len()];
        for entry in history {
            add_scaled(&mut residual, 1.0 + self.confidence * entry.weight, side.row(entry.index as usize));
        }
        add_scaled(&mut residual, -1.0, &self.applied(factors, side, history));
        let mut direction = residual.clone();
        let mut error = dot(&residual, &residual);
        let enough = error * ENOUGH;
        for _ in 0..steps {
            // Also when it is no number: then it does not get better.
            if error <= enough || error.is_nan() {
                break;
            }
            let applied = self.applied(&direction, side, history);
            let step = error / dot(&direction, &applied);
            add_scaled(factors, step, &direction);
            add_scaled(&mut residual, -step, &applied);
            let before = std::mem::replace(&mut error, dot(&residual, &residual));
            direction.iter_mut().zip(&residual).for_each(|(d, r)| *d = r + error / before * *d);
        }
    }

    /// The equations' matrix times a vector.
    fn applied(&self, vector: &[f32], side: &Matrix, history: &[Entry]) -> Vec<f32> {
        let mut product: Vec<f32> = (0..vector.len()).map(|row| dot(self.gram.row(row), vector)).collect();
        for entry in history {
            let row = side.row(entry.index as usize);
            add_scaled(&mut product, self.confidence * entry.weight * dot(row, vector), row);
        }
        product
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Interaction;

    /// Two tastes: even users watch even items, odd ones odd items, each all but one.
    fn tastes() -> Interactions {
        let pairs = (0..12).flat_map(|user| (0..12).map(move |item| (user, item)));
        let watched = pairs.filter(|(user, item)| user % 2 == item % 2 && user != item);
        Interactions::new(12, 13, watched.map(|(user, item)| Interaction { user, item, weight: 1.0 })).unwrap()
    }

    const SETTINGS: AlsSettings = AlsSettings { factors: 4, ridge: 0.5, confidence: 5.0, sweeps: 10, seed: 1 };

    #[test]
    fn a_taste_is_found_again() {
        let model = Als::train(&tastes(), &SETTINGS).unwrap();
        let scores = model.score(&[2, 4, 99].map(|index| Entry { index, weight: 1.0 }));
        for (item, score) in scores[..12].iter().enumerate() {
            assert_eq!(*score > 0.2, item % 2 == 0, "{item}: {score}");
        }
        assert_eq!(model.score(&[]), [0.0; 13], "of nobody, nothing is known");
        assert_eq!(scores[12], 0.0, "nor of what nobody watched");
    }

    #[test]
    fn a_folded_in_viewer_solves_the_equations() {
        let model = Als::train(&tastes(), &SETTINGS).unwrap();
        let history = [0, 2, 5].map(|index| Entry { index, weight: 1.0 });
        let factors = model.fold_in(&history);
        let applied = model.equations.applied(&factors, &model.items, &history);
        for (factor, applied) in applied.iter().enumerate() {
            let wanted: f32 = history.iter().map(|entry| 6.0 * model.items.get(entry.index as usize, factor)).sum();
            assert!((applied - wanted).abs() < 1e-2, "{applied} is not {wanted}");
        }
    }

    #[test]
    fn a_seed_gives_the_same_model_and_another_one_another() {
        let of = |seed| Als::train(&tastes(), &AlsSettings { seed, ..SETTINGS }).unwrap();
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        let none = AlsSettings { factors: 0, ..SETTINGS };
        assert_eq!(Als::train(&tastes(), &none), Err(TrainError::Setting("factors")));
    }
}
