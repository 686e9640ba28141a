//! Proves that a title is whole.

mod agreement;
mod rendition;

use crate::PlayerError;
use crate::manifest::{Kind, Rendition};
use crate::platform::Platform;
use crate::title::Title;
use rendition::Examined;
use serde::{Deserialize, Serialize};

/// Whether a title is whole, and what is wrong where it is not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// True when there is no problem.
    pub ok: bool,
    /// What each rendition holds.
    pub renditions: Vec<RenditionVerdict>,
    /// What is wrong, one line each; empty when all is well.
    pub problems: Vec<String>,
    /// What could not be checked here, and why.
    pub unchecked: Vec<String>,
}

/// What a rendition holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RenditionVerdict {
    /// Its id.
    pub name: String,
    /// The codec string (RFC 6381).
    pub codec: String,
    /// The width in pixels; 0 for sound.
    pub width: u32,
    /// The height in pixels; 0 for sound.
    pub height: u32,
    /// How many segments answered.
    pub segments: u64,
    /// How many samples they hold: frames of video, or of the audio codec.
    pub frames: u64,
    /// How many frames ffmpeg decoded; none when it was not asked.
    pub decoded: Option<u64>,
    /// Names what was decoded: the SHA-256 of the frames' hashes, in hexadecimal, so that two
    /// encodings can be told to show the same; none when ffmpeg was not asked.
    pub frames_sha256: Option<String>,
    /// The bytes of all segments.
    pub bytes: u64,
    /// How long it runs, in seconds.
    pub duration_s: f64,
}

/// Fetches every rendition of a title in full, as the `cli` device sees it, and checks that
/// all segments answer, join without gap or overlap at the same points in every rendition,
/// decrypt, and decode without an error; and that DASH and HLS announce the same.
///
/// # Errors
/// Only when there is nothing to check: the platform refuses, or has no manifest. What is
/// wrong with the title itself stands in the verdict.
pub async fn verify(base_url: &str, token: &str, title: &str) -> Result<Verdict, PlayerError> {
    let title = Title::open(Platform::new(base_url, token)?, title, DEVICE).await?;
    let mut verdict = Verdict::default();
    let mut examined = Vec::new();
    for rendition in &title.manifest.renditions {
        match rendition::examine(&title, rendition).await {
            Ok(result) => examined.push(result),
            Err(error) => verdict.problems.push(format!("{}: {error}", rendition.id)),
        }
    }
    if title.manifest.of(Kind::Video).is_empty() {
        verdict.problems.push("the manifest has no video".into());
    }
    verdict.problems.extend(compare(&examined));
    match agreement::check(&title).await {
        Ok(problems) => verdict.problems.extend(problems),
        Err(error) => verdict.problems.push(error.to_string()),
    }
    if examined.iter().any(|result| result.verdict.decoded.is_none()) {
        verdict.unchecked.push("decoding: ffmpeg is not installed; name one in REEL_FFMPEG".into());
    }
    for result in examined {
        verdict.problems.extend(result.problems);
        verdict.renditions.push(result.verdict);
    }
    verdict.ok = verdict.problems.is_empty();
    Ok(verdict)
}

/// The device profile that is verified.
const DEVICE: &str = "cli";

/// Every video rendition must begin its segments where the others do, with as many frames.
fn compare(examined: &[Examined]) -> Vec<String> {
    let mut video = examined.iter().filter(|result| result.kind == Kind::Video);
    let Some(first) = video.next() else { return Vec::new() };
    let mut problems = Vec::new();
    for other in video {
        let (one, two) = (&first.verdict.name, &other.verdict.name);
        if first.segments.len() != other.segments.len() {
            problems.push(format!("{one} has {} segments, {two} {}", first.segments.len(), other.segments.len()));
        }
        let differing = first.segments.iter().zip(&other.segments).find(|(a, b)| a != b);
        if let Some((a, b)) = differing {
            problems.push(format!("segment {}: {one} has {a}, {two} has {b}", a.number));
        }
    }
    problems
}

/// The MD5 of every decoded frame of a rendition (of the largest video rendition when none
/// is named): two encodings of a film are the same when these are.
///
/// # Errors
/// As [`verify`], and when a segment is missing or damaged, or ffmpeg is not installed or
/// complains.
pub async fn frame_hashes(
    base_url: &str,
    token: &str,
    title: &str,
    rendition: Option<&str>,
) -> Result<Vec<String>, PlayerError> {
    let title = Title::open(Platform::new(base_url, token)?, title, DEVICE).await?;
    let wanted = find(&title, rendition)?;
    let result = rendition::examine(&title, wanted).await?;
    match (result.problems.first(), result.hashes) {
        (Some(problem), _) => Err(PlayerError::Decoder(problem.clone())),
        (None, None) => Err(PlayerError::Decoder("ffmpeg is not installed; name one in REEL_FFMPEG".into())),
        (None, Some(hashes)) => Ok(hashes),
    }
}

fn find<'a>(title: &'a Title, name: Option<&str>) -> Result<&'a Rendition, PlayerError> {
    let found = match name {
        Some(name) => title.manifest.renditions.iter().find(|rendition| rendition.id == name),
        None => title.manifest.of(Kind::Video).last().copied(),
    };
    let all = || title.manifest.renditions.iter().map(|rendition| rendition.id.as_str()).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| PlayerError::NoRendition(name.unwrap_or("video").to_owned(), all()))
}
