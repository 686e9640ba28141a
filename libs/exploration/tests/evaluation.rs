//! Estimates from logs, against a truth that is known.

mod generated;

use generated::{ARMS, CANDIDATES, DIMENSIONS, events, value};
use reel_exploration::{Bandit, Estimate, Evaluation, Exploration, ExplorationError, Logged, Policy};
use reel_exploration::{Settings, evaluate, uniform};

const LOGS: u64 = 60;

type Estimator = fn(&Evaluation) -> Estimate;

/// What a bandit logs over a stream, whether it learns meanwhile or not.
fn log(floor: f64, learns: bool, seed: u64) -> Vec<Logged> {
    let settings = Settings { floor, exploration: Exploration::Thompson(0.5), ..Settings::new(DIMENSIONS) };
    let mut bandit = Bandit::new(settings, ARMS).unwrap();
    let entry = |(index, event): (usize, &generated::Event)| {
        let decision = bandit.choose(&event.context, &CANDIDATES, (seed << 32) | index as u64).unwrap();
        let reward = event.rewards[decision.arm];
        if learns {
            bandit.learn(&event.context, decision.arm, reward).unwrap();
        }
        decision.logged(&event.context, &CANDIDATES, reward).unwrap()
    };
    events(800, seed).iter().enumerate().map(entry).collect()
}

/// A policy that follows the context, and at times does not.
fn policy(context: &[f64], candidates: &[usize]) -> Result<Vec<f64>, ExplorationError> {
    let favourite = if context[1] > context[2] { 1 } else { 2 };
    Ok(candidates.iter().map(|&arm| if arm == favourite { 0.85 } else { 0.05 }).collect())
}

/// How good an estimator is, from many evaluations.
struct Quality {
    /// The share within two standard errors of the truth.
    covered: f64,
    /// By how many standard errors of their mean the mean is off.
    off: f64,
    /// The standard error that is given, over the standard deviation that there is.
    claimed: f64,
}

