//! What chooses an arm with known probabilities.

use crate::ExplorationError;

/// How far the sum of a policy's probabilities may be from 1.
const TOLERANCE: f64 = 1e-6;

/// A way of choosing one of several arms. A function of a context and candidates is one, too.
pub trait Policy {
    /// The probability of each candidate, in the order of the candidates, with a sum of 1. The candidates are arm
    /// numbers in ascending order.
    ///
    /// # Errors
    /// When the policy cannot choose in this context or among these candidates.
    fn probabilities(&self, context: &[f64], candidates: &[usize]) -> Result<Vec<f64>, ExplorationError>;
}

impl<F> Policy for F
where
    F: Fn(&[f64], &[usize]) -> Result<Vec<f64>, ExplorationError>,
{
    fn probabilities(&self, context: &[f64], candidates: &[usize]) -> Result<Vec<f64>, ExplorationError> {
        self(context, candidates)
    }
}

/// The policy that always takes one arm; it fails where that is no candidate.
pub fn always(arm: usize) -> impl Policy {
    move |_: &[f64], candidates: &[usize]| {
        let place = place(candidates, arm)?;
        Ok((0..candidates.len()).map(|index| if index == place { 1.0 } else { 0.0 }).collect())
    }
}

/// The policy that takes each candidate alike.
pub fn uniform() -> impl Policy {
    |_: &[f64], candidates: &[usize]| Ok(vec![1.0 / candidates.len().max(1) as f64; candidates.len()])
}

/// Where an arm stands among the candidates.
pub(crate) fn place(candidates: &[usize], arm: usize) -> Result<usize, ExplorationError> {
    candidates.binary_search(&arm).map_err(|_| ExplorationError::Arm(arm))
}

/// Checks that there are candidates, each once.
pub(crate) fn check_candidates(candidates: &[usize]) -> Result<(), ExplorationError> {
    let fine = !candidates.is_empty() && candidates.is_sorted_by(|a, b| a < b);
    if fine { Ok(()) } else { Err(ExplorationError::Candidates) }
}

/// Checks that these are probabilities of so many candidates.
pub(crate) fn check_probabilities(probabilities: &[f64], candidates: usize) -> Result<(), ExplorationError> {
    let each = probabilities.iter().all(|probability| (0.0..=1.0 + TOLERANCE).contains(probability));
    let sum: f64 = probabilities.iter().sum();
    let fine = probabilities.len() == candidates && each && (sum - 1.0).abs() <= TOLERANCE;
    if fine { Ok(()) } else { Err(ExplorationError::Probabilities) }
}
