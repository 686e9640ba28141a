//! Media segments: one or more fragments, one after another.

use super::boxes::{Box, Fields, boxes, child, descend, find};
use super::{CmafError, Init};
use std::ops::Range;

/// How one sample is encrypted (`senc`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Encryption {
    pub(crate) iv: Vec<u8>,
    /// Clear bytes, then protected ones, in turn; empty when all is protected.
    pub(crate) ranges: Vec<(usize, usize)>,
}

/// A sample: where it stands in the segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) bytes: Range<usize>,
    pub(crate) encryption: Encryption,
}

/// A media segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Segment {
    /// When its first sample is decoded, in ticks.
    pub(crate) time: u64,
    /// The sum of its samples' durations, in ticks.
    pub(crate) duration: u64,
    pub(crate) samples: Vec<Sample>,
    /// Where the types of boxes stand that speak of encryption.
    pub(crate) encryption_boxes: Vec<usize>,
}

impl Segment {
    /// Reads all fragments of a segment.
    pub(crate) fn parse(data: &[u8], init: &Init) -> Result<Self, CmafError> {
        let mut segment = Self::default();
        let fragments: Vec<Box> = boxes(data, 0..data.len())?.into_iter().filter(|b| b.kind == *b"moof").collect();
        for (index, moof) in fragments.iter().enumerate() {
            let traf = child(data, moof.body.clone(), "traf")?;
            let time = decode_time(data, &traf)?;
            match segment.time.checked_add(segment.duration) {
                _ if index == 0 => segment.time = time,
                Some(expected) if expected == time => {}
                expected => return Err(CmafError::Gap { expected: expected.unwrap_or(u64::MAX), found: time }),
            }
            segment.read_fragment(data, init, moof, traf)?;
        }
        if fragments.is_empty() { Err(CmafError::Missing("moof")) } else { Ok(segment) }
    }

    fn read_fragment(&mut self, data: &[u8], init: &Init, moof: &Box, traf: Range<usize>) -> Result<(), CmafError> {
        let first = self.samples.len();
        let header = Header::parse(data, init, moof, &traf)?;
        let mut next = header.base;
        for run in boxes(data, traf.clone())?.into_iter().filter(|b| b.kind == *b"trun") {
            next = self.read_run(data, &header, run.body, next)?;
        }
        let speaks = |b: &Box| matches!(&b.kind, b"senc" | b"saiz" | b"saio");
        self.encryption_boxes.extend(boxes(data, traf.clone())?.iter().filter(|b| speaks(b)).map(|b| b.start + 4));
        match (&init.protection, find(data, traf, "senc")?) {
            (Some(protection), Some(senc)) => {
                read_encryption(data, senc, protection.iv_bytes, &mut self.samples[first..])
            }
            _ => Ok(()),
        }
    }

    /// `trun` (ISO/IEC 14496-12, section 8.8.8). Returns where the run's data ends.
    fn read_run(&mut self, data: &[u8], header: &Header, run: Range<usize>, next: u64) -> Result<u64, CmafError> {
        let mut fields = Fields::new(data, run);
        let (_, flags) = fields.version_and_flags()?;
        let count = fields.u32()?;
        let offset = fields.u32_if(flags & 0x1 != 0)?;
        let mut at = offset.map_or(Some(next), |offset| header.base.checked_add_signed(i64::from(offset as i32)));
        fields.u32_if(flags & 0x4 != 0)?;
        for _ in 0..count {
            let duration = fields.u32_if(flags & 0x100 != 0)?.unwrap_or(header.duration);
            let size = fields.u32_if(flags & 0x200 != 0)?.unwrap_or(header.size);
            fields.u32_if(flags & 0x400 != 0)?;
            fields.u32_if(flags & 0x800 != 0)?;
            let end = at.and_then(|at| at.checked_add(u64::from(size)));
            let bytes = place(at, end, data.len()).ok_or(CmafError::Outside(self.samples.len()))?;
            self.samples.push(Sample { bytes, encryption: Encryption::default() });
            self.duration += u64::from(duration);
            at = end;
        }
        at.ok_or(CmafError::Outside(self.samples.len()))
    }
}

fn place(start: Option<u64>, end: Option<u64>, length: usize) -> Option<Range<usize>> {
    let (start, end) = (usize::try_from(start?).ok()?, usize::try_from(end?).ok()?);
    (start <= end && end <= length).then_some(start..end)
}

fn decode_time(data: &[u8], traf: &Range<usize>) -> Result<u64, CmafError> {
    let mut fields = Fields::new(data, descend(data, traf.clone(), &["tfdt"])?);
    match fields.version_and_flags()? {
        (0, _) => fields.u32().map(u64::from),
        _ => fields.u64(),
    }
}

/// `tfhd` (ISO/IEC 14496-12, section 8.8.7): what runs are relative to.
struct Header {
    base: u64,
    duration: u32,
    size: u32,
}

impl Header {
    fn parse(data: &[u8], init: &Init, moof: &Box, traf: &Range<usize>) -> Result<Self, CmafError> {
        let mut fields = Fields::new(data, child(data, traf.clone(), "tfhd")?);
        let (_, flags) = fields.version_and_flags()?;
        fields.u32()?;
        let base = if flags & 0x1 != 0 { fields.u64()? } else { moof.start as u64 };
        fields.u32_if(flags & 0x2 != 0)?;
        let duration = fields.u32_if(flags & 0x8 != 0)?.unwrap_or(init.default_duration);
        let size = fields.u32_if(flags & 0x10 != 0)?.unwrap_or(init.default_size);
        Ok(Self { base, duration, size })
    }
}

/// `senc` (ISO/IEC 23001-7, section 7.2).
fn read_encryption(data: &[u8], senc: Range<usize>, iv_bytes: usize, samples: &mut [Sample]) -> Result<(), CmafError> {
    let mut fields = Fields::new(data, senc);
    let (_, flags) = fields.version_and_flags()?;
    let count = fields.u32()? as usize;
    for sample in samples.iter_mut().take(count) {
        sample.encryption.iv = fields.slice(iv_bytes)?.to_vec();
        let ranges = if flags & 0x2 != 0 { fields.u16()? } else { 0 };
        for _ in 0..ranges {
            sample.encryption.ranges.push((usize::from(fields.u16()?), fields.u32()? as usize));
        }
    }
    Ok(())
}
