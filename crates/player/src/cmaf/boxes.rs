//! Boxes and their fields, by their place in the whole buffer.

use super::CmafError;
use std::ops::Range;

/// A box: its type and where its body stands.
#[derive(Debug, Clone)]
pub(super) struct Box {
    pub(super) kind: [u8; 4],
    pub(super) start: usize,
    pub(super) body: Range<usize>,
}

/// The boxes within a range of the buffer.
pub(super) fn boxes(data: &[u8], range: Range<usize>) -> Result<Vec<Box>, CmafError> {
    let (mut found, mut at) = (Vec::new(), range.start);
    while at < range.end {
        let next = read_box(data, at, range.end)?;
        at = next.body.end;
        found.push(next);
    }
    Ok(found)
}

fn read_box(data: &[u8], start: usize, end: usize) -> Result<Box, CmafError> {
    let mut fields = Fields::new(data, start..end);
    let short = fields.u32()?;
    let kind = fields.take()?;
    let size = match short {
        0 => end - start,
        1 => usize::try_from(fields.u64()?).map_err(|_| CmafError::Short(start))?,
        size => size as usize,
    };
    let stop = start.checked_add(size).filter(|&stop| stop <= end && stop >= fields.at);
    Ok(Box { kind, start, body: fields.at..stop.ok_or(CmafError::Short(start))? })
}

/// The first box of a type within a range.
pub(super) fn child(data: &[u8], range: Range<usize>, kind: &'static str) -> Result<Range<usize>, CmafError> {
    find(data, range, kind)?.ok_or(CmafError::Missing(kind))
}

/// The first box of a type within a range, if there is one.
pub(super) fn find(data: &[u8], range: Range<usize>, kind: &str) -> Result<Option<Range<usize>>, CmafError> {
    Ok(boxes(data, range)?.into_iter().find(|b| b.kind == kind.as_bytes()).map(|b| b.body))
}

/// Follows a path of boxes.
pub(super) fn descend(data: &[u8], mut range: Range<usize>, path: &[&'static str]) -> Result<Range<usize>, CmafError> {
    for kind in path {
        range = child(data, range, kind)?;
    }
    Ok(range)
}

/// Reads big-endian fields one after another.
pub(super) struct Fields<'a> {
    data: &'a [u8],
    pub(super) at: usize,
    end: usize,
}

impl<'a> Fields<'a> {
    pub(super) fn new(data: &'a [u8], range: Range<usize>) -> Self {
        Self { data, at: range.start, end: range.end.min(data.len()) }
    }

    pub(super) fn slice(&mut self, length: usize) -> Result<&'a [u8], CmafError> {
        let stop = self.at.checked_add(length).filter(|&stop| stop <= self.end).ok_or(CmafError::Short(self.at))?;
        let slice = self.data.get(self.at..stop).ok_or(CmafError::Short(self.at))?;
        self.at = stop;
        Ok(slice)
    }

    pub(super) fn take<const N: usize>(&mut self) -> Result<[u8; N], CmafError> {
        let at = self.at;
        self.slice(N)?.try_into().map_err(|_| CmafError::Short(at))
    }

    pub(super) fn u8(&mut self) -> Result<u8, CmafError> {
        Ok(self.take::<1>()?[0])
    }

    pub(super) fn u16(&mut self) -> Result<u16, CmafError> {
        self.take().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, CmafError> {
        self.take().map(u32::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, CmafError> {
        self.take().map(u64::from_be_bytes)
    }

    /// A 32-bit field that stands there when a flag is set.
    pub(super) fn u32_if(&mut self, present: bool) -> Result<Option<u32>, CmafError> {
        present.then(|| self.u32()).transpose()
    }

    /// The version and flags of a full box.
    pub(super) fn version_and_flags(&mut self) -> Result<(u8, u32), CmafError> {
        let word = self.u32()?;
        Ok(((word >> 24) as u8, word & 0x00ff_ffff))
    }
}
