//! How a bandit explores.

use crate::ExplorationError;
use crate::linear::Belief;
use serde::{Deserialize, Serialize};

/// By what a bandit tries arms it knows little about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exploration {
    /// Linear Thompson sampling: an arm is shown as often as it may be the best one. The scale multiplies the
    /// posterior's standard deviation; 0 does not explore. Agrawal and Goyal, "Thompson Sampling for Contextual
    /// Bandits with Linear Payoffs", ICML 2013.
    Thompson(f64),
    /// LinUCB with disjoint models: the arm with the highest upper bound, so many standard deviations above the mean;
    /// 0 does not explore. Li et al., "A Contextual-Bandit Approach to Personalized News Article Recommendation",
    /// WWW 2010.
    UpperBound(f64),
}

impl Exploration {
    pub(crate) fn scale(self) -> f64 {
        match self {
            Self::Thompson(scale) | Self::UpperBound(scale) => scale,
        }
    }
}

/// The settings of a bandit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The length of a context.
    pub dimensions: usize,
    /// The reward that is expected of an arm before it has been shown. One that is hoped for, above what good arms
    /// earn, has new content tried soon; one below leaves it to the floor and to chance.
    pub expected: f64,
    /// The weight of that expectation, in decisions with a context of length 1; above 0.
    pub ridge: f64,
    /// How arms are tried.
    pub exploration: Exploration,
    /// The share of decisions, above 0 and at most 1, that goes to all candidates alike. It keeps every propensity
    /// at or above `floor / candidates`, without which a log cannot be evaluated, and costs that share of the reward
    /// gained over chance. With 0.01 a bandit hardly loses, but other policies are known from few decisions with great
    /// weights, and the standard errors of IPS come out too small. A floor of 0.1 mends that, at its price: so in
    /// the marked slots alone, or for a share of the viewers.
    pub floor: f64,
}

impl Settings {
    /// Settings that do well on rewards between 0 and 1 and contexts of a length about 1.
    pub fn new(dimensions: usize) -> Self {
        Self { dimensions, expected: 1.0, ridge: 1.0, exploration: Exploration::Thompson(0.1), floor: 0.01 }
    }

    pub(crate) fn belief(&self) -> Belief {
        Belief { dimensions: self.dimensions, ridge: self.ridge, reward: self.expected }
    }

    pub(crate) fn check(&self) -> Result<(), ExplorationError> {
        use ExplorationError::Setting;
        if !(1..=MAX_DIMENSIONS).contains(&self.dimensions) {
            return Err(Setting("dimensions", "from 1 to 1024"));
        }
        if !(-1e6..=1e6).contains(&self.expected) {
            return Err(Setting("the expected reward", "from -1e6 to 1e6"));
        }
        if !(MIN_RIDGE..=1e6).contains(&self.ridge) {
            return Err(Setting("ridge", "from 1e-6 to 1e6"));
        }
        if !(0.0..=1e3).contains(&self.exploration.scale()) {
            return Err(Setting("the scale of exploration", "from 0 to 1000"));
        }
        if !(MIN_FLOOR..=1.0).contains(&self.floor) {
            return Err(Setting("floor", "from 1e-6 to 1"));
        }
        Ok(())
    }
}

const MAX_DIMENSIONS: usize = 1_024;
const MIN_RIDGE: f64 = 1e-6;
const MIN_FLOOR: f64 = 1e-6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_outside_their_range_are_named() {
        let good = Settings::new(3);
        assert_eq!(good.check(), Ok(()));
        let name = |settings: Settings| match settings.check() {
            Err(ExplorationError::Setting(name, _)) => name,
            other => panic!("{other:?}"),
        };
        assert_eq!(name(Settings { dimensions: 0, ..good }), "dimensions");
        assert_eq!(name(Settings { ridge: 0.0, ..good }), "ridge");
        assert_eq!(name(Settings { expected: f64::NAN, ..good }), "the expected reward");
        assert_eq!(name(Settings { ridge: f64::NAN, ..good }), "ridge");
        assert_eq!(name(Settings { floor: 0.0, ..good }), "floor");
        assert_eq!(name(Settings { floor: 1.5, ..good }), "floor");
        let exploration = Exploration::Thompson(-1.0);
        assert_eq!(name(Settings { exploration, ..good }), "the scale of exploration");
    }
}
