//! What another policy would have earned, from a log of decisions.

use crate::ExplorationError;
use crate::error::check_numbers;
use crate::linear::{Belief, Model, check_context};
use crate::policy::{Policy, check_candidates, check_probabilities, place};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One decision, and what it earned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Logged {
    /// The context in which it was taken.
    pub context: Vec<f64>,
    /// The arms that could have been shown, in ascending order.
    pub candidates: Vec<usize>,
    /// The one that was shown.
    pub arm: usize,
    /// With what probability it was shown: above 0, at most 1.
    pub propensity: f64,
    /// What it earned.
    pub reward: f64,
}

/// An estimate and how far off it may be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// What a policy would have earned for each decision, by three estimators. Each decision has the weight w, the
/// policy's probability of what was done over the logged propensity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The mean of w · reward: without bias. Horvitz and Thompson, JASA 1952.
    pub ips: Estimate,
    /// The rewards' mean weighted by w: a little bias, for less variance; its error is that of a ratio. Swaminathan
    /// and Joachims, "The Self-Normalized Estimator for Counterfactual Learning", NeurIPS 2015.
    pub snips: Estimate,
    /// The reward that a model expects of the policy, put right by w · (reward − expected): without bias, with less
    /// variance the better the model is. Dudík, Langford and Li, "Doubly Robust Policy Evaluation and Learning",
    /// ICML 2011. The model of a decision is fitted to the decisions before it alone (cross-fitting forward in
    /// time), so that this holds for the log of a bandit that was learning, too.
    pub doubly_robust: Estimate,
    /// The mean of w. It is 1 but for chance: where it is many standard errors away, the propensities are wrong.
    pub weight: Estimate,
    /// How many decisions of the policy itself would say as much: (Σ w)² / Σ w². When it is small, the standard errors
    /// are not to be relied on either.
    pub effective_decisions: f64,
}

/// One decision, as the estimators see it.
struct Term {
    weight: f64,
    reward: f64,
    doubly_robust: f64,
}

/// Says from a log, in the order of time, what a policy would have earned. `ridge` is that of the reward model's prior
/// ([`crate::Settings::ridge`]).
///
/// The estimates hold for contexts like the logged ones. Where the policy does what the log's policy could not do, no
/// estimate can be right: the log must have a propensity above 0 for every candidate.
///
/// # Errors
/// When the log has fewer than two decisions, one of them is wrong, the policy fails, or it would have done nothing of
/// what was done.
pub fn evaluate(log: &[Logged], policy: &impl Policy, ridge: f64) -> Result<Evaluation, ExplorationError> {
    if log.len() < 2 {
        return Err(ExplorationError::Short(log.len()));
    }
    if !(ridge > 0.0 && ridge.is_finite()) {
        return Err(ExplorationError::Setting("ridge", "above 0"));
    }
    let belief = Belief { dimensions: log[0].context.len(), ridge, reward: 0.0 };
    let mut expected = Expected { belief, arms: BTreeMap::new() };
    let terms = log.iter().enumerate().map(|(index, logged)| {
        let wrong = |why| ExplorationError::Logged(index, Box::new(why));
        let term = term(logged, policy, &expected).map_err(wrong)?;
        expected.learn(logged).map_err(wrong)?;
        Ok(term)
    });
    summary(&terms.collect::<Result<Vec<_>, _>>()?)
}

fn term(logged: &Logged, policy: &impl Policy, expected: &Expected) -> Result<Term, ExplorationError> {
    check_context(&logged.context, expected.belief.dimensions)?;
    check_numbers(&[logged.reward])?;
    check_candidates(&logged.candidates)?;
    let place = place(&logged.candidates, logged.arm)?;
    if !(logged.propensity > 0.0 && logged.propensity <= 1.0) {
        return Err(ExplorationError::Propensity(logged.propensity));
    }
    let probabilities = policy.probabilities(&logged.context, &logged.candidates)?;
    check_probabilities(&probabilities, logged.candidates.len())?;
    let weight = probabilities[place] / logged.propensity;
    let of_policy: f64 =
        logged.candidates.iter().zip(&probabilities).map(|(&arm, p)| p * expected.reward(&logged.context, arm)).sum();
    let off = logged.reward - expected.reward(&logged.context, logged.arm);
    Ok(Term { weight, reward: logged.reward, doubly_robust: of_policy + weight * off })
}

/// The reward model: what the decisions so far say.
struct Expected {
    belief: Belief,
    arms: BTreeMap<usize, Model>,
}

impl Expected {
    fn reward(&self, context: &[f64], arm: usize) -> f64 {
        self.arms.get(&arm).map_or(self.belief.reward, |model| model.mean(context))
    }

    fn learn(&mut self, logged: &Logged) -> Result<(), ExplorationError> {
        let model = self.arms.entry(logged.arm).or_insert_with(|| Model::new(self.belief));
        model.learn(&logged.context, logged.reward)
    }
}

fn summary(terms: &[Term]) -> Result<Evaluation, ExplorationError> {
    let total: f64 = terms.iter().map(|term| term.weight).sum();
    let squares: f64 = terms.iter().map(|term| term.weight * term.weight).sum();
    if total <= 0.0 {
        return Err(ExplorationError::Overlap);
    }
    Ok(Evaluation {
        ips: mean(terms.iter().map(|term| term.weight * term.reward)),
        snips: ratio(terms, total),
        doubly_robust: mean(terms.iter().map(|term| term.doubly_robust)),
        weight: mean(terms.iter().map(|term| term.weight)),
        effective_decisions: total * total / squares,
    })
}

/// The mean of independent values and its standard error.
fn mean(values: impl ExactSizeIterator<Item = f64> + Clone) -> Estimate {
    let count = values.len() as f64;
    let value = values.clone().sum::<f64>() / count;
    let squares: f64 = values.map(|each| (each - value) * (each - value)).sum();
    Estimate { value, standard_error: libm::sqrt(squares / (count - 1.0) / count) }
}

/// Σ w · reward / Σ w, with the standard error of a ratio of means (delta method).
fn ratio(terms: &[Term], total: f64) -> Estimate {
    let value = terms.iter().map(|term| term.weight * term.reward).sum::<f64>() / total;
    let off = |term: &Term| term.weight * (term.reward - value);
    let squares: f64 = terms.iter().map(|term| off(term) * off(term)).sum();
    let count = terms.len() as f64;
    Estimate { value, standard_error: libm::sqrt(squares * count / (count - 1.0)) / total }
}