fn quality(evaluations: &[Evaluation], of: Estimator, truth: f64) -> Quality {
    let estimates: Vec<Estimate> = evaluations.iter().map(of).collect();
    let count = estimates.len() as f64;
    let within = estimates.iter().filter(|e| (e.value - truth).abs() <= 2.0 * e.standard_error).count();
    let mean = estimates.iter().map(|e| e.value).sum::<f64>() / count;
    let error = estimates.iter().map(|e| e.standard_error).sum::<f64>() / count;
    let spread = (estimates.iter().map(|e| (e.value - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
    Quality { covered: within as f64 / count, off: (mean - truth) / (spread / count.sqrt()), claimed: error / spread }
}

fn assert_sound(floor: f64, learns: bool) -> Vec<Evaluation> {
    let truth = value(&policy, &events(50_000, 7_777));
    let evaluations: Vec<Evaluation> =
        (0..LOGS).map(|seed| evaluate(&log(floor, learns, seed), &policy, 1.0).unwrap()).collect();
    let estimators: [(&str, Estimator, f64); 4] = [
        ("IPS", |e| e.ips, truth),
        ("SNIPS", |e| e.snips, truth),
        ("doubly robust", |e| e.doubly_robust, truth),
        ("weight", |e| e.weight, 1.0),
    ];
    for (name, of, truth) in estimators {
        let Quality { covered, off, claimed } = quality(&evaluations, of, truth);
        assert!(covered >= 0.88, "{name}: {covered} of the estimates are within two errors");
        assert!(off.abs() < 3.0, "{name}: the mean is {off} standard errors off");
        assert!((0.75..1.33).contains(&claimed), "{name}: the standard errors are {claimed} of what they should be");
    }
    evaluations
}

#[test]
fn a_log_of_chance_is_judged_soundly() {
    let evaluations = assert_sound(1.0, false);
    let error = |of: Estimator| evaluations.iter().map(|e| of(e).standard_error).sum::<f64>();
    assert!(error(|e| e.snips) < error(|e| e.ips));
    assert!(error(|e| e.doubly_robust) < error(|e| e.ips));
}

#[test]
fn the_log_of_a_bandit_that_learns_is_judged_soundly() {
    assert_sound(0.2, true);
}

#[test]
fn wrong_propensities_show_in_the_weight() {
    let mut wrong = log(0.2, true, 1);
    wrong.iter_mut().for_each(|logged| logged.propensity = (logged.propensity * 1.3).min(1.0));
    let weight = evaluate(&wrong, &policy, 1.0).unwrap().weight;
    assert!(weight.value + 3.0 * weight.standard_error < 1.0, "{weight:?}");
}

#[test]
fn the_logging_policy_itself_earns_the_mean() {
    let log = log(1.0, false, 2);
    let found = evaluate(&log, &uniform(), 1.0).unwrap();
    let mean = log.iter().map(|logged| logged.reward).sum::<f64>() / log.len() as f64;
    assert!((found.ips.value - mean).abs() < 1e-12 && (found.snips.value - mean).abs() < 1e-12);
    assert!((found.effective_decisions - log.len() as f64).abs() < 1e-6);
    assert!((found.weight.value - 1.0).abs() < 1e-12);
}

/// Four decisions worked out by hand.
#[test]
fn small_logs_are_as_by_hand() {
    let entry =
        |arm, propensity, reward| Logged { context: vec![1.0], candidates: vec![0, 1], arm, propensity, reward };
    let log = [entry(0, 0.5, 1.0), entry(1, 0.5, 1.0), entry(0, 0.25, 0.0), entry(0, 0.5, 1.0)];
    let found = evaluate(&log, &reel_exploration::always(0), 1.0).unwrap();
    assert!((found.ips.value - 1.0).abs() < 1e-12);
    assert!((found.snips.value - 0.5).abs() < 1e-12);
    assert!((found.weight.value - 2.0).abs() < 1e-12);
    // Expected of arm 0: 0, 1/2, 1/2, 1/3; put right: 2, 1/2, 1/2 − 4/2, 1/3 + 2 · 2/3.
    assert!((found.doubly_robust.value - (2.0 + 0.5 - 1.5 + 5.0 / 3.0) / 4.0).abs() < 1e-12);
    // w · reward: 2, 0, 0, 2; a variance of 4/3, by 4 decisions.
    assert!((found.ips.standard_error - (1.0_f64 / 3.0).sqrt()).abs() < 1e-12);
    // w · (reward − 1/2): 1, 0, −2, 1; squares 6 · 4/3, over Σ w = 8.
    assert!((found.snips.standard_error - 8.0_f64.sqrt() / 8.0).abs() < 1e-12);
    assert!((found.effective_decisions - 64.0 / 24.0).abs() < 1e-12);
}

#[test]
fn a_wrong_line_is_named() {
    let good = log(1.0, false, 3);
    let why = |change: fn(&mut Logged)| {
        let mut log = good.clone();
        change(&mut log[2]);
        match evaluate(&log, &policy, 1.0) {
            Err(ExplorationError::Logged(2, why)) => *why,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(why(|logged| logged.propensity = 0.0), ExplorationError::Propensity(0.0));
    assert!(matches!(why(|logged| logged.propensity = f64::NAN), ExplorationError::Propensity(_)));
    assert_eq!(why(|logged| logged.reward = f64::NAN), ExplorationError::Number);
    assert_eq!(why(|logged| logged.arm = 9), ExplorationError::Arm(9));
    assert_eq!(why(|logged| logged.candidates.reverse()), ExplorationError::Candidates);
    assert_eq!(why(|logged| logged.context.truncate(1)), ExplorationError::Dimensions { expected: 3, found: 1 });
    assert_eq!(evaluate(&good[..1], &policy, 1.0), Err(ExplorationError::Short(1)));
    let lame = |_: &[f64], candidates: &[usize]| Ok(vec![0.1; candidates.len()]);
    assert_eq!(
        evaluate(&good, &lame, 1.0),
        Err(ExplorationError::Logged(0, Box::new(ExplorationError::Probabilities)))
    );
    let never: Vec<Logged> = good.iter().filter(|logged| logged.arm != 0).cloned().collect();
    assert_eq!(evaluate(&never, &reel_exploration::always(0), 1.0), Err(ExplorationError::Overlap));
    assert!(uniform().probabilities(&[], &[]).unwrap().is_empty());
}
