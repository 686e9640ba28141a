//! How fast attempts at what could be guessed may follow one another: some are free, and after them each
//! delays the next twice as long as the one before, up to an end. Nobody is shut out for ever.
#![deny(missing_docs)]

use reel_api::{Millis, Problem};
use serde::{Deserialize, Serialize};

const SECOND: Millis = 1_000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;

/// Some attempts are free; after them each delays the next twice as long as the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    free: u32,
    first_ms: Millis,
    longest_ms: Millis,
    /// After what time without an attempt none was made.
    pub forgotten_ms: Millis,
}

/// Passwords for one address: five, then delays of 1 s to 15 minutes. So a day has some 110 guesses.
pub const PASSWORD: Pace = Pace { free: 5, first_ms: SECOND, longest_ms: 15 * MINUTE, forgotten_ms: 24 * HOUR };
/// Failures of one network, of which many people may be: thirty, then delays of 1 s to a minute.
pub const CLIENT: Pace = Pace { free: 30, first_ms: SECOND, longest_ms: MINUTE, forgotten_ms: HOUR };
/// PINs of one profile: five, then delays of a second to an hour.
pub const PIN: Pace = Pace { free: 5, first_ms: SECOND, longest_ms: HOUR, forgotten_ms: 24 * HOUR };
/// Mails to one address: three, then delays of a minute to six hours.
pub const MAIL: Pace = Pace { free: 3, first_ms: MINUTE, longest_ms: 6 * HOUR, forgotten_ms: 24 * HOUR };

/// What was attempted, as it is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    count: u32,
    last_at: Millis,
}

impl Attempts {
    /// For how long the next attempt is too early, in milliseconds.
    pub fn wait_ms(&self, pace: &Pace, now: Millis) -> Millis {
        (self.last_at + pace.delay_ms(self.count)).saturating_sub(now)
    }

    /// Refuses an attempt that comes too early.
    ///
    /// # Errors
    /// A 429 problem that says how long to wait; the same whomever it is about, and whether there is anybody.
    pub fn admit(&self, pace: &Pace, now: Millis) -> Result<(), Problem> {
        match self.wait_ms(pace, now).div_ceil(SECOND) {
            0 => Ok(()),
            seconds => Err(too_many(u32::try_from(seconds).unwrap_or(u32::MAX))),
        }
    }

    /// With one more.
    pub fn and_one(self, now: Millis) -> Self {
        Self { count: self.count.saturating_add(1), last_at: now }
    }
}

/// The refusal of an attempt that comes so many seconds too early.
pub fn too_many(seconds: u32) -> Problem {
    let detail = format!("there were too many attempts: wait {seconds} s");
    Problem { retry_after: Some(seconds), ..Problem::new(429, "too-many-attempts", "Too many attempts", detail) }
}

impl Pace {
    fn delay_ms(&self, attempts: u32) -> Millis {
        match attempts.checked_sub(self.free) {
            None => 0,
            Some(beyond) => {
                self.first_ms.saturating_mul(1_u64.checked_shl(beyond).unwrap_or(u64::MAX)).min(self.longest_ms)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(attempts: u32) -> Attempts {
        Attempts { count: attempts, last_at: 1_000_000 }
    }

    #[test]
    fn the_first_attempts_are_free_and_then_each_delays_twice_as_long() {
        let delays: Vec<_> = (0..18).map(|n| after(n).wait_ms(&PASSWORD, 1_000_000) / SECOND).collect();
        assert_eq!(delays[..10], [0, 0, 0, 0, 0, 1, 2, 4, 8, 16]);
        assert_eq!((delays[14], delays[15], delays[17]), (512, 900, 900), "a delay has an end");
        assert_eq!(after(u32::MAX).wait_ms(&PASSWORD, 1_000_000), 900 * SECOND);
    }

    #[test]
    fn a_delay_passes() {
        assert_eq!(after(7).wait_ms(&PASSWORD, 1_003_999), 1);
        assert_eq!(after(7).wait_ms(&PASSWORD, 1_004_000), 0);
        let refusal = after(7).admit(&PASSWORD, 1_000_001).unwrap_err();
        assert_eq!((refusal.status, refusal.retry_after), (429, Some(4)));
        assert_eq!(after(7).admit(&PASSWORD, 1_004_000), Ok(()));
        assert_eq!(after(4).and_one(2_000_000), Attempts { count: 5, last_at: 2_000_000 });
    }

    /// What the comments promise: guesses that wait exactly as long as they must.
    #[test]
    fn a_day_has_few_guesses() {
        let (mut attempts, mut now, mut guesses) = (Attempts::default(), 1_000_000, 0);
        while now < 1_000_000 + 24 * HOUR {
            now += attempts.wait_ms(&PASSWORD, now);
            attempts = attempts.and_one(now);
            guesses += 1;
        }
        assert!((100..=115).contains(&guesses), "{guesses}");
    }
}
