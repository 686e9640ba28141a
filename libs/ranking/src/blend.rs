//! Several models at once.

use crate::Model;
use crate::bytes::{FormatError, Reader, Writer};
use crate::interactions::Entry;

/// Why models are no blend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlendError {
    /// There is no part, or there are more than 16.
    #[error("a blend has 1 to 16 parts")]
    Count,
    /// A weight is no finite number.
    #[error("a blend's weights are finite numbers")]
    Weight,
    /// The parts are of different numbers of items.
    #[error("a blend's parts score the same items")]
    Items,
    /// A part is a blend itself.
    #[error("a blend has no blends in it")]
    Nested,
}

/// A weighted sum of models, whose scores are made alike first: for each history, those of the
/// items not in it get a mean of 0 and a standard deviation of 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Blend {
    parts: Vec<(f32, Model)>,
}

/// The bytes that a part takes at least: its weight and its kind.
const PART: usize = 8;

impl Blend {
    /// A blend of models, each with its weight. The weights are best chosen on interactions that
    /// no part has learnt from.
    ///
    /// # Errors
    /// When there is none or too many, they differ in the number of items, a weight is no finite
    /// number or a part is a blend.
    pub fn new(parts: Vec<(f32, Model)>) -> Result<Self, BlendError> {
        if !(1..=16).contains(&parts.len()) {
            return Err(BlendError::Count);
        }
        if parts.iter().any(|(weight, _)| !weight.is_finite()) {
            return Err(BlendError::Weight);
        }
        if parts.iter().any(|(_, part)| matches!(part, Model::Blend(_))) {
            return Err(BlendError::Nested);
        }
        if parts.windows(2).any(|pair| pair[0].1.items() != pair[1].1.items()) {
            return Err(BlendError::Items);
        }
        Ok(Self { parts })
    }

    /// The number of items.
    pub fn items(&self) -> usize {
        self.parts.first().map_or(0, |(_, part)| part.items())
    }

    pub(crate) fn score(&self, history: &[Entry]) -> Vec<f32> {
        let mut seen: Vec<usize> = history.iter().map(|entry| entry.index as usize).collect();
        seen.retain(|&item| item < self.items());
        seen.sort_unstable();
        seen.dedup();
        let mut sums = vec![0.0; self.items()];
        for (weight, part) in &self.parts {
            let scores = part.score(history);
            let (mean, deviation) = spread(&scores.0, &seen);
            if deviation > 0.0 {
                let scale = weight / deviation;
                sums.iter_mut().zip(&scores.0).for_each(|(sum, score)| *sum += scale * (score - mean));
            }
        }
        sums
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        to.u64(self.parts.len() as u64);
        for (weight, part) in &self.parts {
            to.f32(*weight);
            part.write(to);
        }
    }

    pub(crate) fn read(from: &mut Reader) -> Result<Self, FormatError> {
        let part = |from: &mut Reader| Ok((from.f32()?, Model::read_plain(from)?));
        let parts = (0..from.count(PART)?).map(|_| part(from)).collect::<Result<_, FormatError>>()?;
        Self::new(parts).map_err(|_| FormatError::Inconsistent)
    }
}

/// The mean and the standard deviation of all scores but those of the items in `but`.
fn spread(scores: &[f32], but: &[usize]) -> (f32, f32) {
    let add = |(sum, squares): (f64, f64), score: f32| {
        let score = f64::from(score);
        (sum + score, squares + score * score)
    };
    let all = scores.iter().copied().fold((0.0, 0.0), add);
    let less = but.iter().map(|&item| scores[item]).fold((0.0, 0.0), add);
    let number = (scores.len() - but.len()) as f64;
    let (mean, square) = ((all.0 - less.0) / number, (all.1 - less.1) / number);
    // What rounding leaves of no deviation at all may be below 0.
    (mean as f32, (square - mean * mean).max(0.0).sqrt() as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_leaves_the_history_out() {
        assert_eq!(spread(&[1.0, 100.0, 3.0, -50.0], &[1, 3]), (2.0, 1.0));
        assert_eq!(spread(&[0.5; 4], &[0]), (0.5, 0.0));
        let (mean, deviation) = spread(&[1.0], &[0]);
        assert!(mean.is_nan() && deviation == 0.0, "of nothing there is none");
    }
}
