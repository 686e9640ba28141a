//! The bitrate ladder: which renditions a source gets.

use crate::MediaError;
use reel_api::encoding::{AudioSource, Media, Rendition, VideoSource};

/// A rung of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// The shorter side of the picture as shown, in pixels.
    pub lines: u32,
    /// The most bits a second.
    pub max_bitrate: u32,
    /// x264's constant rate factor.
    pub crf: u32,
}

/// The rungs of H.264, from the lowest up.
pub const H264: [Rung; 5] = [
    Rung { lines: 240, max_bitrate: 235_000, crf: 25 },
    Rung { lines: 360, max_bitrate: 560_000, crf: 25 },
    Rung { lines: 480, max_bitrate: 1_050_000, crf: 25 },
    Rung { lines: 720, max_bitrate: 2_800_000, crf: 25 },
    Rung { lines: 1_080, max_bitrate: 5_800_000, crf: 25 },
];

/// The smallest side of a picture that Reel encodes, in pixels: one macroblock.
pub const SMALLEST: u32 = 16;
/// How many times longer than the shorter side of a picture the other may be.
const LONGEST: u32 = 8;
/// What sound is resampled to, in Hz.
const SAMPLE_RATE: u32 = 48_000;

/// The video renditions of a source, from the smallest up: every rung that is not above
/// the source, or the source's own size where it is below all of them.
///
/// # Errors
/// [`MediaError::Source`] when the picture is smaller than 16×16 or more than 8 times as
/// wide as high, or as high as wide.
pub fn video(source: &VideoSource) -> Result<Vec<Rendition>, MediaError> {
    let (width, height) = (source.width, source.height);
    let (short, long) = (width.min(height), width.max(height));
    if short < SMALLEST {
        return Err(MediaError::Source(format!(
            "the picture is {width}×{height}: the smallest that Reel encodes is {SMALLEST}×{SMALLEST}"
        )));
    }
    if u64::from(long) > u64::from(short) * u64::from(LONGEST) {
        return Err(MediaError::Source(format!("the picture is {width}×{height}: Reel encodes up to {LONGEST}:1")));
    }
    let fitting: Vec<Rung> = H264.into_iter().filter(|rung| rung.lines <= short).collect();
    let own = Rung { lines: short & !1, ..H264[0] };
    let rungs = if fitting.is_empty() { vec![own] } else { fitting };
    Ok(rungs.into_iter().map(|rung| rendition(source, rung)).collect())
}

/// The audio rendition of a source: stereo, or mono where it has one channel.
pub fn audio(source: &AudioSource) -> Rendition {
    let (id, channels, bitrate) = if source.channels == 1 { (AAC_MONO, 1, 96_000) } else { (AAC_STEREO, 2, 128_000) };
    Rendition {
        id: id.into(),
        media: Media::Audio { codec: "aac".into(), channels, sample_rate: SAMPLE_RATE, bitrate },
    }
}

const AAC_STEREO: &str = "aac-stereo";
const AAC_MONO: &str = "aac-mono";

/// Every id that a rendition can have.
pub fn rendition_ids() -> impl Iterator<Item = String> {
    let below = (SMALLEST..H264[0].lines).step_by(2);
    let lines = below.chain(H264.iter().map(|rung| rung.lines));
    lines.map(video_id).chain([AAC_STEREO, AAC_MONO].map(String::from))
}

fn video_id(lines: u32) -> String {
    format!("h264-{lines}p")
}

fn rendition(source: &VideoSource, rung: Rung) -> Rendition {
    let (width, height) = match source.width < source.height {
        true => (rung.lines, scaled(source.height, rung.lines, source.width)),
        false => (scaled(source.width, rung.lines, source.height), rung.lines),
    };
    let media = Media::Video { codec: "h264".into(), width, height, crf: rung.crf, max_bitrate: rung.max_bitrate };
    Rendition { id: video_id(rung.lines), media }
}

