//! A linear model of one arm's reward.

use crate::ExplorationError;
use crate::error::check_numbers;
use crate::factor::{Factor, packed};
use serde::{Deserialize, Serialize};

/// What an arm has learned, as sums over its decisions: two of them are added by adding their numbers, so updates may
/// be collected anywhere and merged in any order. The prior is not in it.
///
/// Sums of rounded numbers differ in the last digits with the order; nothing else does. Merging the same sums twice
/// counts them twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    /// How many decisions.
    pub(crate) count: u64,
    /// Σ x xᵀ: the lower triangle, row after row.
    pub(crate) gram: Vec<f64>,
    /// Σ reward · x: as long as a context.
    pub(crate) moment: Vec<f64>,
    /// Σ x: as long as a context.
    pub(crate) total: Vec<f64>,
}

impl Sums {
    /// Sums of no decision, for contexts of this length.
    pub fn new(dimensions: usize) -> Self {
        Self {
            count: 0,
            gram: vec![0.0; packed(dimensions)],
            moment: vec![0.0; dimensions],
            total: vec![0.0; dimensions],
        }
    }

    /// How many decisions are in the sums.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Adds one decision, in O(dimensions²).
    ///
    /// # Errors
    /// When the context has another length, or a number is not one: then nothing is added.
    pub fn add(&mut self, context: &[f64], reward: f64) -> Result<(), ExplorationError> {
        check_context(context, self.moment.len())?;
        check_numbers(&[reward])?;
        let mut cells = self.gram.iter_mut();
        for (i, a) in context.iter().enumerate() {
            for (b, cell) in context[..=i].iter().zip(&mut cells) {
                *cell += a * b;
            }
            self.moment[i] += reward * a;
            self.total[i] += a;
        }
        self.count += 1;
        Ok(())
    }

    /// Adds to the reward of a decision that was added before: with 0 at first, say, and with what came of it later.
    ///
    /// # Errors
    /// As [`Sums::add`].
    pub fn reward(&mut self, context: &[f64], more: f64) -> Result<(), ExplorationError> {
        check_context(context, self.moment.len())?;
        check_numbers(&[more])?;
        for (moment, a) in self.moment.iter_mut().zip(context) {
            *moment += more * a;
        }
        Ok(())
    }

    /// Adds what was learned elsewhere.
    ///
    /// # Errors
    /// When the other sums are of contexts of another length: then nothing is added.
    pub fn merge(&mut self, other: &Self) -> Result<(), ExplorationError> {
        let (expected, found) = (self.moment.len(), other.moment.len());
        let same = self.gram.len() == other.gram.len() && self.total.len() == other.total.len();
        if expected != found || !same {
            return Err(ExplorationError::Dimensions { expected, found });
        }
        self.count = self.count.saturating_add(other.count);
        self.gram.iter_mut().zip(&other.gram).for_each(|(sum, more)| *sum += more);
        self.moment.iter_mut().zip(&other.moment).for_each(|(sum, more)| *sum += more);
        self.total.iter_mut().zip(&other.total).for_each(|(sum, more)| *sum += more);
        Ok(())
    }
}

/// Checks the length of a context and its numbers.
pub(crate) fn check_context(context: &[f64], dimensions: usize) -> Result<(), ExplorationError> {
    if context.len() != dimensions {
        return Err(ExplorationError::Dimensions { expected: dimensions, found: context.len() });
    }
    check_numbers(context)
}

/// What an arm is taken to be before it has been shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Belief {
    pub(crate) dimensions: usize,
    /// The weight of the belief.
    pub(crate) ridge: f64,
    /// The reward in any context.
    pub(crate) reward: f64,
}

/// Ridge regression on the context of how far an arm's reward is from `m`, what was believed of it. The posterior of
/// the coefficients is normal about `A⁻¹ b` with covariance `A⁻¹`, for `A = ridge · I + Σ x xᵀ` and
/// `b = Σ (reward − m) · x`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Model {
    pub(crate) sums: Sums,
    belief: Belief,
    factor: Factor,
    coefficients: Vec<f64>,
}

impl Model {
    pub(crate) fn new(belief: Belief) -> Self {
        let factor = Factor::scaled_identity(belief.dimensions, belief.ridge);
        Self { sums: Sums::new(belief.dimensions), belief, factor, coefficients: vec![0.0; belief.dimensions] }
    }

    /// The model of these sums, in O(dimensions³).
    pub(crate) fn of(sums: Sums, belief: Belief) -> Result<Self, ExplorationError> {
        let size = belief.dimensions;
        let lengths = [sums.gram.len(), sums.moment.len(), sums.total.len()];
        let finite = [&sums.gram, &sums.moment, &sums.total].into_iter().flatten().all(|number| number.is_finite());
        if lengths != [packed(size), size, size] || !finite {
            return Err(ExplorationError::Sums);
        }
        let factor = Factor::new(size, &sums.gram, belief.ridge).ok_or(ExplorationError::Sums)?;
        let mut model = Self { sums, belief, factor, coefficients: Vec::new() };
        model.solve();
        Ok(model)
    }

