//! Evidence that one rate is above another, which may be looked at whenever one likes.

use crate::ExplorationError;
use libm::{lgamma, log, log1p};
use serde::{Deserialize, Serialize};

/// How often a candidate was shown, and how often with success: impressions and clicks. One viewer counts once, for
/// what a viewer does twice is not independent. Counts may be gathered anywhere and added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// How often it was shown.
    pub trials: u64,
    /// How often that was a success.
    pub successes: u64,
}

/// The most trials: with more, the rounding of logarithms would be seen in the evidence.
const MOST: u64 = 1_000_000_000_000;

impl Counts {
    /// These counts.
    ///
    /// # Errors
    /// When there are more successes than trials, or more trials than 10¹².
    pub fn new(trials: u64, successes: u64) -> Result<Self, ExplorationError> {
        let counts = Self { trials, successes };
        counts.check().map(|()| counts)
    }

    /// The rate of success; 0 when it was never shown.
    pub fn rate(&self) -> f64 {
        if self.trials == 0 { 0.0 } else { self.successes as f64 / self.trials as f64 }
    }

    /// Both added.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            trials: self.trials.saturating_add(other.trials),
            successes: self.successes.saturating_add(other.successes),
        }
    }

    pub(crate) fn check(&self) -> Result<(), ExplorationError> {
        let Self { trials, successes } = *self;
        if successes <= trials && trials <= MOST { Ok(()) } else { Err(ExplorationError::Counts { trials, successes }) }
    }

    fn failures(&self) -> f64 {
        (self.trials - self.successes) as f64
    }
}

/// What rates are expected: a Beta distribution. Whatever it is, a test stays sound; one near the truth makes it quick.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Prior {
    /// Its first shape, above 0: successes.
    pub successes: f64,
    /// Its second shape, above 0: failures.
    pub failures: f64,
}

impl Default for Prior {
    /// Rates of a few percent, as click rates are: 4 % on average, with the weight of 50 trials.
    fn default() -> Self {
        Self { successes: 2.0, failures: 48.0 }
    }
}

impl Prior {
    pub(crate) fn check(&self) -> Result<(), ExplorationError> {
        let fine = |shape: f64| (1e-3..=1e9).contains(&shape);
        if fine(self.successes) && fine(self.failures) {
            return Ok(());
        }
        Err(ExplorationError::Setting("a shape of the prior", "from 0.001 to 1e9"))
    }

    /// The logarithm of the probability of these very successes and failures, in their order, under the prior.
    fn log_marginal(&self, counts: &Counts) -> f64 {
        let (successes, failures) = (counts.successes as f64, counts.failures());
        log_beta(self.successes + successes, self.failures + failures) - log_beta(self.successes, self.failures)
    }
}

fn log_beta(a: f64, b: f64) -> f64 {
    lgamma(a) + lgamma(b) - lgamma(a + b)
}

/// The logarithm of the greatest probability of these counts under one rate.
fn log_likelihood(counts: &Counts) -> f64 {
    let rate = counts.rate();
    if counts.successes == 0 || counts.successes == counts.trials {
        return 0.0;
    }
    counts.successes as f64 * log(rate) + counts.failures() * log1p(-rate)
}

/// The logarithm of the evidence against "the rate of `one` is not above that of `other`".
///
/// It is an e-process: the probability under the prior, each rate on its own, over the greatest probability that the
/// hypothesis allows (Wasserman, Ramdas and Balakrishnan, "Universal inference", PNAS 2020, section 7; the mixture over
/// rates is Robbins', Annals of Mathematical Statistics 1970). For the true pair of rates the quotient is a martingale
/// that begins at 1, and the greatest probability is not below the true pair's. So while the hypothesis is true, the
/// chance that the evidence is ever above 1/α is at most α (Ville): for any number of looks, any rule to stop by, any
/// shares of traffic, even ones that follow the counts, and any number of trials, few or many.
///
/// It takes the rates to be the same throughout. Where they drift for all alike, as over a day, shares of traffic that
/// stay the same keep the comparison fair.
pub(crate) fn log_evidence(prior: &Prior, one: &Counts, other: &Counts) -> f64 {
    let marginal = prior.log_marginal(one) + prior.log_marginal(other);
    let greatest = if one.rate() > other.rate() {
        log_likelihood(&one.plus(other))
    } else {
        log_likelihood(one) + log_likelihood(other)
    };
    marginal - greatest
}

