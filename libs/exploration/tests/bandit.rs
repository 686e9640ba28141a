//! The bandit on a generated stream.

mod generated;

use generated::{ARMS, CANDIDATES, DIMENSIONS, chance, events, value};
use reel_exploration::{Bandit, Exploration, ExplorationError, Policy, Settings, Sums, always};

const KINDS: [Exploration; 2] = [Exploration::Thompson(0.1), Exploration::UpperBound(0.3)];

fn settings(exploration: Exploration) -> Settings {
    Settings { exploration, ..Settings::new(DIMENSIONS) }
}

/// A bandit that has been through a stream, and what it earned for each decision.
fn trained(exploration: Exploration, count: usize, seed: u64) -> (Bandit, f64) {
    let mut bandit = Bandit::new(settings(exploration), ARMS).unwrap();
    let mut earned = 0.0;
    for (index, event) in events(count, seed).iter().enumerate() {
        let decision = bandit.choose(&event.context, &CANDIDATES, (seed << 32) | index as u64).unwrap();
        let reward = event.rewards[decision.arm];
        bandit.learn(&event.context, decision.arm, reward).unwrap();
        earned += reward;
    }
    (bandit, earned / count as f64)
}

#[test]
fn it_beats_the_best_fixed_arm() {
    let contexts = events(10_000, 99);
    let fixed = CANDIDATES.map(|arm| value(&always(arm), &contexts)).into_iter().fold(0.0, f64::max);
    let best =
        |event: &generated::Event| CANDIDATES.map(|arm| chance(&event.context, arm)).into_iter().fold(0.0, f64::max);
    let possible = contexts.iter().map(best).sum::<f64>() / contexts.len() as f64;
    for exploration in KINDS {
        let earned = (0..4).map(|seed| trained(exploration, 3_000, seed).1).sum::<f64>() / 4.0;
        let gained = (earned - fixed) / (possible - fixed);
        assert!(gained > 0.4, "{exploration:?} earned {earned}, the best arm {fixed}, possible is {possible}");
    }
}

#[test]
fn arms_are_shown_as_often_as_their_propensity_says() {
    let (bandit, _) = trained(Exploration::Thompson(0.5), 300, 1);
    let context = [1.0, 0.5, 0.5];
    let probabilities = bandit.probabilities(&context, &CANDIDATES).unwrap();
    assert!(probabilities.iter().filter(|&&p| p > 0.05).count() > 1, "{probabilities:?}");
    let mut shown = [0.0; ARMS];
    for seed in 0..20_000 {
        let decision = bandit.choose(&context, &CANDIDATES, seed).unwrap();
        assert_eq!(decision.propensity, probabilities[decision.arm]);
        shown[decision.arm] += 1.0 / 20_000.0;
    }
    for (shown, p) in shown.iter().zip(probabilities) {
        assert!((shown - p).abs() < 4.0 * (p * (1.0 - p) / 20_000.0).sqrt(), "{shown}, not {p}");
    }
}

#[test]
fn every_candidate_may_be_shown_and_no_other() {
    for exploration in KINDS {
        let (bandit, _) = trained(exploration, 3_000, 2);
        let probabilities = bandit.probabilities(&[1.0, 1.0, 0.0], &[1, 2, 3]).unwrap();
        assert_eq!(probabilities.len(), 3);
        assert!(probabilities.iter().all(|&p| p >= 0.01 / 3.0), "{probabilities:?}");
        assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(probabilities[0] > 0.9, "{probabilities:?}");
        assert!((0..500).all(|seed| bandit.choose(&[1.0, 1.0, 0.0], &[1, 2, 3], seed).unwrap().arm != 0));
    }
}

#[test]
fn the_same_seeds_give_the_same_choices() {
    assert_eq!(trained(Exploration::Thompson(0.2), 500, 3), trained(Exploration::Thompson(0.2), 500, 3));
    let bandit = Bandit::new(settings(KINDS[0]), ARMS).unwrap();
    let arms = |seeds: std::ops::Range<u64>| seeds.map(|seed| bandit.choose(&[1.0; 3], &CANDIDATES, seed).unwrap().arm);
    assert!(arms(0..50).collect::<Vec<_>>() != arms(50..100).collect::<Vec<_>>());
}

