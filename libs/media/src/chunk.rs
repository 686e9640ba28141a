//! From an encoded chunk to segments, as `protect` makes them.

use crate::cenc::{self, Protection};
use crate::cmaf::{Cutter, Fragment, Grid, Init, Span, TrackKind};
use crate::{MediaError, package};
use reel_api::encoding::{IndexPart, Item, Media, Segment};
use reel_api::license::{Definition, Track, TrackKey};

/// A segment as it is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Its number, from 1.
    pub number: u32,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a chunk came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// The segments that were not given before.
    pub segments: Vec<Delivered>,
    /// The rendition's init segment, protected when its segments are.
    pub init: Vec<u8>,
    /// What `package` needs to know.
    pub part: IndexPart,
}

/// Which key a rendition is protected with.
///
/// # Errors
/// [`MediaError::Mismatch`] for artwork, which is not protected.
pub fn track(item: &Item) -> Result<Track, MediaError> {
    match item.rendition.media {
        Media::Video { height, .. } => Ok(Track::Video(Definition::of_height(height))),
        Media::Audio { .. } => Ok(Track::Audio),
        Media::Artwork { .. } => Err(MediaError::Mismatch("artwork is not protected".into())),
    }
}

/// Cuts the chunk of an item into segments and protects them, piece by piece: it holds
/// about a segment. The same item and bytes give the same segments.
pub struct Protector<'a> {
    item: &'a Item,
    cutter: Cutter,
    protection: Option<Protection>,
    segments: Vec<Segment>,
}

impl<'a> Protector<'a> {
    /// For the chunk of this item. Without a key, segments stay clear.
    ///
    /// # Errors
    /// [`MediaError`] when the item is artwork, does not begin where a segment begins, or
    /// its scheme and the key do not go together.
    pub fn new(item: &'a Item, key: Option<&TrackKey>) -> Result<Self, MediaError> {
        let named = |error: MediaError| error.of_chunk(&item.rendition.id, item.chunk);
        let (grid, first) = match &item.rendition.media {
            Media::Video { .. } => (Grid::video(&item.timing), item.first_frame),
            Media::Audio { sample_rate, .. } => (Grid::aac(&item.timing, *sample_rate), 0),
            Media::Artwork { .. } => {
                return Err(named(MediaError::Mismatch("artwork is not protected".into())));
            }
        };
        let protection = match (item.scheme, key) {
            (Some(scheme), Some(key)) => Some(Protection::new(scheme, key, &item.rendition.id).map_err(named)?),
            (None, None) => None,
            _ => {
                return Err(named(MediaError::Mismatch("a scheme needs a key, and a key a scheme".into())));
            }
        };
        let cutter = Cutter::new(grid, first).map_err(named)?;
        Ok(Self { item, cutter, protection, segments: Vec::new() })
    }

    /// Takes the next bytes of the chunk and gives the segments that are whole now.
    ///
    /// # Errors
    /// [`MediaError::Mismatch`] that names chunk and rendition, when the bytes are not what
    /// was planned.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Delivered>, MediaError> {
        let spans = self.cutter.push(bytes);
        spans.and_then(|spans| spans.iter().map(|span| self.deliver(span)).collect()).map_err(|error| self.named(error))
    }

    /// Ends the chunk.
    ///
    /// # Errors
    /// As [`Protector::push`]; also when there are more or fewer frames than planned.
    pub fn finish(mut self) -> Result<Finished, MediaError> {
        self.end().map_err(|error| self.named(error))
    }

    fn end(&mut self) -> Result<Finished, MediaError> {
        let last = self.cutter.finish()?;
        let segments = last.iter().map(|span| self.deliver(span)).collect::<Result<_, _>>()?;
        self.check_length()?;
        let init = self.init()?;
        let part = IndexPart {
            rendition: self.item.rendition.id.clone(),
            chunk: self.item.chunk,
            init_sha256: package::sha256(init.clear()),
            codec: init.codec().to_owned(),
            timescale: init.timescale(),
            segments: self.segments.clone(),
        };
        let init = match &self.protection {
            Some(protection) => init.protected(protection)?,
            None => init.clear().to_vec(),
        };
        Ok(Finished { segments, init, part })
    }

    fn deliver(&mut self, span: &Span) -> Result<Delivered, MediaError> {
        let init = self.init()?;
        if self.segments.is_empty() {
            self.check_start(init, &span.fragment)?;
        }
        let bytes = match &self.protection {
            Some(protection) => cenc::encrypt_segment(init, span, protection)?,
            None => span.fragment.segment()?,
        };
        self.segments.push(described(&span.fragment, bytes.len()));
        Ok(Delivered { number: span.fragment.sequence, bytes })
    }

    fn init(&self) -> Result<&Init, MediaError> {
        self.cutter.init().ok_or_else(|| MediaError::malformed("there is no moov"))
    }

    /// A chunk is of the planned kind and on the planned clock.
    fn check_start(&self, init: &Init, first: &Fragment) -> Result<(), MediaError> {
        let (kind, scale, start) = match &self.item.rendition.media {
            Media::Audio { sample_rate, .. } => (TrackKind::Audio, *sample_rate, 0),
            _ => (
                TrackKind::Video,
                self.item.timing.timescale,
                self.item.first_frame.saturating_mul(u64::from(self.item.timing.frame_ticks)),
            ),
        };
        let found = (init.kind(), init.timescale(), first.decode_time);
        if found != (kind, scale, start) {
            let told = format!(
                "{kind:?} of {scale} ticks a second that begins at {start} was planned, but it is {:?} of {} that begins at {}",
                found.0, found.1, found.2
            );
            return Err(MediaError::Mismatch(told));
        }
        Ok(())
    }

    /// A chunk of pictures has the planned frames, each as long as planned.
    fn check_length(&self) -> Result<(), MediaError> {
        let Media::Video { .. } = self.item.rendition.media else {
            return Ok(());
        };
        let planned = self.item.end_frame.saturating_sub(self.item.first_frame);
        if self.cutter.samples() != planned {
            return Err(MediaError::Mismatch(format!(
                "it has {} frames, but {planned} were planned",
                self.cutter.samples()
            )));
        }
        let ticks: u64 = self.segments.iter().map(|segment| segment.duration).sum();
        let expected = planned.saturating_mul(u64::from(self.item.timing.frame_ticks));
        if ticks != expected {
            return Err(MediaError::Mismatch(format!("it lasts {ticks} ticks, but {expected} were planned")));
        }
        Ok(())
    }

    fn named(&self, error: MediaError) -> MediaError {
        error.of_chunk(&self.item.rendition.id, self.item.chunk)
    }
}

fn described(fragment: &Fragment, bytes: usize) -> Segment {
    Segment {
        number: fragment.sequence,
        time: fragment.decode_time,
        duration: fragment.duration(),
        samples: fragment.samples.len() as u32,
        bytes: bytes as u64,
    }
}