/// `side` × `by` / `of`, to the nearest even number.
fn scaled(side: u32, by: u32, of: u32) -> u32 {
    let (side, by, of) = (u64::from(side), u64::from(by), u64::from(of.max(1)));
    let halves = (side * by + of) / (of * 2);
    u32::try_from(halves * 2).unwrap_or(u32::MAX - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::encoding::Rational;

    fn source(width: u32, height: u32) -> VideoSource {
        let frame_rate = Rational { num: 24, den: 1 };
        VideoSource {
            codec: "h264".into(),
            stream: 0,
            width,
            height,
            frame_rate,
            frames: 1,
            keyframe_interval_ms: 0,
            seek_early: false,
        }
    }

    fn sizes(width: u32, height: u32) -> Vec<(String, u32, u32)> {
        let renditions = video(&source(width, height)).unwrap();
        let size = |r: Rendition| match r.media {
            Media::Video { width, height, .. } => (r.id, width, height),
            _ => unreachable!(),
        };
        renditions.into_iter().map(size).collect()
    }

    #[test]
    fn the_ladder_ends_at_the_source() {
        let ids = |width, height| sizes(width, height).into_iter().map(|(id, ..)| id).collect::<Vec<_>>();
        assert_eq!(ids(1920, 1080), ["h264-240p", "h264-360p", "h264-480p", "h264-720p", "h264-1080p"]);
        assert_eq!(ids(1280, 720), ["h264-240p", "h264-360p", "h264-480p", "h264-720p"]);
        assert_eq!(ids(854, 480), ["h264-240p", "h264-360p", "h264-480p"]);
        assert_eq!(ids(640, 359), ["h264-240p"]);
    }

    #[test]
    fn the_shape_of_the_picture_is_kept() {
        assert_eq!(sizes(1280, 720)[3], ("h264-720p".into(), 1280, 720));
        assert_eq!(sizes(1280, 720)[0], ("h264-240p".into(), 426, 240));
        assert_eq!(sizes(720, 1280)[1], ("h264-360p".into(), 360, 640));
        assert_eq!(sizes(1000, 1000)[0], ("h264-240p".into(), 240, 240));
    }

    #[test]
    fn a_source_below_the_ladder_keeps_its_size_made_even() {
        assert_eq!(sizes(321, 181), [("h264-180p".into(), 320, 180)]);
        assert_eq!(sizes(16, 16), [("h264-16p".into(), 16, 16)]);
    }

    #[test]
    fn no_side_is_odd_or_above_the_source() {
        for (width, height) in
            (16..400).flat_map(|w| [(w, 239), (w, 241), (1081, w)]).filter(|(w, h)| w.max(h) <= &(w.min(h) * 8))
        {
            for (id, w, h) in sizes(width, height) {
                assert!(w % 2 == 0 && h % 2 == 0 && w <= width + 1 && h <= height + 1, "{width}x{height} {id} {w}x{h}");
                let (was, is) = (f64::from(width) / f64::from(height), f64::from(w) / f64::from(h));
                let tolerance = 1.0 / f64::from(w.min(h)) + 1.0 / f64::from(width.min(height));
                assert!((is / was - 1.0).abs() <= tolerance, "{width}x{height} {id} {w}x{h}");
                assert!(rendition_ids().any(|known| known == id));
            }
        }
    }

    #[test]
    fn what_is_too_small_or_too_long_is_told_the_limit() {
        let error = video(&source(3, 3)).unwrap_err().to_string();
        assert!(error.contains("3×3") && error.contains("16×16"), "{error}");
        for (width, height) in [(0, 0), (1000, 15), (16, 129), (u32::MAX, 240)] {
            assert!(video(&source(width, height)).is_err(), "{width}x{height}");
        }
    }

    #[test]
    fn sound_is_stereo_unless_it_is_mono() {
        let of = |channels| audio(&AudioSource { codec: "mp3".into(), stream: 1, channels, sample_rate: 44_100 });
        assert_eq!((of(1).id, of(2).id, of(6).id), ("aac-mono".into(), "aac-stereo".into(), "aac-stereo".into()));
    }
}
