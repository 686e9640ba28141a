//! The output grid: at which rate frames are delivered, and how many there are.

use reel_api::encoding::Rational;
use reel_ffmpeg::FilmError;
use serde::Deserialize;

/// The fastest rate that is delivered; faster sources are halved until they fit.
const FASTEST: f64 = 61.0;
/// The rates that a source of varying rate is brought to.
const USUAL: [Rational; 8] = [
    Rational { num: 24_000, den: 1_001 },
    Rational { num: 24, den: 1 },
    Rational { num: 25, den: 1 },
    Rational { num: 30_000, den: 1_001 },
    Rational { num: 30, den: 1 },
    Rational { num: 50, den: 1 },
    Rational { num: 60_000, den: 1_001 },
    Rational { num: 60, den: 1 },
];

/// A packet of the picture, as ffprobe prints it.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Packet {
    pub(crate) pts_time: Option<String>,
    pub(crate) dts_time: Option<String>,
    pub(crate) duration_time: Option<String>,
    #[serde(default)]
    pub(crate) flags: String,
}

impl Packet {
    /// When it is shown, in seconds; containers without that know when it is decoded.
    fn time(&self) -> Option<f64> {
        self.pts_time.as_ref().or(self.dts_time.as_ref())?.parse().ok()
    }

    fn duration(&self) -> Option<f64> {
        self.duration_time.as_ref()?.parse().ok().filter(|&d| d > 0.0)
    }
}

/// The grid of a film.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Grid {
    pub(crate) frame_rate: Rational,
    pub(crate) frames: u64,
    pub(crate) keyframe_interval_ms: u64,
}

impl Grid {
    pub(crate) fn seconds(&self) -> f64 {
        self.frames as f64 / value(self.frame_rate)
    }
}

/// The grid of packets, counted from the file's start time; `rates` are ffprobe's
/// `r_frame_rate` and `avg_frame_rate`.
pub(crate) fn of(packets: &[Packet], start: f64, rates: (Option<&str>, Option<&str>)) -> Result<Grid, FilmError> {
    let frame_rate = frame_rate(rates)?;
    let frame = 1.0 / value(frame_rate);
    let last = packets.iter().filter_map(|p| Some((p.time()?, p.duration()))).max_by(|a, b| a.0.total_cmp(&b.0));
    let (time, duration) = last.ok_or_else(|| {
        FilmError::Invalid("the film has no frame that can be shown: the file is damaged or cut off".into())
    })?;
    let end = time - start + duration.unwrap_or(frame);
    let frames = (end / frame).round().max(1.0) as u64;
    Ok(Grid { frame_rate, frames, keyframe_interval_ms: keyframe_interval(packets, start, end) })
}

fn frame_rate((nominal, average): (Option<&str>, Option<&str>)) -> Result<Rational, FilmError> {
    let nominal = nominal.and_then(parse);
    let average = average.and_then(parse);
    let mut rate = match (nominal, average) {
        (Some(nominal), Some(average)) if (value(nominal) / value(average) - 1.0).abs() < 0.002 => nominal,
        (_, Some(average)) => nearest(value(average)),
        (Some(nominal), None) => nominal,
        (None, None) => {
            return Err(FilmError::Invalid(
                "the film's frame rate is not known: the file is damaged, or it is a still picture".into(),
            ));
        }
    };
    while value(rate) > FASTEST {
        rate = Rational { num: rate.num, den: rate.den.saturating_mul(2) };
    }
    Ok(rate)
}

fn nearest(rate: f64) -> Rational {
    let distance = |r: &Rational| (value(*r) / rate).ln().abs();
    USUAL.into_iter().min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(USUAL[1])
}

fn parse(text: &str) -> Option<Rational> {
    let (num, den) = text.split_once('/')?;
    let (num, den) = (num.parse().ok()?, den.parse().ok()?);
    (num > 0 && den > 0).then_some(Rational { num, den })
}

fn value(rate: Rational) -> f64 {
    f64::from(rate.num) / f64::from(rate.den)
}

/// The longest time without a random access point, in milliseconds, rounded up.
fn keyframe_interval(packets: &[Packet], start: f64, end: f64) -> u64 {
    let keyframes = packets.iter().filter(|p| p.flags.starts_with('K'));
    let mut times: Vec<f64> = keyframes.filter_map(|p| Some(p.time()? - start)).collect();
    times.sort_by(f64::total_cmp);
    let next = times.iter().skip(1).copied().chain([end]);
    let longest = times.iter().zip(next).map(|(time, next)| next - time).fold(0.0, f64::max);
    (longest * 1_000.0).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packets(count: u32, every: f64, keyframe: u32) -> Vec<Packet> {
        let packet = |n: u32| Packet {
            pts_time: Some((f64::from(n) * every).to_string()),
            duration_time: Some(every.to_string()),
            flags: if n.is_multiple_of(keyframe) { "K__".into() } else { "___".into() },
            ..Packet::default()
        };
        (0..count).map(packet).collect()
    }

    #[test]
    fn a_steady_film_keeps_its_rate_and_its_frames() {
        let grid = of(&packets(1_323, 1.0 / 24.0, 240), 0.0, (Some("24/1"), Some("24/1"))).unwrap();
        assert_eq!(
            (grid.frame_rate, grid.frames, grid.keyframe_interval_ms),
            (Rational { num: 24, den: 1 }, 1_323, 10_000)
        );
    }

    #[test]
    fn a_film_of_varying_rate_gets_the_nearest_usual_one() {
        assert_eq!(frame_rate((Some("1000/1"), Some("24001/1001"))).unwrap(), USUAL[0]);
        assert_eq!(frame_rate((Some("90000/1"), Some("2977/100"))).unwrap(), USUAL[3]);
    }

    #[test]
    fn a_fast_film_is_halved() {
        assert_eq!(value(frame_rate((Some("120/1"), Some("120/1"))).unwrap()), 60.0);
    }

    #[test]
    fn a_start_offset_counts_for_nothing() {
        let mut late = packets(48, 1.0 / 24.0, 24);
        late.iter_mut().for_each(|p| p.pts_time = p.time().map(|t| (t + 10.0).to_string()));
        assert_eq!(of(&late, 10.0, (Some("24/1"), Some("24/1"))).unwrap().frames, 48);
    }

    #[test]
    fn a_film_without_frames_is_refused() {
        assert!(of(&[], 0.0, (Some("24/1"), Some("24/1"))).is_err());
        assert!(frame_rate((Some("0/0"), Some("0/0"))).is_err());
    }
}
