//! Boxes as bytes (ISO/IEC 14496-12, section 4.2): walking, editing and writing those
//! that need no interpretation, so that what an encoder wrote is kept as it is.

use crate::MediaError;

/// A four-character code.
pub(crate) type Kind = [u8; 4];

/// A box, with its header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RawBox<'a> {
    pub(crate) kind: Kind,
    /// All of it.
    pub(crate) bytes: &'a [u8],
    /// Without its header.
    pub(crate) body: &'a [u8],
}

impl RawBox<'_> {
    /// The kind as text.
    pub(crate) fn name(&self) -> String {
        self.kind.escape_ascii().to_string()
    }
}

/// The header of a box that starts `data`: its length in bytes with and without header;
/// none when `data` is too short to tell.
pub(crate) fn header(data: &[u8]) -> Result<Option<(Kind, usize, usize)>, MediaError> {
    let Some((size, rest)) = data.split_first_chunk::<4>() else {
        return Ok(None);
    };
    let Some((kind, rest)) = rest.split_first_chunk::<4>() else {
        return Ok(None);
    };
    let (size, head) = match (u32::from_be_bytes(*size), rest.first_chunk::<8>()) {
        (1, Some(large)) => (u64::from_be_bytes(*large), 16),
        (1, None) => return Ok(None),
        (size, _) => (u64::from(size), 8),
    };
    let size = usize::try_from(size).ok().filter(|size| *size >= head);
    let size =
        size.ok_or_else(|| MediaError::malformed(format!("box {} has an impossible length", kind.escape_ascii())))?;
    Ok(Some((*kind, size, size - head)))
}

/// The boxes of `data`, one after the other.
pub(crate) fn boxes(data: &[u8]) -> Result<Vec<RawBox<'_>>, MediaError> {
    let (mut rest, mut found) = (data, Vec::new());
    while !rest.is_empty() {
        let (kind, size, body) = header(rest)?.ok_or_else(|| MediaError::malformed("bytes that are no box"))?;
        if size > rest.len() {
            return Err(MediaError::malformed(format!("box {} is cut off", kind.escape_ascii())));
        }
        let (bytes, after) = rest.split_at(size);
        found.push(RawBox { kind, bytes, body: &bytes[size - body..] });
        rest = after;
    }
    Ok(found)
}

/// The first box of a kind; none when there is none.
pub(crate) fn find<'a>(data: &'a [u8], kind: &Kind) -> Result<Option<RawBox<'a>>, MediaError> {
    Ok(boxes(data)?.into_iter().find(|found| found.kind == *kind))
}

/// A box of this kind.
pub(crate) fn write(kind: &Kind, body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).unwrap_or(u32::MAX);
    [&size.to_be_bytes(), &kind[..], body].concat()
}

/// A full box of this kind (section 4.2.2): version and 24 bits of flags first.
pub(crate) fn write_full(kind: &Kind, version: u8, flags: u32, body: &[u8]) -> Vec<u8> {
    let head = (u32::from(version) << 24) | (flags & 0x00ff_ffff);
    write(kind, &[&head.to_be_bytes(), body].concat())
}

/// What the boxes at `path` become by `edit`; all others stay as they are. A box that
/// becomes nothing is left out.
pub(crate) fn edit(
    data: &[u8],
    path: &[&Kind],
    edit_box: &mut dyn FnMut(RawBox<'_>) -> Result<Vec<u8>, MediaError>,
) -> Result<Vec<u8>, MediaError> {
    let mut out = Vec::with_capacity(data.len());
    for found in boxes(data)? {
        match path {
            [kind] if found.kind == **kind => out.extend(edit_box(found)?),
            [kind, deeper @ ..] if found.kind == **kind => {
                out.extend(write(kind, &edit(found.body, deeper, edit_box)?))
            }
            _ => out.extend_from_slice(found.bytes),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_reaches_the_boxes_of_its_path_only() {
        let data =
            [write(b"moov", &[write(b"trak", b"a"), write(b"free", b"b")].concat()), write(b"trak", b"c")].concat();
        let edited = edit(&data, &[b"moov", b"trak"], &mut |found| Ok(write(&found.kind, b"xyz"))).unwrap();
        let expected =
            [write(b"moov", &[write(b"trak", b"xyz"), write(b"free", b"b")].concat()), write(b"trak", b"c")].concat();
        assert_eq!(edited, expected);
    }

    #[test]
    fn what_is_cut_off_or_too_short_is_an_error() {
        assert!(boxes(&[0, 0, 0, 16, b'm', b'o', b'o', b'f']).is_err());
        assert!(boxes(&[0, 0, 0, 7, b'm', b'o', b'o', b'f']).is_err());
        assert!(boxes(&[0, 0, 0]).is_err());
        assert!(boxes(&[0, 0, 0, 1, b'm', b'o', b'o', b'f', 255, 255, 255, 255, 255, 255, 255, 255]).is_err());
    }
}
