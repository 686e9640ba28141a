//! A stream whose truth is known: the best of four arms depends on the context.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use reel_exploration::Policy;

pub(crate) const ARMS: usize = 4;
pub(crate) const DIMENSIONS: usize = 3;
pub(crate) const CANDIDATES: [usize; ARMS] = [0, 1, 2, 3];
/// Each arm's coefficients: arm 0 is good everywhere, arms 1 and 2 are better at one end each, arm 3 is bad.
const COEFFICIENTS: [[f64; DIMENSIONS]; ARMS] = [[0.45, 0.0, 0.0], [0.2, 0.5, 0.0], [0.2, 0.0, 0.5], [0.15, 0.1, 0.1]];

pub(crate) struct Event {
    pub(crate) context: [f64; DIMENSIONS],
    /// What each arm would earn.
    pub(crate) rewards: [f64; ARMS],
}

/// The chance that an arm earns 1 in a context.
pub(crate) fn chance(context: &[f64], arm: usize) -> f64 {
    context.iter().zip(COEFFICIENTS[arm]).map(|(x, coefficient)| x * coefficient).sum()
}

pub(crate) fn events(count: usize, seed: u64) -> Vec<Event> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut event = || {
        let context = [1.0, random.random::<f64>(), random.random::<f64>()];
        let rewards = CANDIDATES.map(|arm| f64::from(random.random::<f64>() < chance(&context, arm)));
        Event { context, rewards }
    };
    (0..count).map(|_| event()).collect()
}

/// What a policy earns for each decision.
pub(crate) fn value(policy: &impl Policy, events: &[Event]) -> f64 {
    let expected = |event: &Event| {
        let probabilities = policy.probabilities(&event.context, &CANDIDATES).unwrap();
        probabilities.iter().zip(CANDIDATES).map(|(p, arm)| p * chance(&event.context, arm)).sum::<f64>()
    };
    events.iter().map(expected).sum::<f64>() / events.len() as f64
}
