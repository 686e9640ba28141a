//! How far the time of events has come.

use reel_api::Millis;

/// Events come at most so much out of order, as a rule: by so much the watermark stands
/// behind the latest event, in milliseconds.
pub const OUT_OF_ORDER_MS: u64 = 60_000;
/// What comes so far behind the watermark still counts in its window, in milliseconds: two
/// days, for a film may be paused overnight and a device be offline for a while.
pub const LATENESS_MS: u64 = 2 * 24 * 3_600_000;

/// The time up to which events have come in, but for those that are late: some way behind
/// the latest of them.
pub fn watermark(latest: Millis) -> Millis {
    latest.saturating_sub(OUT_OF_ORDER_MS)
}

/// Whether a moment is too long ago to be counted in its window.
pub fn is_late(at: Millis, latest: Millis) -> bool {
    at.saturating_add(LATENESS_MS) < watermark(latest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_behind_by_more_than_is_allowed_is_late() {
        let latest = 1_705_350_600_000;
        let edge = latest - OUT_OF_ORDER_MS - LATENESS_MS;
        assert!(!is_late(edge, latest) && is_late(edge - 1, latest) && !is_late(0, 0));
    }
}
