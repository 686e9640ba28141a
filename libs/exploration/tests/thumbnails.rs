//! The A/B/n test, looked at over and over.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use reel_exploration::{Choice, Counts, ExplorationError, Prior, SegmentChoice, Test};

/// The click rates of the example: B is the best.
const RATES: [f64; 3] = [0.032, 0.048, 0.029];

fn counts(trials: u64, successes: u64) -> Counts {
    Counts::new(trials, successes).unwrap()
}

/// Shows candidates by chance and looks after every `every` impressions, until there is a winner or `most` are shown.
/// The rates may change with the share of the impressions that are over.
fn play(
    seed: u64,
    every: u64,
    most: u64,
    rates: impl Fn(f64) -> [f64; 3],
    mut look: impl FnMut(&[Counts]) -> Option<usize>,
) -> Option<(usize, u64)> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut seen = [Counts::default(); 3];
    for impression in 1..=most {
        let shown = random.random_range(0..3);
        let clicked = random.random::<f64>() < rates(impression as f64 / most as f64)[shown];
        seen[shown] = seen[shown].plus(&counts(1, u64::from(clicked)));
        if impression % every == 0
            && let Some(winner) = look(&seen)
        {
            return Some((winner, impression));
        }
    }
    None
}

/// What one does without thinking of looks: a z test of the two best, two-sided at 0.1.
fn naive(seen: &[Counts]) -> Option<usize> {
    let mut order = [0, 1, 2];
    order.sort_by(|&a, &b| seen[b].rate().total_cmp(&seen[a].rate()));
    let (one, other) = (&seen[order[0]], &seen[order[1]]);
    let pooled = one.plus(other).rate();
    let error = (pooled * (1.0 - pooled) * (1.0 / one.trials as f64 + 1.0 / other.trials as f64)).sqrt();
    (one.trials.min(other.trials) > 100 && (one.rate() - other.rate()) / error > 1.645).then_some(order[0])
}

/// How many of so many tests without a difference have a winner.
fn false_winners(tests: u64, rates: impl Fn(f64) -> [f64; 3] + Copy, look: impl Fn(&[Counts]) -> Option<usize>) -> u64 {
    (0..tests).filter(|&seed| play(seed, 100, 8_000, rates, &look).is_some()).count() as u64
}

#[test]
fn no_difference_has_a_winner_in_fewer_cases_than_alpha() {
    let test = Test { alpha: 0.1, ..Test::default() };
    let look = |seen: &[Counts]| test.look(seen).unwrap().winner;
    let same = false_winners(300, |_| [0.04; 3], look);
    assert!(same <= 30, "{same} of 300");
    // A rate that triples within the test, for all alike.
    let drift = false_winners(150, |over| [0.02 + 0.04 * over; 3], look);
    assert!(drift <= 15, "{drift} of 150");
    // So that the above is able to fail: the same looks at another statistic.
    let naive = false_winners(150, |_| [0.04; 3], naive);
    assert!(naive > 22, "{naive} of 150");
}

/// Under a difference the false error is to take one that is not the best.
#[test]
fn the_example_ends_with_b() {
    let test = Test::default();
    let ends: Vec<(usize, u64)> = (0..30)
        .map(|seed| play(seed, 200, 200_000, |_| RATES, |seen| test.look(seen).unwrap().winner).expect("a winner"))
        .collect();
    assert!(ends.iter().all(|(winner, _)| *winner == 1), "{ends:?}");
    let mut impressions: Vec<u64> = ends.iter().map(|(_, impressions)| *impressions).collect();
    impressions.sort_unstable();
    assert!(impressions[15] < 20_000, "{impressions:?}");
}

