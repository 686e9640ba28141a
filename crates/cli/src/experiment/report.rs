//! What a slot earned, and what other policies would have earned in its place.

use super::log::Log;
use reel_exploration::{
    Bandit, Estimate, Evaluation, Exploration, ExplorationError, Logged, Policy, Settings, evaluate, uniform,
};
use serde::Serialize;
use std::fmt;

/// The weight of the evaluation's prior.
const RIDGE: f64 = 1.0;
/// The first half teaches, the second is judged: fewer decisions say nothing.
const LEAST: usize = 20;

/// A slot, over some days.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    slot: String,
    /// Decisions whose cards were seen, and how many of them led to a play.
    decisions: usize,
    played: usize,
    /// How many of them, the later half, the policies are judged by; 0 when there are too few.
    judged: usize,
    /// What the slot did among those, as a share that led to a play.
    logged: Option<Estimate>,
    /// What others would have earned.
    policies: Vec<Judged>,
}

/// A policy, judged by the log of another one.
#[derive(Debug, Serialize)]
struct Judged {
    policy: &'static str,
    /// None when it would have done nothing of what was done.
    #[serde(flatten)]
    evaluation: Option<Evaluation>,
}

/// Judges policies by the later half of a slot's log; what learns learns from the earlier half alone.
///
/// # Errors
/// When the log cannot be.
pub(crate) fn report(slot: &str, log: &Log) -> Result<Report, ExplorationError> {
    let decisions = &log.decisions;
    let played = decisions.iter().filter(|decision| decision.reward > 0.0).count();
    let (slot, count) = (slot.to_owned(), decisions.len());
    if count < LEAST {
        return Ok(Report { slot, decisions: count, played, judged: 0, logged: None, policies: Vec::new() });
    }
    let (earlier, later) = decisions.split_at(count / 2);
    let policies = vec![
        judged("one of the titles, by chance", later, &uniform())?,
        judged("the title that earns most by what is known", later, &greedy(earlier, log.arms)?)?,
    ];
    Ok(Report { slot, decisions: count, played, judged: later.len(), logged: Some(mean(later)), policies })
}

fn judged(policy: &'static str, log: &[Logged], of: &impl Policy) -> Result<Judged, ExplorationError> {
    match evaluate(log, of, RIDGE) {
        Ok(evaluation) => Ok(Judged { policy, evaluation: Some(evaluation) }),
        Err(ExplorationError::Overlap) => Ok(Judged { policy, evaluation: None }),
        Err(error) => Err(error),
    }
}

/// The policy that always takes what has earned most, and tries nothing.
fn greedy(log: &[Logged], arms: usize) -> Result<Bandit, ExplorationError> {
    let dimensions = log.first().map_or(1, |decision| decision.context.len());
    let settings =
        Settings { expected: 0.0, exploration: Exploration::Thompson(0.0), floor: 1e-6, ..Settings::new(dimensions) };
    let mut bandit = Bandit::new(settings, arms)?;
    for decision in log {
        bandit.learn(&decision.context, decision.arm, decision.reward)?;
    }
    Ok(bandit)
}

/// What the log's own policy earned.
fn mean(log: &[Logged]) -> Estimate {
    let count = log.len() as f64;
    let value = log.iter().map(|decision| decision.reward).sum::<f64>() / count;
    Estimate { value, standard_error: (value * (1.0 - value) / count).sqrt() }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { slot, decisions, played, judged, .. } = self;
        writeln!(f, "slot {slot}: {decisions} titles were shown and seen, {played} of them were played within a day")?;
        let Some(logged) = &self.logged else {
            return writeln!(f, "too few to judge a policy by: {LEAST} are the least\n");
        };
        writeln!(f, "plays of 100 such titles, by the later {judged} (± standard error):\n")?;
        writeln!(
            f,
            "{:<46}{:>14}{:>14}{:>16}{:>14}{:>8}",
            "policy", "IPS", "SNIPS", "doubly robust", "mean weight", "worth"
        )?;
        writeln!(f, "{:<46}{:>14}", "what the slot did", percent(logged))?;
        for Judged { policy, evaluation } in &self.policies {
            match evaluation {
                Some(e) => writeln!(
                    f,
                    "{policy:<46}{:>14}{:>14}{:>16}{:>14}{:>8.0}",
                    percent(&e.ips),
                    percent(&e.snips),
                    percent(&e.doubly_robust),
                    format!("{:.2} ± {:.2}", e.weight.value, e.weight.standard_error),
                    e.effective_decisions
                )?,
                None => writeln!(f, "{policy:<46}  the slot never did what it would have done")?,
            }
        }
        writeln!(
            f,
            "\nA mean weight far from 1 says that the logged chances are wrong; \"worth\" is how many decisions of the"
        )?;
        writeln!(f, "policy's own would say as much: with few, do not rely on the errors.\n")
    }
}

fn percent(estimate: &Estimate) -> String {
    format!("{:.1} ± {:.1}", 100.0 * estimate.value, 100.0 * estimate.standard_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of three titles the first is played by half of the viewers, the others by a tenth; the slot shows the first in
    /// a fifth of the cases.
    fn log(count: usize) -> Log {
        let decisions = (0..count).map(|n| {
            let arm = [0, 1, 2, 1, 2][n % 5];
            let propensity = if arm == 0 { 0.2 } else { 0.4 };
            let every = if arm == 0 { 2 } else { 10 };
            let reward = if (n / 5).is_multiple_of(every) { 1.0 } else { 0.0 };
            Logged { context: vec![1.0], candidates: vec![0, 1, 2], arm, propensity, reward }
        });
        Log { decisions: decisions.collect(), arms: 3 }
    }

    #[test]
    fn what_other_policies_would_have_earned_is_told_with_its_error() {
        let report = report("discover", &log(4_000)).unwrap();
        let logged = report.logged.unwrap();
        assert!((logged.value - 0.18).abs() < 0.01, "{logged:?}");
        let truth = [(0.5 + 0.1 + 0.1) / 3.0, 0.5];
        for (judged, truth) in report.policies.iter().zip(truth) {
            let e = judged.evaluation.unwrap();
            for estimate in [e.ips, e.snips, e.doubly_robust] {
                assert!(
                    (estimate.value - truth).abs() < 2.0 * estimate.standard_error + 0.01,
                    "{judged:?}, not {truth}"
                );
            }
            assert!((e.weight.value - 1.0).abs() < 0.02);
        }
        let table = report.to_string();
        assert!(table.contains("slot discover: 4000 titles") && table.contains("by chance"), "{table}");
    }

    #[test]
    fn few_decisions_are_said_to_be_few() {
        let report = report("discover", &log(19)).unwrap();
        assert!(report.policies.is_empty() && report.to_string().contains("too few"));
    }
}
