//! The units of a sample: they must end where it ends.

use super::{CmafError, Init};

/// Walks the units of a clear sample: NAL units by their lengths (ISO/IEC 14496-15), AV1
/// OBUs (AV1, section 5.3). Other codecs pass.
pub(crate) fn check_sample(sample: &[u8], index: usize, init: &Init) -> Result<(), CmafError> {
    let units: fn(&[u8], usize) -> Option<usize> = match (init.nal_length, &init.codec) {
        (Some(_), _) => nal_unit,
        (None, b"av01") => obu,
        _ => return Ok(()),
    };
    let mut rest = sample;
    if rest.is_empty() {
        return Err(CmafError::Units(index, "before they begin"));
    }
    while !rest.is_empty() {
        let length = units(rest, init.nal_length.unwrap_or(0)).filter(|&length| length <= rest.len());
        rest = &rest[length.ok_or(CmafError::Units(index, "after the sample's end"))?..];
    }
    Ok(())
}

/// The length of the NAL unit at the start, with the length field; an empty unit is none.
fn nal_unit(data: &[u8], length_bytes: usize) -> Option<usize> {
    let length = data.get(..length_bytes)?.iter().fold(0, |value, &byte| value << 8 | usize::from(byte));
    (length > 0).then_some(())?;
    length_bytes.checked_add(length)
}

/// The length of the OBU at the start. One without a size field reaches to the end.
fn obu(data: &[u8], _: usize) -> Option<usize> {
    let header = *data.first()?;
    let forbidden = header & 0x80 != 0;
    let begin = if header & 0x04 != 0 { 2 } else { 1 };
    if forbidden {
        return None;
    }
    if header & 0x02 == 0 {
        return Some(data.len());
    }
    let (size, bytes) = leb128(data.get(begin..)?)?;
    begin.checked_add(bytes)?.checked_add(size)
}

/// AV1, section 4.10.5.
fn leb128(data: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (index, byte) in data.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}