#[test]
fn the_counts_of_the_example_say_b() {
    let test = Test::default();
    let early = test.look(&[counts(500, 16), counts(500, 24), counts(500, 14)]).unwrap();
    assert_eq!(early.winner, None);
    assert!(early.standings.iter().all(|standing| !standing.beaten && standing.progress < 1.0));
    let late = test.look(&[counts(10_000, 320), counts(10_000, 480), counts(10_000, 290)]).unwrap();
    assert_eq!(late.winner, Some(1));
    assert_eq!(late.standings.iter().map(|standing| standing.beaten).collect::<Vec<_>>(), [true, false, true]);
    let b = late.standings[1];
    assert!(b.low < b.rate && b.rate < b.high && b.low > 0.04 && b.high < 0.056 && b.progress == 1.0, "{b:?}");
}

#[test]
fn tastes_that_differ_get_their_own() {
    let test = Test::default();
    let all = [counts(20_000, 640), counts(20_000, 960), counts(20_000, 580)];
    let history_and_period_drama = vec![counts(3_000, 210), counts(3_000, 110), counts(3_000, 90)];
    let like_all = vec![counts(5_000, 160), counts(5_000, 240), counts(5_000, 145)];
    let by_chance = vec![counts(3_000, 125), counts(3_000, 110), counts(3_000, 90)];
    let few = vec![counts(100, 30), counts(100, 1), counts(100, 1)];
    let segments = [like_all, history_and_period_drama, by_chance, few];
    let a = SegmentChoice { segment: 1, candidate: 0 };
    assert_eq!(test.choose(&all, &segments, 1_000), Ok(Some(Choice { winner: 1, segments: vec![a] })));
    let small = SegmentChoice { segment: 3, candidate: 0 };
    assert_eq!(test.choose(&all, &segments, 0).unwrap().unwrap().segments, [a, small]);
    let undecided = [counts(500, 16), counts(500, 24), counts(500, 14)];
    assert_eq!(test.choose(&undecided, &segments, 0), Ok(None));
    assert_eq!(test.choose(&all, &[], 0).unwrap().unwrap().segments, []);
}

/// Many segments that are as all: by chance one of them may differ, but seldom.
#[test]
fn segments_that_do_not_differ_get_the_winner() {
    let test = Test { alpha: 0.1, ..Test::default() };
    let mut random = Xoshiro256PlusPlus::seed_from_u64(8);
    let all = [counts(20_000, 640), counts(20_000, 960), counts(20_000, 580)];
    let mut wrong = 0;
    for _ in 0..40 {
        let mut segments = vec![vec![Counts::default(); 3]; 10];
        let mut differs = false;
        for _ in 0..30 {
            for counted in segments.iter_mut().flatten() {
                let clicks = (0..25).filter(|_| random.random::<f64>() < 0.04).count() as u64;
                *counted = counted.plus(&counts(25, clicks));
            }
            differs |= !test.choose(&all, &segments, 0).unwrap().unwrap().segments.is_empty();
        }
        wrong += u64::from(differs);
    }
    assert!(wrong <= 4, "{wrong} of 40");
}

#[test]
fn bad_input_is_an_error() {
    let test = Test::default();
    let good = counts(100, 5);
    assert_eq!(test.look(&[good]), Err(ExplorationError::Compared { expected: 2, found: 1 }));
    let wrong = Counts { trials: 1, successes: 2 };
    assert_eq!(test.look(&[good, wrong]), Err(ExplorationError::Counts { trials: 1, successes: 2 }));
    assert!(test.look(&[good, Counts { trials: u64::MAX, successes: 1 }]).is_err());
    let segments = [vec![good; 3]];
    assert_eq!(test.choose(&[good; 2], &segments, 0), Err(ExplorationError::Compared { expected: 2, found: 3 }));
    for alpha in [0.0, 1.0, f64::NAN] {
        assert!(matches!(Test { alpha, ..test }.look(&[good; 2]), Err(ExplorationError::Setting("alpha", _))));
    }
    let prior = Prior { successes: 0.0, failures: 1.0 };
    assert!(Test { prior, ..test }.look(&[good; 2]).is_err());
    // Nothing shown, nothing clicked, everything clicked: no evidence is no error.
    assert_eq!(test.look(&[counts(0, 0), counts(0, 0)]).unwrap().winner, None);
    assert_eq!(test.look(&[counts(500, 0), counts(500, 500)]).unwrap().winner, Some(1));
}
