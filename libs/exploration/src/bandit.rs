//! The contextual bandit.

use crate::best::{Score, probabilities_of_best};
use crate::linear::{Model, check_context};
use crate::policy::{Policy, check_candidates, place};
use crate::{Exploration, ExplorationError, Logged, Settings, Sums};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

/// What a bandit chose: to be logged with the context and the candidates, for without the propensity nothing can be
/// learned from the log about another policy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The number of the arm to show.
    pub arm: usize,
    /// The probability with which this arm was to be chosen, above 0.
    pub propensity: f64,
}

/// Learns which arm earns most in which context, while it shows them. Each arm has a linear model of its own.
///
/// A choice is made in two steps: the probability of every candidate is calculated, and then one is drawn. What is
/// drawn therefore has exactly the logged propensity. Under Thompson sampling the probability is that of having the
/// highest score under the posterior, an integral over one dimension as the arms are independent; to draw scores
/// and to estimate the propensity by drawing again would put noise into what evaluations divide by, and 0 for a rare
/// arm. Under LinUCB it is 1 for the highest bound, shared by equals. Both are mixed with [`Settings::floor`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub struct Bandit {
    settings: Settings,
    arms: Vec<Model>,
}

/// A bandit as it is stored: models are made anew from their sums.
#[derive(Serialize, Deserialize)]
struct Saved {
    settings: Settings,
    arms: Vec<Sums>,
}

impl From<Bandit> for Saved {
    fn from(bandit: Bandit) -> Self {
        Self { settings: bandit.settings, arms: bandit.arms.into_iter().map(|arm| arm.sums).collect() }
    }
}

impl TryFrom<Saved> for Bandit {
    type Error = ExplorationError;

    fn try_from(saved: Saved) -> Result<Self, ExplorationError> {
        Self::of(saved.settings, saved.arms)
    }
}

impl Bandit {
    /// A bandit of so many arms that has learned nothing.
    ///
    /// # Errors
    /// When a setting is outside its range.
    pub fn new(settings: Settings, arms: usize) -> Result<Self, ExplorationError> {
        settings.check()?;
        Ok(Self { settings, arms: vec![Model::new(settings.belief()); arms] })
    }

    /// A bandit whose arms have learned this.
    ///
    /// # Errors
    /// When a setting is outside its range, or sums do not fit the settings.
    pub fn of(settings: Settings, arms: Vec<Sums>) -> Result<Self, ExplorationError> {
        settings.check()?;
        let arms = arms.into_iter().map(|sums| Model::of(sums, settings.belief()));
        Ok(Self { settings, arms: arms.collect::<Result<_, _>>()? })
    }

    /// How many arms there are: their numbers are below this.
    pub fn arms(&self) -> usize {
        self.arms.len()
    }

    /// What an arm has learned.
    pub fn sums(&self, arm: usize) -> Option<&Sums> {
        self.arms.get(arm).map(|model| &model.sums)
    }

    /// Adds an arm that has learned nothing, as for new content, and gives its number.
    pub fn add_arm(&mut self) -> usize {
        self.arms.push(Model::new(self.settings.belief()));
        self.arms.len() - 1
    }

    /// Chooses one of the candidates (arm numbers in ascending order). The seed alone decides what is drawn: it is to
    /// be another one for each decision, and to have nothing to do with the context.
    ///
    /// # Errors
    /// When the context has the wrong length, or a candidate is no arm.
    pub fn choose(&self, context: &[f64], candidates: &[usize], seed: u64) -> Result<Decision, ExplorationError> {
        let probabilities = self.probabilities(context, candidates)?;
        let drawn: f64 = Xoshiro256PlusPlus::seed_from_u64(seed).random();
        let mut reached = 0.0;
        let place = probabilities.iter().position(|probability| {
            reached += probability;
            drawn < reached
        });
        // A sum of 1 may be rounded down: then the draw falls on the last one.
        let place = place.unwrap_or(candidates.len() - 1);
        Ok(Decision { arm: candidates[place], propensity: probabilities[place] })
    }

    /// Learns what a decision earned; 0 when nothing came of it. Every decision is to be learned once.
    ///
    /// # Errors
    /// When there is no such arm, or the context or the reward is no good: then nothing is learned.
    pub fn learn(&mut self, context: &[f64], arm: usize, reward: f64) -> Result<(), ExplorationError> {
        self.arms.get_mut(arm).ok_or(ExplorationError::Arm(arm))?.learn(context, reward)
    }

    /// Adds what was learned elsewhere: the sums of each arm, from arm 0 on.
    ///
    /// # Errors
    /// When there are more sums than arms, or they do not fit: then nothing is added.
    pub fn merge(&mut self, sums: &[Sums]) -> Result<(), ExplorationError> {
        if sums.len() > self.arms.len() {
            return Err(ExplorationError::Arm(self.arms.len()));
        }
        let merged = self.arms.iter().zip(sums).map(|(model, more)| {
            let mut sums = model.sums.clone();
            sums.merge(more)?;
            Model::of(sums, self.settings.belief())
        });
        let merged = merged.collect::<Result<Vec<_>, _>>()?;
        self.arms.splice(..merged.len(), merged);
        Ok(())
    }

    /// What to expect of an arm in a context: the mean of its reward, and how uncertain that is (the standard
    /// deviation that [`Exploration`] speaks of, without its scale).
    ///
    /// # Errors
    /// When there is no such arm, or the context has the wrong length.
    pub fn expect(&self, context: &[f64], arm: usize) -> Result<(f64, f64), ExplorationError> {
        check_context(context, self.settings.dimensions)?;
        let model = self.arms.get(arm).ok_or(ExplorationError::Arm(arm))?;
        Ok((model.mean(context), model.deviation(context)))
    }
}

impl Policy for Bandit {
    /// With what probability [`Bandit::choose`] takes each candidate.
    fn probabilities(&self, context: &[f64], candidates: &[usize]) -> Result<Vec<f64>, ExplorationError> {
        check_candidates(candidates)?;
        let expected = candidates.iter().map(|&arm| self.expect(context, arm));
        let expected = expected.collect::<Result<Vec<_>, _>>()?;
        let wanted = match self.settings.exploration {
            Exploration::Thompson(scale) => {
                let scores = expected.iter().map(|&(mean, deviation)| Score { mean, deviation: scale * deviation });
                probabilities_of_best(&scores.collect::<Vec<_>>())
            }
            Exploration::UpperBound(scale) => {
                highest(&expected.iter().map(|(mean, deviation)| mean + scale * deviation).collect::<Vec<_>>())
            }
        };
        let floor = self.settings.floor;
        Ok(wanted.iter().map(|wanted| (1.0 - floor) * wanted + floor / candidates.len() as f64).collect())
    }
}

/// 1 for the highest of these, shared by equals.
fn highest(bounds: &[f64]) -> Vec<f64> {
    let top = bounds.iter().copied().fold(f64::MIN, f64::max);
    let equals = bounds.iter().filter(|&&bound| bound == top).count();
    bounds.iter().map(|&bound| if bound == top { 1.0 / equals as f64 } else { 0.0 }).collect()
}

impl Decision {
    /// The line of the log that [`crate::evaluate`] reads.
    ///
    /// # Errors
    /// When the arm is none of the candidates.
    pub fn logged(self, context: &[f64], candidates: &[usize], reward: f64) -> Result<Logged, ExplorationError> {
        place(candidates, self.arm)?;
        let (context, candidates) = (context.to_vec(), candidates.to_vec());
        Ok(Logged { context, candidates, arm: self.arm, propensity: self.propensity, reward })
    }
}
