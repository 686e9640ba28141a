//! Cutting what an encoder wrote into segments.

use super::boxes::{self, Kind};
use super::fragment::{Fragment, Sample};
use super::grid::Grid;
use super::init::{Init, TrackKind};
use crate::MediaError;

/// The most bytes of a box that is held at once: more than the heaviest fragment.
const LARGEST_BOX: usize = 64 << 20;

/// A fragment that is one segment, and where it stands in its rendition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The index of its first sample in the rendition, from 0.
    pub first_sample: u64,
    /// The segment; its sequence number is the segment's, from 1.
    pub fragment: Fragment,
}

/// Reads fragmented MP4 of one track piece by piece, however its encoder cut it into
/// fragments, and cuts it at the boundaries of a [`Grid`]. It holds about a segment.
#[derive(Debug)]
pub struct Cutter {
    grid: Grid,
    /// The segment that `pending` begins, from 0.
    segment: u64,
    unread: Vec<u8>,
    init: Option<Init>,
    pending: Vec<Sample>,
    /// When the first pending sample is decoded, in ticks.
    begins: u64,
    /// How many samples were read.
    samples: u64,
}

impl Cutter {
    /// A cutter of a chunk whose first sample has this index in its rendition.
    ///
    /// # Errors
    /// [`MediaError::Mismatch`] when no segment begins there.
    pub fn new(grid: Grid, first_sample: u64) -> Result<Self, MediaError> {
        let segment = grid.segment_at(first_sample);
        let segment = segment.ok_or_else(|| {
            MediaError::Mismatch(format!("a chunk begins with sample {first_sample}, where no segment begins"))
        })?;
        Ok(Self { grid, segment, unread: Vec::new(), init: None, pending: Vec::new(), begins: 0, samples: 0 })
    }

    /// Takes the next bytes and gives the segments that are whole now.
    ///
    /// # Errors
    /// [`MediaError`] when the bytes are not fragmented MP4 of one track that Reel packages,
    /// or a segment of pictures does not begin with a keyframe.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Span>, MediaError> {
        self.unread.extend_from_slice(bytes);
        let mut read = 0;
        while let Some(size) = self.whole(&self.unread[read..])? {
            let unit = self.unread[read..read + size].to_vec();
            self.take(&unit)?;
            read += size;
        }
        self.unread.drain(..read);
        let mut spans = Vec::new();
        while self.pending.len() as u64 >= self.length().saturating_add(self.grid.shortest()) {
            spans.push(self.cut(self.length() as usize)?);
        }
        Ok(spans)
    }

    /// The init segment, once it was read.
    pub fn init(&self) -> Option<&Init> {
        self.init.as_ref()
    }

    /// How many samples were read so far.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// The last segment, when the chunk has ended.
    ///
    /// # Errors
    /// [`MediaError::Malformed`] when the chunk breaks off or holds no sample.
    pub fn finish(&mut self) -> Result<Option<Span>, MediaError> {
        if !self.unread.is_empty() {
            return Err(MediaError::malformed(format!("it breaks off {} bytes into a box", self.unread.len())));
        }
        if self.samples == 0 {
            return Err(MediaError::malformed("it holds no sample"));
        }
        let rest = self.pending.len();
        (rest > 0).then(|| self.cut(rest)).transpose()
    }

    /// The samples of the segment at hand.
    fn length(&self) -> u64 {
        self.grid.boundary(self.segment + 1).saturating_sub(self.grid.boundary(self.segment)).max(1)
    }

    /// The length of the unit that `data` begins with, when all of it is there: a box, or
    /// a `moof` with all up to its `mdat`'s end.
    fn whole(&self, data: &[u8]) -> Result<Option<usize>, MediaError> {
        let mut size = 0_usize;
        let mut first: Option<Kind> = None;
        while let Some((kind, length, _)) = boxes::header(data.get(size..).unwrap_or_default())? {
            let sum = size.checked_add(length).filter(|size| *size <= LARGEST_BOX);
            size = sum.ok_or_else(|| MediaError::malformed(format!("box {} is over 64 MiB", kind.escape_ascii())))?;
            if size > data.len() {
                return Ok(None);
            }
            if *first.get_or_insert(kind) != *b"moof" || kind == *b"mdat" {
                return Ok(Some(size));
            }
        }
        Ok(None)
    }

    fn take(&mut self, unit: &[u8]) -> Result<(), MediaError> {
        match boxes::header(unit)? {
            Some((kind, ..)) if kind == *b"moov" => self.init = Some(Init::read(unit)?),
            Some((kind, ..)) if kind == *b"moof" => self.take_fragment(unit)?,
            _ => {}
        }
        Ok(())
    }

    fn take_fragment(&mut self, unit: &[u8]) -> Result<(), MediaError> {
        let init = self.init.as_ref().ok_or_else(|| MediaError::malformed("a moof before the moov"))?;
        let (fragment, _) = Fragment::read(unit, init.parts().defaults)?;
        let held: u64 = self.pending.iter().map(|sample| u64::from(sample.duration)).sum();
        let expected = self.begins.saturating_add(held);
        if self.samples == 0 {
            self.begins = fragment.decode_time;
        } else if expected != fragment.decode_time {
            return Err(MediaError::Mismatch(format!(
                "a fragment begins at {} ticks instead of {expected}",
                fragment.decode_time
            )));
        }
        self.samples += fragment.samples.len() as u64;
        self.pending.extend(fragment.samples);
        Ok(())
    }

    fn cut(&mut self, length: usize) -> Result<Span, MediaError> {
        let number = self.segment + 1;
        let samples: Vec<Sample> = self.pending.drain(..length).collect();
        let pictures = self.init.as_ref().is_some_and(|init| init.kind() == TrackKind::Video);
        if pictures && !samples.first().is_some_and(Sample::is_sync) {
            return Err(MediaError::Mismatch(format!("segment {number} does not begin with a keyframe")));
        }
        let sequence = u32::try_from(number).map_err(|_| MediaError::malformed("more than 2^32 segments"))?;
        let fragment = Fragment { sequence, decode_time: self.begins, samples };
        self.begins = self.begins.saturating_add(fragment.duration());
        let span = Span { first_sample: self.grid.boundary(self.segment), fragment };
        self.segment += 1;
        Ok(span)
    }
}
