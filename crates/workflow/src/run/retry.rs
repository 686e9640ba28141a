//! Whether and when a failed state is tried again.

use super::journal::Position;
use crate::failure::Failure;
use crate::machine::Retrier;
use reel_capabilities::Millis;
use uuid::Uuid;

/// Counts another attempt when a retrier still allows one, and says after how long it is
/// due. `seed` makes the jitter of one attempt differ from that of another.
pub(super) fn next_attempt(retriers: &[Retrier], failure: &Failure, at: &mut Position, seed: &str) -> Option<Millis> {
    let index = retriers.iter().position(|retrier| failure.is_among(&retrier.errors))?;
    at.attempts.resize(retriers.len(), 0);
    let (retrier, used) = (retriers.get(index)?, at.attempts.get_mut(index)?);
    if *used >= retrier.max_attempts {
        return None;
    }
    let delay = delay(retrier, *used);
    *used += 1;
    Some(if retrier.jitter { (delay as f64 * fraction(seed)) as Millis } else { delay })
}

/// How long to wait after so many attempts, in milliseconds.
fn delay(retrier: &Retrier, used: u32) -> Millis {
    let grown = retrier.interval_seconds as f64 * retrier.backoff_rate.powi(used.min(1_000) as i32);
    let most = retrier.max_delay_seconds.map_or(f64::MAX, |most| most as f64);
    // A conversion beyond the largest integer is cut there.
    (grown.min(most) * 1_000.0) as Millis
}

/// A number from 0 to 1 that a seed decides.
fn fraction(seed: &str) -> f64 {
    let (high, _) = Uuid::new_v5(&Uuid::NAMESPACE_OID, seed.as_bytes()).as_u64_pair();
    high as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn retrier(errors: &[&str], most: u32, limit: Option<u64>, jitter: bool) -> Retrier {
        Retrier {
            errors: errors.iter().map(|e| (*e).to_owned()).collect(),
            interval_seconds: 3,
            backoff_rate: 2.0,
            max_attempts: most,
            max_delay_seconds: limit,
            jitter,
        }
    }

    fn delays(retriers: &[Retrier], errors: &[&str]) -> Vec<Option<Millis>> {
        let mut at = Position::start("S", Value::Null, 0);
        errors.iter().map(|e| next_attempt(retriers, &Failure::new(*e, ""), &mut at, "x")).collect()
    }

    #[test]
    fn delays_grow_up_to_their_limit() {
        let retriers = [retrier(&["A"], 4, Some(10), false)];
        let expected = [Some(3_000), Some(6_000), Some(10_000), Some(10_000), None];
        assert_eq!(delays(&retriers, &["A"; 5]), expected);
    }

    #[test]
    fn each_retrier_counts_for_itself() {
        let retriers = [retrier(&["A"], 1, None, false), retrier(&["States.ALL"], 2, None, false)];
        let expected = [Some(3_000), Some(3_000), Some(6_000), None, None];
        assert_eq!(delays(&retriers, &["A", "B", "B", "A", "B"]), expected);
    }

    #[test]
    fn what_cannot_mend_is_not_tried_again() {
        let retriers = [retrier(&["States.ALL"], 3, None, false)];
        assert_eq!(delays(&retriers, &["States.Runtime", "States.DataLimitExceeded"]), [None, None]);
        let retriers = [retrier(&["States.TaskFailed"], 3, None, false)];
        assert_eq!(delays(&retriers, &["States.Timeout", "A"]), [None, Some(3_000)]);
    }

    #[test]
    fn jitter_stays_below_the_delay() {
        let retriers = [retrier(&["A"], 1, None, true)];
        assert!(matches!(delays(&retriers, &["A"])[..], [Some(delay)] if delay <= 3_000));
    }

    #[test]
    fn a_huge_delay_does_not_overflow() {
        let mut huge = retrier(&["A"], u32::MAX, None, false);
        huge.backoff_rate = 1e300;
        assert_eq!(delay(&huge, u32::MAX), Millis::MAX);
    }
}
