//! The timing of a title: frames, ticks, segments and chunks.

use crate::{Grid, MediaError};
use reel_api::encoding::{Rational, Timing};

/// How long a segment should be, in seconds.
const SEGMENT_SECONDS: u64 = 4;
/// Segments of a chunk.
const CHUNK_SEGMENTS: u32 = 2;
/// Frames a second that Reel encodes.
const FRAME_RATES: std::ops::RangeInclusive<f64> = 1.0..=240.0;
/// The longest film, in seconds: its items still fit one object that a function writes.
const LONGEST: u64 = 8 * 3600;

/// The timing of a film of so many frames at this rate.
///
/// # Errors
/// [`MediaError::Source`] when there is no frame, the rate is not between 1 and 240
/// frames a second, or the film runs longer than 8 hours.
pub fn timing(frame_rate: Rational, frames: u64) -> Result<Timing, MediaError> {
    let frame_rate = checked_rate(frame_rate)?;
    let (num, den) = (u64::from(frame_rate.num), u64::from(frame_rate.den));
    let longest = LONGEST * num / den;
    if !(1..=longest).contains(&frames) {
        return Err(MediaError::Source(format!(
            "the film has {frames} frames: Reel encodes from 1 frame to 8 hours ({longest} frames here)"
        )));
    }
    let segment_frames = u32::try_from((SEGMENT_SECONDS * num * 2 + den) / (den * 2)).unwrap_or(u32::MAX).max(1);
    // A rate of whole frames gets finer ticks than frames, which players round to.
    let scale = if frame_rate.num < 1000 { 1000 } else { 1 };
    Ok(Timing {
        frame_rate,
        timescale: frame_rate.num * scale,
        frame_ticks: frame_rate.den.saturating_mul(scale),
        segment_frames,
        chunk_frames: segment_frames * CHUNK_SEGMENTS,
        frames,
    })
}

fn checked_rate(rate: Rational) -> Result<Rational, MediaError> {
    let wrong = || {
        MediaError::Source(format!(
            "the frame rate is {}/{}: Reel encodes from 1 to 240 frames a second",
            rate.num, rate.den
        ))
    };
    if rate.den == 0 || !FRAME_RATES.contains(&(f64::from(rate.num) / f64::from(rate.den))) {
        return Err(wrong());
    }
    let divisor = gcd(rate.num, rate.den);
    Ok(Rational { num: rate.num / divisor, den: rate.den / divisor })
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// How long so many frames run, in milliseconds, rounded.
pub fn duration_ms(timing: &Timing) -> u64 {
    let ticks = u128::from(timing.frames) * u128::from(timing.frame_ticks) * 1000;
    let scale = u128::from(timing.timescale.max(1));
    u64::try_from((ticks + scale / 2) / scale).unwrap_or(u64::MAX)
}

/// The chunks of a film: first frame and frame after the last, in order. All have
/// `chunk_frames`, but the last, which takes what the [`Grid`] leaves it.
pub fn chunks(timing: &Timing) -> Vec<(u64, u64)> {
    let segments = Grid::video(timing).segments(timing.frames);
    let count = segments.div_ceil(u64::from(CHUNK_SEGMENTS));
    let frames = u64::from(timing.chunk_frames);
    (0..count).map(|k| (k * frames, if k + 1 == count { timing.frames } else { (k + 1) * frames })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: [(u32, u32); 11] = [
        (24_000, 1001),
        (24, 1),
        (25, 1),
        (30_000, 1001),
        (2997, 100),
        (30, 1),
        (50, 1),
        (60_000, 1001),
        (60, 1),
        (48, 2),
        (1, 1),
    ];

    #[test]
    fn a_frame_is_a_whole_number_of_ticks_and_a_segment_about_four_seconds() {
        for (num, den) in RATES {
            let t = timing(Rational { num, den }, 10).unwrap();
            assert_eq!(
                u64::from(t.timescale) * u64::from(den),
                u64::from(num) * u64::from(t.frame_ticks),
                "{num}/{den}"
            );
            let seconds = f64::from(t.segment_frames) * f64::from(den) / f64::from(num);
            assert!((seconds - 4.0).abs() <= 0.5 * f64::from(den) / f64::from(num), "{num}/{den}: {seconds}");
            assert!(t.timescale >= 1000);
        }
    }

    #[test]
    fn chunks_cover_every_frame_once() {
        for (num, den) in RATES {
            for frames in (1..700).chain([20_000]) {
                let t = timing(Rational { num, den }, frames).unwrap();
                let chunks = chunks(&t);
                assert!(chunks.windows(2).all(|pair| pair[0].1 == pair[1].0), "{num}/{den} {frames}");
                assert_eq!((chunks[0].0, chunks[chunks.len() - 1].1), (0, frames));
                assert!(chunks.iter().all(|(first, end)| first < end && first % u64::from(t.segment_frames) == 0));
            }
        }
    }

    #[test]
    fn a_short_tail_joins_the_last_chunk() {
        let t = timing(Rational { num: 24, den: 1 }, 192 + 23).unwrap();
        assert_eq!(chunks(&t), [(0, 215)]);
        let t = timing(Rational { num: 24, den: 1 }, 192 + 24).unwrap();
        assert_eq!(chunks(&t), [(0, 192), (192, 216)]);
    }

    #[test]
    fn impossible_rates_and_lengths_are_named() {
        for rate in [(0, 1), (1, 0), (0, 0), (1, 2), (1000, 1), (u32::MAX, 1)] {
            assert!(timing(Rational { num: rate.0, den: rate.1 }, 10).is_err(), "{rate:?}");
        }
        assert!(timing(Rational { num: 24, den: 1 }, 0).is_err());
        let error = timing(Rational { num: 24, den: 1 }, u64::MAX).unwrap_err().to_string();
        assert!(error.contains("8 hours"), "{error}");
    }

    #[test]
    fn a_duration_is_rounded() {
        let t = timing(Rational { num: 24_000, den: 1001 }, 24).unwrap();
        assert_eq!(duration_ms(&t), 1001);
    }
}
