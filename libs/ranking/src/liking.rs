//! How much is liked what was watched or rated: the same in training and when a model is asked.

/// A play of less, in percent, tells nothing of what is liked.
const TELLS: u8 = 20;

/// What a rating counts, where a play to the end counts 1.
pub const RATED: f32 = 1.5;

/// What a play counts that came so far, in percent; none when it tells nothing.
pub fn played(progress_pct: u8) -> Option<f32> {
    (progress_pct >= TELLS).then(|| f32::from(progress_pct.min(100)) / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_play_counts_by_how_far_it_came() {
        assert_eq!([0, 19, 20, 100, 255].map(played), [None, None, Some(0.2), Some(1.0), Some(1.0)]);
    }
}
