//! One rendition, looked at from end to end.

use super::RenditionVerdict;
use crate::PlayerError;
use crate::cmaf::{Init, Segment};
use crate::decode::{Decoded, Decoder};
use crate::fetch::Fetched;
use crate::manifest::{Kind, Rendition, SegmentEntry, Ticks};
use crate::title::Title;
use futures::StreamExt;
use sha2::{Digest, Sha256};
use std::fmt;

/// How many segments are fetched at the same time.
const AHEAD: usize = 4;
/// More problems of one rendition than this are not told one by one.
const MAX_PROBLEMS: usize = 20;

/// Where a segment really is, and what it holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) number: u64,
    pub(super) time: Ticks,
    pub(super) duration: Ticks,
    pub(super) frames: usize,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} frames from {:.3} s for {:.3} s", self.frames, self.time.seconds(), self.duration.seconds())
    }
}

/// What was found out about a rendition.
pub(super) struct Examined {
    pub(super) kind: Kind,
    pub(super) verdict: RenditionVerdict,
    pub(super) segments: Vec<Found>,
    pub(super) problems: Vec<String>,
    /// The MD5 of each decoded frame; none without ffmpeg.
    pub(super) hashes: Option<Vec<String>>,
}

/// Fetches, decrypts and decodes a rendition.
pub(super) async fn examine(title: &Title, rendition: &Rendition) -> Result<Examined, PlayerError> {
    let init = title.init(rendition).await?;
    let mut decoder = Decoder::start(rendition.kind)?;
    if let Some(decoder) = &mut decoder {
        decoder.feed(&init.clear).await;
    }
    let mut examined = Examined::new(rendition);
    let mut arriving = futures::stream::iter(&rendition.segments)
        .map(|entry| async move { (entry, title.edges.get(&entry.path).await) })
        .buffered(AHEAD);
    while let Some((entry, fetched)) = arriving.next().await {
        let opened = fetched.and_then(|fetched| examined.open(title, &init, entry, &fetched));
        match (opened, &mut decoder) {
            (Ok(clear), Some(decoder)) => decoder.feed(&clear).await,
            (Ok(_), None) => {}
            (Err(error), _) => examined.complain(error.to_string()),
        }
    }
    if let Some(decoder) = decoder {
        examined.judge(decoder.finish().await?);
    }
    Ok(examined)
}

impl Examined {
    fn new(rendition: &Rendition) -> Self {
        let verdict = RenditionVerdict {
            name: rendition.id.clone(),
            codec: rendition.codec.clone(),
            width: rendition.width,
            height: rendition.height,
            ..RenditionVerdict::default()
        };
        Self { kind: rendition.kind, verdict, segments: Vec::new(), problems: Vec::new(), hashes: None }
    }

    fn complain(&mut self, problem: String) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(format!("{}: {problem}", self.verdict.name));
        }
    }

    /// Decrypts a segment and holds it against the manifest and the segment before.
    fn open(
        &mut self,
        title: &Title,
        init: &Init,
        entry: &SegmentEntry,
        fetched: &Fetched,
    ) -> Result<Vec<u8>, PlayerError> {
        let opened = title.unlock(&entry.path, &fetched.bytes, init)?;
        let found = found(entry, &opened.segment, init);
        self.hold_against(entry, &found);
        self.verdict.segments += 1;
        self.verdict.frames += found.frames as u64;
        self.verdict.bytes += fetched.bytes.len() as u64;
        self.verdict.duration_s += found.duration.seconds();
        self.segments.push(found);
        Ok(opened.bytes)
    }

    fn hold_against(&mut self, entry: &SegmentEntry, found: &Found) {
        if found.time != entry.time || found.duration != entry.duration {
            let (time, duration) = (entry.time.seconds(), entry.duration.seconds());
            self.complain(format!(
                "segment {} has {found}; the manifest says from {time:.3} s for {duration:.3} s",
                entry.number
            ));
        }
        let before = self.segments.last().filter(|before| before.number + 1 == found.number);
        let end = before
            .map(|before| Ticks { ticks: before.time.ticks.saturating_add(before.duration.ticks), ..before.time });
        if let Some(end) = end.filter(|end| *end != found.time) {
            self.complain(format!(
                "segment {} begins at {:.3} s; the one before ends at {:.3} s",
                found.number,
                found.time.seconds(),
                end.seconds()
            ));
        }
    }

    fn judge(&mut self, decoded: Decoded) {
        let frames = decoded.hashes.len() as u64;
        if !decoded.complaint.is_empty() {
            self.complain(format!("ffmpeg: {}", decoded.complaint));
        }
        // The decoder of a sound drops its priming.
        if self.kind == Kind::Video && frames != self.verdict.frames {
            self.complain(format!("{} frames were decoded of {}", frames, self.verdict.frames));
        }
        self.verdict.decoded = Some(frames);
        self.verdict.frames_sha256 = Some(digest(&decoded.hashes));
        self.hashes = Some(decoded.hashes);
    }
}

fn digest(hashes: &[String]) -> String {
    let mut digest = Sha256::new();
    for hash in hashes {
        digest.update(hash);
        digest.update("\n");
    }
    hex::encode(digest.finalize())
}

fn found(entry: &SegmentEntry, segment: &Segment, init: &Init) -> Found {
    let ticks = |ticks| Ticks { ticks, per_second: init.timescale };
    Found {
        number: entry.number,
        time: ticks(segment.time),
        duration: ticks(segment.duration),
        frames: segment.samples.len(),
    }
}
