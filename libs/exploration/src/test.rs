//! A test of several candidates at once.

use crate::evidence::{interval, log_evidence};
use crate::{Counts, ExplorationError, Prior};
use serde::{Deserialize, Serialize};

/// An A/B/n test of candidates' rates, such as of thumbnails' clicks. It may be looked at at any time and as often as
/// one likes, and stopped when one likes.
///
/// A candidate has won when there is evidence that its rate is above that of every other one ("Universal inference",
/// Wasserman, Ramdas and Balakrishnan, PNAS 2020). With n candidates the evidence has to be above n/α for each: to win
/// falsely, a candidate needs false evidence against one certain other (the best one; for the best itself, one that is
/// as good), so n comparisons can go wrong, not n · (n − 1), and by the union bound the chance that any ever does is at
/// most α. That the one best candidate is ever taken for beaten by another is among these, too.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// The chance of a false winner that is accepted, over all looks: between 0 and 1, such as 0.05.
    pub alpha: f64,
    /// What rates are expected; fixed before the first look.
    pub prior: Prior,
}

impl Default for Test {
    fn default() -> Self {
        Self { alpha: 0.05, prior: Prior::default() }
    }
}

/// How a candidate stands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Its rate so far.
    pub rate: f64,
    /// The least that the rate may be; with [`Standing::high`] this holds at all times together, with a probability
    /// of 1 − α for this candidate.
    pub low: f64,
    /// The most that the rate may be.
    pub high: f64,
    /// Whether some other candidate is better: it need not be shown any longer.
    pub beaten: bool,
    /// The logarithm of the evidence that it is better than every other one, as a share of what it takes to win: at 1
    /// it has won.
    pub progress: f64,
}

/// What a look at a test says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The candidate that has won, if one has.
    pub winner: Option<usize>,
    /// All candidates, in the order of the counts.
    pub standings: Vec<Standing>,
}

impl Test {
    /// Looks at the counts of all candidates.
    ///
    /// # Errors
    /// When there are fewer than two candidates, a count or a setting is wrong.
    pub fn look(&self, candidates: &[Counts]) -> Result<Verdict, ExplorationError> {
        self.check(candidates)?;
        let needed = libm::log(candidates.len() as f64 / self.alpha);
        let against = |one: &Counts| candidates.iter().map(|other| log_evidence(&self.prior, one, other)).collect();
        let evidence: Vec<Vec<f64>> = candidates.iter().map(against).collect();
        let standing = |one: usize| {
            let others = (0..candidates.len()).filter(|&other| other != one);
            let least = others.clone().map(|other| evidence[one][other]).fold(f64::INFINITY, f64::min);
            let (low, high) = interval(&self.prior, &candidates[one], self.alpha);
            let beaten = others.map(|other| evidence[other][one]).any(|evidence| evidence >= needed);
            Standing { rate: candidates[one].rate(), low, high, beaten, progress: (least / needed).clamp(0.0, 1.0) }
        };
        let standings: Vec<Standing> = (0..candidates.len()).map(standing).collect();
        Ok(Verdict { winner: standings.iter().position(|standing| standing.progress >= 1.0), standings })
    }

    pub(crate) fn check(&self, candidates: &[Counts]) -> Result<(), ExplorationError> {
        if !(1e-9..1.0).contains(&self.alpha) {
            return Err(ExplorationError::Setting("alpha", "from 1e-9 to below 1"));
        }
        self.prior.check()?;
        if candidates.len() < 2 {
            return Err(ExplorationError::Compared { expected: 2, found: candidates.len() });
        }
        candidates.iter().try_for_each(Counts::check)
    }
}
