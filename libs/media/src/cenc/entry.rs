//! Protected sample entries (ISO/IEC 14496-12, section 8.12; ISO/IEC 23001-7, section 8.2).

use super::Protection;
use super::cipher::Pattern;
use crate::MediaError;
use crate::cmaf::ENTRY_PATH;
use crate::cmaf::boxes::{self, Kind, RawBox};
use reel_api::encoding::Scheme;

/// The fields of a sample entry before its boxes, in bytes: of pictures and of sound
/// (ISO/IEC 14496-12, sections 12.1.3 and 12.2.3).
const VISUAL_FIELDS: usize = 78;
const AUDIO_FIELDS: usize = 28;
/// Version, flags and the number of entries of `stsd`.
const STSD_FIELDS: usize = 8;
/// Version 1.0 of a scheme.
const SCHEME_VERSION: u32 = 0x0001_0000;

/// What `tenc` says, with its scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TrackEncryption {
    pub(crate) scheme: Scheme,
    pub(crate) pattern: Pattern,
    pub(crate) kid: [u8; 16],
    /// Bytes of each sample's own vector; 0 where the vector is constant.
    pub(crate) iv_size: u8,
    pub(crate) constant_iv: Option<[u8; 16]>,
}

/// The `stsd` with its only entry protected.
pub(crate) fn protect(stsd: RawBox<'_>, protection: &Protection) -> Result<Vec<u8>, MediaError> {
    let (head, entry) = only_entry(&stsd)?;
    let kind = if is_visual(&entry.kind) { b"encv" } else { b"enca" };
    let sinf = [
        boxes::write(b"frma", &entry.kind),
        boxes::write_full(b"schm", 0, 0, &[&fourcc(protection.scheme)[..], &SCHEME_VERSION.to_be_bytes()].concat()),
        boxes::write(b"schi", &track_encryption(protection, is_visual(&entry.kind))),
    ];
    let entry = boxes::write(kind, &[entry.body, &boxes::write(b"sinf", &sinf.concat())].concat());
    Ok(boxes::write(b"stsd", &[head, &entry].concat()))
}

/// The `moov` with its sample entry as it was before [`protect`].
pub(crate) fn unprotect(moov: &[u8]) -> Result<Vec<u8>, MediaError> {
    boxes::edit(moov, &ENTRY_PATH, &mut |stsd| {
        let (head, entry) = only_entry(&stsd)?;
        let Some(sinf) = protection_of(&entry)? else {
            return Ok(stsd.bytes.to_vec());
        };
        let original: Option<Kind> = boxes::find(sinf.body, b"frma")?.and_then(|frma| frma.body.try_into().ok());
        let original = original.ok_or_else(|| MediaError::malformed("a sinf without its frma"))?;
        let (fields, inner) = split(&entry)?;
        let inner = boxes::edit(inner, &[b"sinf"], &mut |_| Ok(Vec::new()))?;
        Ok(boxes::write(b"stsd", &[head, &boxes::write(&original, &[fields, &inner].concat())].concat()))
    })
}

/// How the sample entry of a `moov` is protected; none when it is clear.
pub(crate) fn find(moov: &[u8]) -> Result<Option<TrackEncryption>, MediaError> {
    let mut found = None;
    boxes::edit(moov, &ENTRY_PATH, &mut |stsd| {
        let (_, entry) = only_entry(&stsd)?;
        found = protection_of(&entry)?.map(|sinf| read(sinf.body)).transpose()?;
        Ok(Vec::new())
    })?;
    Ok(found)
}

fn only_entry<'a>(stsd: &RawBox<'a>) -> Result<(&'a [u8], RawBox<'a>), MediaError> {
    let (head, entries) =
        stsd.body.split_at_checked(STSD_FIELDS).ok_or_else(|| MediaError::malformed("a short stsd"))?;
    match boxes::boxes(entries)?[..] {
        [entry] => Ok((head, entry)),
        ref entries => Err(MediaError::malformed(format!("{} sample entries", entries.len()))),
    }
}

fn protection_of<'a>(entry: &RawBox<'a>) -> Result<Option<RawBox<'a>>, MediaError> {
    match &entry.kind {
        b"encv" | b"enca" => {
            let sinf = boxes::find(split(entry)?.1, b"sinf")?;
            sinf.map(Some).ok_or_else(|| MediaError::malformed(format!("{} without a sinf", entry.name())))
        }
        _ => Ok(None),
    }
}

fn split<'a>(entry: &RawBox<'a>) -> Result<(&'a [u8], &'a [u8]), MediaError> {
    let fields = if is_visual(&entry.kind) { VISUAL_FIELDS } else { AUDIO_FIELDS };
    entry.body.split_at_checked(fields).ok_or_else(|| MediaError::malformed(format!("a short {}", entry.name())))
}

fn is_visual(kind: &Kind) -> bool {
    matches!(kind, b"avc1" | b"encv")
}

fn fourcc(scheme: Scheme) -> &'static Kind {
    match scheme {
        Scheme::Cbcs => b"cbcs",
        Scheme::Cenc => b"cenc",
    }
}

fn track_encryption(protection: &Protection, visual: bool) -> Vec<u8> {
    const PROTECTED: u8 = 1;
    match protection.scheme {
        Scheme::Cbcs => {
            let pattern = if visual { Pattern::PICTURES } else { Pattern::ALL };
            let fields = [0, (pattern.crypt << 4) | pattern.skip, PROTECTED, 0];
            boxes::write_full(b"tenc", 1, 0, &[&fields[..], &protection.kid, &[16], &protection.iv].concat())
        }
        Scheme::Cenc => boxes::write_full(b"tenc", 0, 0, &[&[0, 0, PROTECTED, 8][..], &protection.kid].concat()),
    }
}

fn read(sinf: &[u8]) -> Result<TrackEncryption, MediaError> {
    let malformed = || MediaError::malformed("a sinf that does not read");
    let schm = boxes::find(sinf, b"schm")?.ok_or_else(malformed)?;
    let scheme = match schm.body.get(4..8) {
        Some(b"cbcs") => Scheme::Cbcs,
        Some(b"cenc") => Scheme::Cenc,
        other => {
            return Err(MediaError::Encrypted(format!("scheme {}", other.unwrap_or_default().escape_ascii())));
        }
    };
    let schi = boxes::find(sinf, b"schi")?.ok_or_else(malformed)?;
    let tenc = boxes::find(schi.body, b"tenc")?.ok_or_else(malformed)?;
    read_tenc(scheme, tenc.body).ok_or_else(malformed)
}

fn read_tenc(scheme: Scheme, body: &[u8]) -> Option<TrackEncryption> {
    let (fields, rest) = body.split_first_chunk::<8>()?;
    let (kid, rest) = rest.split_first_chunk::<16>()?;
    let [version, _, _, _, _, pattern, _, iv_size] = *fields;
    let pattern = if version == 0 { Pattern::ALL } else { Pattern { crypt: pattern >> 4, skip: pattern & 15 } };
    let constant_iv = match (iv_size, rest) {
        (0, [16, iv @ ..]) => Some(*iv.first_chunk::<16>()?),
        (0, _) => return None,
        _ => None,
    };
    Some(TrackEncryption { scheme, pattern, kid: *kid, iv_size, constant_iv })
}
