//! The plan of an encoding: renditions, chunks and their keys.

use crate::{MediaError, ladder, timing};
use reel_api::encoding::{Item, Job, Media, Plan, Probe, Rendition, Scheme, Timing, delivery_prefix};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Changes when `encode` makes other bytes of the same input, so that no chunk of an
/// older one is taken for a new one.
const ENCODER_REVISION: u32 = 1;
/// The time between two thumbnails, in milliseconds, unless there would be too many.
const THUMBNAIL_INTERVAL_MS: u64 = 10_000;
/// The most thumbnails of a film.
const MOST_THUMBNAILS: u64 = 200;
/// Pixels that one core encodes a second: 68 frames of 720p (x264 medium, measured).
const PIXELS_PER_CPU_SECOND: f64 = 68.0 * 1280.0 * 720.0;
/// What cutting into chunks adds: pictures are decoded twice at the seams.
const CHUNK_OVERHEAD: f64 = 1.3;
/// Seconds of sound that one core encodes a second (measured).
const SOUND_PER_CPU_SECOND: f64 = 85.0;

/// What an operator decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How segments are protected; none leaves them clear.
    pub scheme: Option<Scheme>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { scheme: Some(Scheme::Cbcs) }
    }
}

/// The plan of a film, and the items of its Map: the first chunk of every rendition, sound,
/// artwork, then the other chunks from the beginning of the film to its end.
///
/// # Errors
/// [`MediaError::Source`] when Reel cannot encode such a source; it says what it can.
pub fn plan(job: &Job, probe: &Probe, settings: Settings) -> Result<(Plan, Vec<Item>), MediaError> {
    let timing = timing::timing(probe.video.frame_rate, probe.video.frames)?;
    let pictures = ladder::video(&probe.video)?;
    let sound = probe.audio.as_ref().map(ladder::audio);
    let (thumbnails, interval_ms) = thumbnails(&timing);
    let draft = Draft { job, probe, timing, scheme: settings.scheme };
    let mut items = draft.chunks(&pictures, 0..1)?;
    items.extend(sound.iter().map(|rendition| draft.whole(rendition)).collect::<Result<Vec<_>, _>>()?);
    items.push(draft.artwork(thumbnails, interval_ms));
    items.extend(draft.chunks(&pictures, 1..usize::MAX)?);
    let renditions: Vec<Rendition> = pictures.into_iter().chain(sound).collect();
    let cpu_seconds = cpu_seconds(&renditions, &timing);
    let plan = Plan {
        job: job.clone(),
        timing,
        renditions,
        protection: settings.scheme,
        thumbnails,
        thumbnail_interval_ms: interval_ms,
        cpu_seconds,
    };
    Ok((plan, items))
}

/// What all items of a film have in common.
struct Draft<'a> {
    job: &'a Job,
    probe: &'a Probe,
    timing: Timing,
    scheme: Option<Scheme>,
}

impl Draft<'_> {
    /// Some chunks of all video renditions, chunk by chunk.
    fn chunks(&self, renditions: &[Rendition], which: std::ops::Range<usize>) -> Result<Vec<Item>, MediaError> {
        let chunks = timing::chunks(&self.timing).into_iter().enumerate().skip(which.start).take(which.len());
        let each = chunks
            .flat_map(|(chunk, frames)| renditions.iter().map(move |rendition| (rendition, chunk as u32, frames)));
        each.map(|(rendition, chunk, frames)| self.encoded(rendition, chunk, frames)).collect()
    }

    /// A rendition that is made in one piece.
    fn whole(&self, rendition: &Rendition) -> Result<Item, MediaError> {
        self.encoded(rendition, 0, (0, self.timing.frames))
    }

    fn encoded(&self, rendition: &Rendition, chunk: u32, frames: (u64, u64)) -> Result<Item, MediaError> {
        Ok(self.item(rendition.clone(), chunk, frames, chunk_key(self.probe, &self.timing, rendition, frames)?, true))
    }

    fn artwork(&self, thumbnails: u32, interval_ms: u64) -> Item {
        let rendition = Rendition { id: "artwork".into(), media: Media::Artwork { thumbnails, interval_ms } };
        let prefix = delivery_prefix(self.job.title_id, self.job.revision);
        Item { scheme: None, ..self.item(rendition, 0, (0, self.timing.frames), prefix, false) }
    }

    fn item(
        &self,
        rendition: Rendition,
        chunk: u32,
        (first_frame, end_frame): (u64, u64),
        output_key: String,
        protect: bool,
    ) -> Item {
        Item {
            job: self.job.clone(),
            probe: self.probe.clone(),
            timing: self.timing,
            rendition,
            chunk,
            first_frame,
            end_frame,
            output_key,
            protect,
            scheme: self.scheme,
        }
    }
}

/// All that decides an encoded chunk. Title and revision do not: encoding the same film
/// again finds its chunks.
#[derive(Serialize)]
struct Identity<'a> {
    encoder: u32,
    source: &'a Probe,
    timing: &'a Timing,
    rendition: &'a Rendition,
    frames: (u64, u64),
}

fn chunk_key(source: &Probe, timing: &Timing, rendition: &Rendition, frames: (u64, u64)) -> Result<String, MediaError> {
    let identity = Identity { encoder: ENCODER_REVISION, source, timing, rendition, frames };
    let text =
        serde_json::to_vec(&identity).map_err(|e| MediaError::Source(format!("the source has no JSON form: {e}")))?;
    let digest = hex::encode(Sha256::digest(&text));
    Ok(format!("chunks/{}.mp4", &digest[..32]))
}

fn thumbnails(timing: &Timing) -> (u32, u64) {
    let duration = timing::duration_ms(timing).max(1);
    let interval = THUMBNAIL_INTERVAL_MS.max(duration.div_ceil(MOST_THUMBNAILS));
    (u32::try_from(duration.div_ceil(interval)).unwrap_or(u32::MAX), interval)
}

/// What encoding will cost, in seconds of one core of the machine that was measured.
fn cpu_seconds(renditions: &[Rendition], timing: &Timing) -> u64 {
    let frames = timing.frames as f64;
    let cost = renditions.iter().map(|rendition| match rendition.media {
        Media::Video { width, height, .. } => {
            frames * f64::from(width) * f64::from(height) / PIXELS_PER_CPU_SECOND * CHUNK_OVERHEAD
        }
        Media::Audio { .. } => timing::duration_ms(timing) as f64 / 1000.0 / SOUND_PER_CPU_SECOND,
        Media::Artwork { .. } => 0.0,
    });
    cost.sum::<f64>().ceil() as u64
}
