//! How likely each of several uncertain scores is the highest.

use libm::{erfc, log, log1p};
use std::f64::consts::FRAC_1_SQRT_2;

/// A score that is normally distributed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Score {
    pub(crate) mean: f64,
    pub(crate) deviation: f64,
}

/// So many standard deviations from its mean a score is taken to be impossible: a chance of 3 · 10⁻⁷.
const REACH: f64 = 5.0;
/// Grid points for each standard deviation of each score.
const PER_DEVIATION: i32 = 2;
/// Points closer than this share of the smallest standard deviation are one.
const FINEST: f64 = 0.25;
/// A smaller standard deviation than this, times the greatest mean where that is above 1, counts as this much.
const LEAST_DEVIATION: f64 = 1e-9;

/// The probability of each score to be the highest of all, when they are independent. The sum is 1.
///
/// With F the product of the scores' distribution functions Fᵢ, the highest one is score i with a probability of
/// ∫ F d(ln Fᵢ). On each piece of a grid the growth of F is shared out in proportion to the growth of the ln Fᵢ. The
/// grid is as fine as each score is certain, and leaves out what cannot be the highest.
pub(crate) fn probabilities_of_best(scores: &[Score]) -> Vec<f64> {
    let scores = widened(scores);
    let lowest = scores.iter().map(|score| score.mean - REACH * score.deviation).fold(f64::MIN, f64::max);
    let able = |score: &&Score| score.mean + REACH * score.deviation > lowest;
    let contenders: Vec<Score> = scores.iter().filter(able).copied().collect();
    let mut shares = contended(&contenders, lowest).into_iter();
    scores.iter().map(|score| if able(&score) { shares.next().unwrap_or(0.0) } else { 0.0 }).collect()
}

/// The scores, none of them so certain that its grid could not be told apart.
fn widened(scores: &[Score]) -> Vec<Score> {
    let size = scores.iter().map(|score| score.mean.abs()).fold(1.0, f64::max);
    let widen = |score: &Score| Score { deviation: score.deviation.max(LEAST_DEVIATION * size), ..*score };
    scores.iter().map(widen).collect()
}

/// The same for scores that all may be the highest, which is above `lowest`.
fn contended(scores: &[Score], lowest: f64) -> Vec<f64> {
    let mut shares = vec![0.0; scores.len()];
    let mut before: Vec<f64> = scores.iter().map(|score| log_below(score, lowest)).collect();
    for point in grid(scores, lowest) {
        let now: Vec<f64> = scores.iter().map(|score| log_below(score, point)).collect();
        share(&before, &now, &mut shares);
        before = now;
    }
    let sum: f64 = shares.iter().sum();
    shares.iter().map(|share| share / sum).collect()
}

/// Shares out what F grew by between two points of the grid.
fn share(before: &[f64], now: &[f64], shares: &mut [f64]) {
    let (low, high): (f64, f64) = (before.iter().sum(), now.iter().sum());
    if high <= low {
        return;
    }
    let mass = libm::exp(high) - libm::exp(low);
    for (share, (before, now)) in shares.iter_mut().zip(before.iter().zip(now)) {
        *share += mass * (now - before) / (high - low);
    }
}

/// The points above `lowest` where some score's distribution has grown by a little, in ascending order.
fn grid(scores: &[Score], lowest: f64) -> Vec<f64> {
    let reach = REACH as i32 * PER_DEVIATION;
    let steps = (-reach..=reach).map(|step| f64::from(step) / f64::from(PER_DEVIATION));
    let mut points: Vec<f64> = steps
        .flat_map(|step| scores.iter().map(move |score| score.mean + step * score.deviation))
        .filter(|&point| point > lowest)
        .collect();
    points.sort_by(f64::total_cmp);
    let least = scores.iter().map(|score| score.deviation).fold(f64::INFINITY, f64::min);
    points.dedup_by(|next, kept| *next - *kept < FINEST * least);
    points
}

/// The logarithm of the probability that a score is below a point.
fn log_below(score: &Score, point: f64) -> f64 {
    let z = (point - score.mean) / score.deviation * FRAC_1_SQRT_2;
    if z > REACH {
        return 0.0;
    }
    if z > 0.0 { log1p(-0.5 * erfc(z)) } else { log(0.5 * erfc(-z)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(mean: f64, deviation: f64) -> Score {
        Score { mean, deviation }
    }

    #[test]
    fn two_scores_are_as_their_difference_says() {
        for (gap, one, other) in
            [(0.0, 1.0, 1.0), (0.5, 1.0, 2.0), (0.2, 0.01, 0.3), (3.0, 1.0, 0.5), (-0.1, 0.04, 0.1)]
        {
            let exact = 0.5 * erfc(-gap / libm::hypot(one, other) * FRAC_1_SQRT_2);
            let found = probabilities_of_best(&[score(1.0 + gap, one), score(1.0, other)])[0];
            assert!((found - exact).abs() < 2e-3, "gap {gap}: {found}, not {exact}");
        }
    }

    #[test]
    fn equal_scores_have_equal_chances() {
        for (count, deviation) in [(3, 1.0), (18, 0.25), (5, 0.0)] {
            for probability in probabilities_of_best(&vec![score(0.3, deviation); count]) {
                assert!((probability - 1.0 / count as f64).abs() < 1e-9);
            }
        }
    }

    /// The same by a plain sum over a fine grid.
    fn summed(scores: &[Score], which: usize) -> f64 {
        let step = 0.001;
        let term = |at: i32| {
            let z = f64::from(at) * step;
            let point = scores[which].mean + z * scores[which].deviation;
            let others = scores.iter().enumerate().filter(|(i, _)| *i != which);
            let below: f64 = others.map(|(_, score)| libm::exp(log_below(score, point))).product();
            below * libm::exp(-0.5 * z * z) * step / libm::sqrt(2.0 * std::f64::consts::PI)
        };
        (-7_000..=7_000).map(term).sum()
    }

    #[test]
    fn many_scores_are_as_a_fine_sum_says() {
        let close = [score(0.5, 0.1), score(0.45, 0.2), score(0.3, 0.4), score(0.52, 0.02), score(-2.0, 0.1)];
        let alike: Vec<Score> = (0..18).map(|i| score(0.3 + 0.01 * f64::from(i), 0.05)).collect();
        for scores in [&close[..], &close[..3], &alike[..]] {
            for (which, found) in probabilities_of_best(scores).into_iter().enumerate() {
                let exact = summed(scores, which);
                assert!((found - exact).abs() < 2e-3, "score {which}: {found}, not {exact}");
            }
        }
    }

    #[test]
    fn what_cannot_be_best_never_is() {
        let found = probabilities_of_best(&[score(0.9, 0.01), score(0.1, 0.01), score(0.2, 0.0)]);
        assert_eq!(found, [1.0, 0.0, 0.0]);
    }

    #[test]
    fn scores_of_any_size_have_probabilities() {
        let sizes = [0.0, 1e-12, 1e-6, 1.0, 1e6, 1e12];
        for (mean, deviation) in sizes.iter().flat_map(|mean| sizes.map(|deviation| (*mean, deviation))) {
            let found = probabilities_of_best(&[score(mean, deviation), score(-mean, 1.0), score(mean, 0.0)]);
            assert!(found.iter().all(|p| (0.0..=1.0).contains(p)), "{mean} {deviation}: {found:?}");
            assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{mean} {deviation}: {found:?}");
        }
    }
}
