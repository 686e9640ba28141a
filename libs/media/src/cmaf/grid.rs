//! Where segments begin.

use reel_api::encoding::Timing;

/// Samples of sound in one frame of AAC (ISO/IEC 14496-3, section 4.5.1.1).
pub const AAC_FRAME: u64 = 1024;

/// The samples with which segments begin: sample `round(k × segment)` begins segment `k`.
///
/// It depends on nothing but the frame rate, so every chunk is cut alone and pictures and
/// sound agree. What is left at the end and lasts less than a second joins the segment
/// before it: a segment of a frame or two would cost a request and gain nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// Samples of a segment, as a fraction.
    samples: u64,
    per: u64,
    /// The samples of a second, rounded up.
    second: u64,
}

impl Grid {
    /// The grid of pictures; a sample is a frame.
    pub fn video(timing: &Timing) -> Self {
        let rate = timing.frame_rate;
        let second = u64::from(rate.num).div_ceil(u64::from(rate.den.max(1)));
        Self { samples: u64::from(timing.segment_frames.max(1)), per: 1, second: second.max(1) }
    }

    /// The grid of AAC at this sampling rate, in Hz; a sample is an AAC frame.
    pub fn aac(timing: &Timing, sample_rate: u32) -> Self {
        let rate = timing.frame_rate;
        let samples = u64::from(timing.segment_frames.max(1)) * u64::from(rate.den.max(1));
        let second = u64::from(sample_rate).div_ceil(AAC_FRAME);
        Self {
            samples: samples.saturating_mul(u64::from(sample_rate.max(1))),
            per: u64::from(rate.num.max(1)) * AAC_FRAME,
            second: second.max(1),
        }
    }

    /// The first sample of segment `k`, from 0.
    pub fn boundary(&self, k: u64) -> u64 {
        let (samples, per) = (u128::from(self.samples), u128::from(self.per));
        let rounded = (u128::from(k) * samples * 2 + per) / (per * 2);
        u64::try_from(rounded).unwrap_or(u64::MAX)
    }

    /// The segment that begins with this sample; none when no segment does.
    pub fn segment_at(&self, sample: u64) -> Option<u64> {
        let near = u128::from(sample) * u128::from(self.per) / u128::from(self.samples);
        let near = u64::try_from(near).ok()?;
        [near, near.checked_add(1)?].into_iter().find(|k| self.boundary(*k) == sample)
    }

    /// Fewer samples than these at the end belong to the segment before them.
    pub fn shortest(&self) -> u64 {
        self.second
    }

    /// How many segments so many samples from the beginning make; at least 1.
    pub fn segments(&self, samples: u64) -> u64 {
        let near = u128::from(samples) * u128::from(self.per) / u128::from(self.samples);
        let mut whole = u64::try_from(near).unwrap_or(u64::MAX);
        while whole > 0 && self.boundary(whole) > samples {
            whole -= 1;
        }
        let tail = samples.saturating_sub(self.boundary(whole));
        (whole + u64::from(tail >= self.second)).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timing;
    use reel_api::encoding::Rational;

    #[test]
    fn sound_is_cut_at_the_nearest_frame_to_the_pictures() {
        let timing = timing::timing(Rational { num: 24, den: 1 }, 240).unwrap();
        let grid = Grid::aac(&timing, 48_000);
        assert_eq!([0, 1, 2, 3].map(|k| grid.boundary(k)), [0, 188, 375, 563]);
        assert_eq!(grid.segment_at(375), Some(2));
        assert_eq!(grid.segment_at(374), None);
    }

    #[test]
    fn a_tail_shorter_than_a_second_makes_no_segment() {
        let timing = timing::timing(Rational { num: 24, den: 1 }, 1).unwrap();
        let grid = Grid::video(&timing);
        let cases = [(1, 1), (95, 1), (96, 1), (119, 1), (120, 2), (192, 2), (215, 2), (216, 3)];
        assert_eq!(cases.map(|(frames, _)| grid.segments(frames)), cases.map(|(_, segments)| segments));
    }
}