/// An interval that holds the rate with a probability of 1 − `alpha`, at all times together: the rates against which
/// the evidence is not above 1/α. Robbins 1970; Howard et al., Annals of Statistics 2021.
pub(crate) fn interval(prior: &Prior, counts: &Counts, alpha: f64) -> (f64, f64) {
    let marginal = prior.log_marginal(counts);
    let against = |rate: f64| {
        let successes = if counts.successes == 0 { 0.0 } else { counts.successes as f64 * log(rate) };
        let failures = if counts.failures() == 0.0 { 0.0 } else { counts.failures() * log1p(-rate) };
        marginal - successes - failures + log(alpha) >= 0.0
    };
    (boundary(counts.rate(), 0.0, against), boundary(counts.rate(), 1.0, against))
}

/// Between a rate that is held and an end that may not be: where it changes.
fn boundary(mut held: f64, mut end: f64, against: impl Fn(f64) -> bool) -> f64 {
    if !against(end) {
        return end;
    }
    for _ in 0..40 {
        let middle = 0.5 * (held + end);
        *(if against(middle) { &mut end } else { &mut held }) = middle;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(trials: u64, successes: u64) -> Counts {
        Counts::new(trials, successes).unwrap()
    }

    #[test]
    fn evidence_begins_at_one_and_grows_with_the_difference() {
        let prior = Prior::default();
        assert_eq!(log_evidence(&prior, &counts(0, 0), &counts(0, 0)), 0.0);
        let weak = log_evidence(&prior, &counts(1_000, 48), &counts(1_000, 32));
        let strong = log_evidence(&prior, &counts(10_000, 480), &counts(10_000, 320));
        assert!(weak < 0.0 && strong > 10.0, "{weak} {strong}");
        assert!(log_evidence(&prior, &counts(10_000, 320), &counts(10_000, 480)) < 0.0);
    }

    /// All outcomes of 2 × 6 trials, with their probabilities, have an expected evidence of at most 1.
    #[test]
    fn evidence_is_expected_to_be_at_most_one() {
        let choose = [1.0, 6.0, 15.0, 20.0, 15.0, 6.0, 1.0];
        let chance = |rate: f64, k: u64| choose[k as usize] * rate.powi(k as i32) * (1.0 - rate).powi(6 - k as i32);
        for (one, other) in [(0.5, 0.5), (0.04, 0.04), (0.3, 0.6)] {
            let prior = Prior { successes: 1.0, failures: 1.0 };
            let outcomes = (0..=6).flat_map(|a| (0..=6).map(move |b| (a, b)));
            let expected: f64 = outcomes
                .map(|(a, b)| {
                    chance(one, a) * chance(other, b) * libm::exp(log_evidence(&prior, &counts(6, a), &counts(6, b)))
                })
                .sum();
            assert!(expected <= 1.0, "{expected}");
        }
    }

    #[test]
    fn the_interval_shrinks_about_the_rate() {
        let wide = interval(&Prior::default(), &counts(1_000, 48), 0.05);
        let narrow = interval(&Prior::default(), &counts(100_000, 4_800), 0.05);
        assert!(wide.0 < narrow.0 && narrow.0 < 0.048 && 0.048 < narrow.1 && narrow.1 < wide.1);
        assert!(narrow.1 - narrow.0 < 0.006);
        assert_eq!(interval(&Prior::default(), &counts(0, 0), 0.05), (0.0, 1.0));
    }

    #[test]
    fn more_successes_than_trials_is_an_error() {
        assert_eq!(Counts::new(1, 2), Err(ExplorationError::Counts { trials: 1, successes: 2 }));
    }
}