#[test]
fn new_content_is_tried_as_far_as_it_is_hoped_for() {
    for (expected, tried) in [(1.0, 0.9..1.0), (0.0, 0.0..0.01)] {
        let settings = Settings { expected, ..settings(Exploration::Thompson(0.05)) };
        let mut bandit = Bandit::new(settings, 1).unwrap();
        events(200, 4).iter().for_each(|event| bandit.learn(&event.context, 0, event.rewards[0]).unwrap());
        let arm = bandit.add_arm();
        assert_eq!(arm, 1);
        let probabilities = bandit.probabilities(&[1.0, 0.2, 0.2], &[0, arm]).unwrap();
        assert!(tried.contains(&probabilities[arm]), "{expected}: {probabilities:?}");
    }
}

#[test]
fn batches_merge_in_any_order() {
    let events = events(400, 5);
    let mut whole = Bandit::new(settings(KINDS[0]), ARMS).unwrap();
    let mut batches = vec![vec![Sums::new(DIMENSIONS); ARMS]; 3];
    for (index, event) in events.iter().enumerate() {
        let arm = index % ARMS;
        whole.learn(&event.context, arm, event.rewards[arm]).unwrap();
        batches[index % 3][arm].add(&event.context, event.rewards[arm]).unwrap();
    }
    let context = [1.0, 0.3, 0.9];
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
        let mut merged = Bandit::new(settings(KINDS[0]), ARMS).unwrap();
        order.iter().for_each(|&batch| merged.merge(&batches[batch]).unwrap());
        for arm in CANDIDATES {
            let (found, expected) = (merged.expect(&context, arm).unwrap(), whole.expect(&context, arm).unwrap());
            assert!((found.0 - expected.0).abs() < 1e-12 && (found.1 - expected.1).abs() < 1e-12);
            assert_eq!(merged.sums(arm).unwrap().count(), 100);
        }
    }
}

#[test]
fn a_stored_bandit_goes_on_as_before() {
    let (bandit, _) = trained(Exploration::Thompson(0.2), 500, 6);
    let text = serde_json::to_string(&bandit).unwrap();
    let stored: Bandit = serde_json::from_str(&text).unwrap();
    for arm in CANDIDATES {
        assert_eq!(stored.sums(arm).unwrap().count(), bandit.sums(arm).unwrap().count());
        let (a, b) = (stored.expect(&[1.0, 0.5, 0.5], arm).unwrap(), bandit.expect(&[1.0, 0.5, 0.5], arm).unwrap());
        assert!((a.0 - b.0).abs() < 1e-12 && (a.1 - b.1).abs() < 1e-12);
    }
    let damaged = text.replacen("\"moment\":[", "\"moment\":[0.5,", 1);
    let why = serde_json::from_str::<Bandit>(&damaged).unwrap_err().to_string();
    assert!(why.contains("damaged"), "{why}");
    let floorless = text.replacen("\"floor\":0.01", "\"floor\":0.0", 1);
    assert!(serde_json::from_str::<Bandit>(&floorless).is_err());
}

#[test]
fn bad_input_is_an_error() {
    let mut bandit = Bandit::new(settings(KINDS[0]), ARMS).unwrap();
    let fresh = bandit.clone();
    let short = ExplorationError::Dimensions { expected: 3, found: 1 };
    assert_eq!(bandit.choose(&[1.0], &CANDIDATES, 0), Err(short.clone()));
    assert_eq!(bandit.choose(&[f64::NAN; 3], &CANDIDATES, 0), Err(ExplorationError::Number));
    assert_eq!(bandit.choose(&[1.0; 3], &[], 0), Err(ExplorationError::Candidates));
    assert_eq!(bandit.choose(&[1.0; 3], &[1, 1], 0), Err(ExplorationError::Candidates));
    assert_eq!(bandit.choose(&[1.0; 3], &[1, 4], 0), Err(ExplorationError::Arm(4)));
    assert_eq!(bandit.learn(&[1.0; 3], 4, 1.0), Err(ExplorationError::Arm(4)));
    assert_eq!(bandit.learn(&[1.0], 0, 1.0), Err(short.clone()));
    assert_eq!(bandit.learn(&[1.0; 3], 0, f64::NAN), Err(ExplorationError::Number));
    assert_eq!(bandit.merge(&[Sums::new(3), Sums::new(1)]), Err(short));
    assert_eq!(bandit.merge(&vec![Sums::new(3); 5]), Err(ExplorationError::Arm(4)));
    assert_eq!(bandit, fresh);
    // Nothing is known and nothing can be told from a context of zeros: all alike.
    assert_eq!(bandit.probabilities(&[0.0; 3], &CANDIDATES).unwrap(), [0.25; 4]);
}