    /// Learns from one decision, in O(dimensions²).
    pub(crate) fn learn(&mut self, context: &[f64], reward: f64) -> Result<(), ExplorationError> {
        self.sums.add(context, reward)?;
        self.factor.add(context);
        self.solve();
        Ok(())
    }

    fn solve(&mut self) {
        let sums = self.sums.moment.iter().zip(&self.sums.total);
        let off: Vec<f64> = sums.map(|(moment, total)| moment - self.belief.reward * total).collect();
        self.coefficients = self.factor.solve(&off);
    }

    /// The expected reward in a context.
    pub(crate) fn mean(&self, context: &[f64]) -> f64 {
        let off: f64 = context.iter().zip(&self.coefficients).map(|(x, coefficient)| x * coefficient).sum();
        self.belief.reward + off
    }

    /// How uncertain that is: a standard deviation, for rewards with noise of 1.
    pub(crate) fn deviation(&self, context: &[f64]) -> f64 {
        libm::sqrt(self.factor.forward(context).iter().map(|value| value * value).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEN: [([f64; 2], f64); 4] = [([1.0, 0.0], 1.0), ([1.0, 0.5], 0.0), ([1.0, 1.0], 0.0), ([1.0, 0.25], 1.0)];

    fn belief(ridge: f64) -> Belief {
        Belief { dimensions: 2, ridge, reward: 0.5 }
    }

    /// One decision with the weight of the belief: half-way between both.
    #[test]
    fn what_was_believed_gives_way() {
        let mut model = Model::new(belief(1.0));
        assert_eq!(model.mean(&[1.0, 0.0]), 0.5);
        model.learn(&[1.0, 0.0], 1.0).unwrap();
        assert!((model.mean(&[1.0, 0.0]) - 0.75).abs() < 1e-12);
        assert_eq!(model.mean(&[0.0, 1.0]), 0.5);
        assert!((model.deviation(&[1.0, 0.0]) - 0.5_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_line_is_learned() {
        let mut model = Model::new(belief(1e-6));
        for at in 0..20 {
            let x = f64::from(at) / 20.0;
            model.learn(&[1.0, x], 0.75 - 0.5 * x).unwrap();
        }
        assert!((model.mean(&[1.0, 2.0]) + 0.25).abs() < 1e-4);
        assert!(model.deviation(&[1.0, 0.5]) < model.deviation(&[1.0, 2.0]));
    }

    #[test]
    fn sums_make_the_same_model_as_the_decisions() {
        let mut model = Model::new(belief(1.0));
        let mut parts = [Sums::new(2), Sums::new(2)];
        for (index, (context, reward)) in SEEN.iter().enumerate() {
            model.learn(context, *reward).unwrap();
            parts[index % 2].add(context, *reward).unwrap();
        }
        let [mut sums, other] = parts;
        sums.merge(&other).unwrap();
        let merged = Model::of(sums, belief(1.0)).unwrap();
        assert_eq!(merged.sums.count(), 4);
        assert!((merged.mean(&[1.0, 0.7]) - model.mean(&[1.0, 0.7])).abs() < 1e-12);
        assert!((merged.deviation(&[1.0, 0.7]) - model.deviation(&[1.0, 0.7])).abs() < 1e-12);
    }

    #[test]
    fn a_reward_may_come_later() {
        let (mut late, mut at_once) = (Sums::new(2), Sums::new(2));
        late.add(&[1.0, 0.5], 0.0).unwrap();
        late.reward(&[1.0, 0.5], 1.0).unwrap();
        at_once.add(&[1.0, 0.5], 1.0).unwrap();
        assert_eq!(late, at_once);
        assert!(late.reward(&[1.0], 1.0).is_err() && late.reward(&[1.0, 0.5], f64::NAN).is_err());
        assert_eq!(late, at_once);
    }

    #[test]
    fn bad_input_adds_nothing() {
        let mut sums = Sums::new(2);
        let wrong = ExplorationError::Dimensions { expected: 2, found: 1 };
        assert_eq!(sums.add(&[1.0], 1.0), Err(wrong.clone()));
        assert_eq!(sums.add(&[1.0, f64::NAN], 1.0), Err(ExplorationError::Number));
        assert_eq!(sums.add(&[1.0, 1.0], f64::INFINITY), Err(ExplorationError::Number));
        assert_eq!(sums.merge(&Sums::new(1)), Err(wrong));
        assert_eq!(sums, Sums::new(2));
        let damaged = Sums { count: 1, gram: vec![1.0, 3.0, 1.0], moment: vec![0.0; 2], total: vec![0.0; 2] };
        assert_eq!(Model::of(damaged, belief(0.5)), Err(ExplorationError::Sums));
        let short = Sums { total: Vec::new(), ..Sums::new(2) };
        assert_eq!(Model::of(short, belief(0.5)), Err(ExplorationError::Sums));
    }
}
