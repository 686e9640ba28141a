//! How good lists are, and how sure that is.

use crate::made_up::splitmix64;

/// How long a list is.
pub(crate) const LENGTH: usize = 20;
/// How often users are drawn anew.
const DRAWS: u64 = 1_000;

/// One user's list against what was held out.
#[derive(Clone, Copy, Default)]
pub(crate) struct Quality {
    pub(crate) recall: f64,
    pub(crate) ndcg: f64,
}

/// A user's quality; none when nothing was held out.
pub(crate) fn quality(list: &[u32], held: &[u32]) -> Option<Quality> {
    if held.is_empty() {
        return None;
    }
    let discount = |rank: usize| 1.0 / (rank as f64 + 2.0).log2();
    let hits = list.iter().take(LENGTH).enumerate().filter(|(_, item)| held.contains(item));
    let (count, gain) = hits.fold((0.0, 0.0), |(count, gain), (rank, _)| (count + 1.0, gain + discount(rank)));
    let best: f64 = (0..held.len().min(LENGTH)).map(discount).sum();
    Some(Quality { recall: count / held.len() as f64, ndcg: gain / best })
}

/// The mean over users.
pub(crate) fn mean(qualities: &[Quality]) -> Quality {
    let number = qualities.len() as f64;
    let sum = |of: fn(&Quality) -> f64| qualities.iter().map(of).sum::<f64>() / number;
    Quality { recall: sum(|quality| quality.recall), ndcg: sum(|quality| quality.ndcg) }
}

/// The standard deviation of a few values about their mean, one degree of freedom less; 0 of one.
pub(crate) fn deviation(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    (squares / (values.len().max(2) - 1) as f64).sqrt()
}

/// The middle one of an odd number of values.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How far the mean moves when the users are drawn anew, with replacement, and nothing else changes.
pub(crate) fn bootstrap(qualities: &[Quality]) -> Quality {
    let draw = |number: u64| {
        let users = (0..qualities.len() as u64).map(|user| splitmix64((number << 32) | user));
        let drawn: Vec<_> = users.map(|hash| qualities[(hash % qualities.len() as u64) as usize]).collect();
        mean(&drawn)
    };
    let means: Vec<Quality> = (0..DRAWS).map(draw).collect();
    let of = |of: fn(&Quality) -> f64| deviation(&means.iter().map(of).collect::<Vec<_>>());
    Quality { recall: of(|mean| mean.recall), ndcg: of(|mean| mean.ndcg) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_list_is_1_and_a_late_hit_is_less() {
        let perfect = quality(&[3, 1], &[1, 3]).unwrap();
        assert_eq!((perfect.recall, perfect.ndcg), (1.0, 1.0));
        let late = quality(&[9, 1], &[1, 3]).unwrap();
        assert_eq!(late.recall, 0.5);
        assert!((late.ndcg - (1.0 / 3f64.log2()) / (1.0 + 1.0 / 3f64.log2())).abs() < 1e-12);
        assert!(quality(&[1], &[]).is_none());
        let beyond: Vec<u32> = (0..21).collect();
        assert_eq!(quality(&beyond, &[20]).unwrap().recall, 0.0, "the 21st is not on the list");
    }

    #[test]
    fn a_deviation_is_that_of_a_sample() {
        assert_eq!(deviation(&[1.0, 3.0]), 2f64.sqrt());
        assert_eq!(deviation(&[5.0]), 0.0);
    }
}
