//! Giving up a segment under way.

use crate::{Ladder, Settings};

/// How far a download has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// The rung that is being fetched.
    pub rung: usize,
    /// Bytes that have come.
    pub received_bytes: f64,
    /// The segment's size in bytes; 0 when not known.
    pub total_bytes: f64,
    /// Milliseconds since it was asked for.
    pub elapsed_ms: f64,
    /// What is left in the buffer now (ms).
    pub buffer_ms: f64,
}

/// For how long a download must have gone at its own pace to weigh as much as what was
/// expected of it (ms): a moment's silence is no reason to start anew.
const PATIENCE_MS: f64 = 1_000.0;

/// The lower rung at which fetching the segment anew is worth more than waiting for the
/// rest of it; none when waiting is.
pub(crate) fn abandon(ladder: &Ladder, settings: &Settings, expected_bps: f64, progress: &Progress) -> Option<usize> {
    let rung = progress.rung.min(ladder.top());
    let expected_bits = expected_bps * PATIENCE_MS / 1_000.0;
    let bps = (progress.received_bytes * 8.0 + expected_bits) * 1_000.0 / (progress.elapsed_ms + PATIENCE_MS);
    let total = if progress.total_bytes > 0.0 { progress.total_bytes * 8.0 } else { bits(ladder, settings, rung) };
    let stall = |bits: f64| (bits / bps - progress.buffer_ms.max(0.0) / 1_000.0).max(0.0);
    let waiting = stall((total - progress.received_bytes * 8.0).max(0.0));
    if waiting <= 0.0 {
        return None;
    }
    // The scale of this title's sizes, where its segment is lighter than the bitrate says.
    let scale = total / bits(ladder, settings, rung);
    let gain = |lower: usize| {
        let spared = waiting - stall(bits(ladder, settings, lower) * scale);
        // It is paid three times: as quality, as the change down and as the change back.
        settings.tuning.stall_cost * spared - 3.0 * (ladder.utilities()[rung] - ladder.utilities()[lower])
    };
    let best = (0..rung).max_by(|&one, &other| gain(one).total_cmp(&gain(other)))?;
    (gain(best) > 0.0).then_some(best)
}

fn bits(ladder: &Ladder, settings: &Settings, rung: usize) -> f64 {
    ladder.rates()[rung] * settings.segment_ms / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(elapsed_ms: f64, received_bytes: f64, buffer_ms: f64) -> Option<usize> {
        let ladder = Ladder::new(&[0.235e6, 0.56e6, 1.05e6, 2.8e6, 5.8e6, 15.6e6]).ok()?;
        let progress = Progress { rung: 5, received_bytes, total_bytes: 7.8e6, elapsed_ms, buffer_ms };
        abandon(&ladder, &Settings::default(), 16e6, &progress)
    }

    #[test]
    fn a_download_that_keeps_up_goes_on() {
        assert_eq!(after(2_000.0, 3.9e6, 4_000.0), None);
        assert_eq!(after(2_000.0, 0.6e6, 60_000.0), None, "the buffer outlasts it");
    }

    #[test]
    fn a_download_that_would_stall_is_given_up_for_what_the_network_carries() {
        // About 4 Mbit/s: the rest would take 14 s, with 2 s left; 2.8 Mbit/s takes 2.7 s.
        let lower = after(4_000.0, 0.6e6, 2_000.0);
        assert!(matches!(lower, Some(2 | 3)), "{lower:?}");
        assert_eq!(after(20_000.0, 0.0, 0.0), Some(0), "a dead line");
    }

    #[test]
    fn a_moment_s_silence_is_waited_out() {
        assert_eq!(after(200.0, 0.0, 8_000.0), None);
    }
}
