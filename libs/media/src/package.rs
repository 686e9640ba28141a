//! Joining the index parts of chunks into the delivery index, as `package` does.

use crate::{MediaError, timing};
use reel_api::encoding::{DeliveryIndex, IndexPart, IndexRendition, Media, Plan, Rendition, Segment};
use sha2::{Digest, Sha256};

/// SHA-256, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// How many chunks a rendition of a plan has.
pub fn chunks(plan: &Plan, rendition: &Rendition) -> u32 {
    match rendition.media {
        Media::Video { .. } => timing::chunks(&plan.timing).len() as u32,
        Media::Audio { .. } => 1,
        Media::Artwork { .. } => 0,
    }
}

/// The index of one rendition from the parts of its chunks, in their order. `kid` is the
/// key id that its init segment names.
///
/// # Errors
/// [`MediaError::Mismatch`] when a chunk is missing or another's, has another init
/// segment, does not go on where the one before it ended, or when the frames are not
/// those of the plan. It names chunk and rendition.
pub fn rendition(
    plan: &Plan,
    rendition: &Rendition,
    parts: &[IndexPart],
    kid: Option<String>,
) -> Result<IndexRendition, MediaError> {
    let first = check_chunks(plan, rendition, parts)?;
    let segments: Vec<Segment> = parts.iter().flat_map(|part| part.segments.iter().copied()).collect();
    check_frames(plan, rendition, &segments)?;
    let video = matches!(rendition.media, Media::Video { .. });
    if plan.protection.is_some() != kid.is_some() {
        return Err(MediaError::Mismatch(format!(
            "the init segment of {} does not have the protection planned",
            rendition.id
        )));
    }
    Ok(IndexRendition {
        rendition: rendition.clone(),
        codec_string: first.codec.clone(),
        timescale: first.timescale,
        frame_rate: video.then_some(plan.timing.frame_rate),
        kid,
        mean_bitrate: mean_bitrate(&segments, first.timescale),
        peak_bitrate: segments
            .iter()
            .map(|segment| bitrate(segment.bytes, segment.duration, first.timescale))
            .max()
            .unwrap_or(0),
        segments,
    })
}

/// The delivery index of a title from those of its renditions.
///
/// # Errors
/// [`MediaError::Mismatch`] when the pictures of two renditions are not cut alike, which
/// players need to change between them.
pub fn index(plan: &Plan, mut renditions: Vec<IndexRendition>) -> Result<DeliveryIndex, MediaError> {
    renditions.sort_by_key(|index| order(&index.rendition.media));
    let mut pictures = renditions.iter().filter(|index| matches!(index.rendition.media, Media::Video { .. }));
    if let Some(first) = pictures.next()
        && let Some(other) = pictures.find(|index| !cut_alike(&index.segments, &first.segments))
    {
        return Err(MediaError::Mismatch(format!(
            "{} is not cut into the same segments as {}",
            other.rendition.id, first.rendition.id
        )));
    }
    let (title_id, revision) = (plan.job.title_id, plan.job.revision);
    Ok(DeliveryIndex {
        title_id,
        revision,
        duration_ms: timing::duration_ms(&plan.timing),
        scheme: plan.protection,
        renditions,
    })
}

/// Video first, each kind from the smallest bitrate up.
fn order(media: &Media) -> (u8, u32) {
    match media {
        Media::Video { max_bitrate, .. } => (0, *max_bitrate),
        Media::Audio { bitrate, .. } => (1, *bitrate),
        Media::Artwork { .. } => (2, 0),
    }
}

fn cut_alike(one: &[Segment], other: &[Segment]) -> bool {
    let times = |segments: &[Segment]| {
        segments.iter().map(|segment| (segment.number, segment.time, segment.duration)).collect::<Vec<_>>()
    };
    times(one) == times(other)
}

fn check_chunks<'a>(plan: &Plan, rendition: &Rendition, parts: &'a [IndexPart]) -> Result<&'a IndexPart, MediaError> {
    let planned = chunks(plan, rendition);
    let missing =
        |chunk| MediaError::Mismatch(format!("chunk {chunk} of {} is missing: {planned} were planned", rendition.id));
    let first = parts.first().ok_or_else(|| missing(0))?;
    for (chunk, part) in (0..).zip(parts) {
        if (part.chunk, &part.rendition) != (chunk, &rendition.id) {
            return Err(missing(chunk));
        }
        if (&part.init_sha256, &part.codec, part.timescale) != (&first.init_sha256, &first.codec, first.timescale) {
            return Err(MediaError::Mismatch(format!(
                "chunk {chunk} of {} was encoded with other parameters than chunk 0",
                rendition.id
            )));
        }
    }
    if parts.len() != planned as usize {
        return Err(missing(parts.len() as u32));
    }
    check_contiguous(&rendition.id, parts)?;
    Ok(first)
}

fn check_contiguous(id: &str, parts: &[IndexPart]) -> Result<(), MediaError> {
    let mut next = (1, 0);
    for part in parts {
        for segment in &part.segments {
            if (segment.number, segment.time) != next {
                let told = format!(
                    "chunk {} of {id}: segment {} begins at {}, but segment {} at {} was due",
                    part.chunk, segment.number, segment.time, next.0, next.1
                );
                return Err(MediaError::Mismatch(told));
            }
            next = (segment.number.saturating_add(1), segment.time.saturating_add(segment.duration));
        }
    }
    Ok(())
}

fn check_frames(plan: &Plan, rendition: &Rendition, segments: &[Segment]) -> Result<(), MediaError> {
    let frames: u64 = segments.iter().map(|segment| u64::from(segment.samples)).sum();
    match rendition.media {
        Media::Video { .. } if frames != plan.timing.frames => Err(MediaError::Mismatch(format!(
            "{} has {frames} frames, but {} were planned",
            rendition.id, plan.timing.frames
        ))),
        _ if frames == 0 => Err(MediaError::Mismatch(format!("{} is empty", rendition.id))),
        _ => Ok(()),
    }
}

fn mean_bitrate(segments: &[Segment], timescale: u32) -> u32 {
    let (bytes, ticks) = segments.iter().fold((0_u64, 0_u64), |(bytes, ticks), segment| {
        (bytes.saturating_add(segment.bytes), ticks.saturating_add(segment.duration))
    });
    bitrate(bytes, ticks, timescale)
}

/// Bits a second, rounded up.
fn bitrate(bytes: u64, ticks: u64, timescale: u32) -> u32 {
    let bits = u128::from(bytes) * 8 * u128::from(timescale);
    u32::try_from(bits.div_ceil(u128::from(ticks.max(1)))).unwrap_or(u32::MAX)
}
