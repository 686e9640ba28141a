//! Init segments (ISO/IEC 23000-19, section 7.3.1: CMAF headers).

use super::boxes::{self, Kind, RawBox};
use super::codec;
use super::fragment::Defaults;
use crate::MediaError;
use crate::cenc::{Protection, entry};
use mp4_atom::{Avcc, Decode, Moov};

/// Where the sample entries stand.
pub(crate) const ENTRY_PATH: [&Kind; 6] = [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"];
/// The samples that an AAC encoder adds before the first (ISO/IEC 14496-24 names the
/// delay; encoders of AAC-LC have one frame of it).
const AAC_PRIMING: u32 = 1024;

/// Pictures or sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackKind {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
}

/// An init segment of one track, clear or protected, and what it says.
#[derive(Debug, Clone)]
pub struct Init {
    clear: Vec<u8>,
    parts: InitParts,
}

/// What an init segment says.
#[derive(Debug, Clone)]
pub(crate) struct InitParts {
    pub(crate) kind: TrackKind,
    pub(crate) codec: String,
    pub(crate) timescale: u32,
    pub(crate) avcc: Option<Avcc>,
    pub(crate) defaults: Defaults,
    pub(crate) protection: Option<entry::TrackEncryption>,
}

impl Init {
    /// Reads an `ftyp` and `moov` as encoders write them, or as [`Init::protected`] does;
    /// other boxes are ignored.
    ///
    /// # Errors
    /// [`MediaError::Malformed`], or [`MediaError::Unsupported`] for another codec.
    pub fn read(data: &[u8]) -> Result<Self, MediaError> {
        let moov = boxes::find(data, b"moov")?.ok_or_else(|| MediaError::malformed("there is no moov"))?;
        let protection = entry::find(moov.bytes)?;
        let clear = normal(&entry::unprotect(moov.bytes)?)?;
        let moov = Moov::decode(&mut &clear[..])?;
        let described = codec::describe(&moov)?;
        let clear = if described.kind == TrackKind::Audio { with_priming(&clear)? } else { clear };
        let timescale = moov.trak.first().map_or(0, |track| track.mdia.mdhd.timescale);
        if timescale == 0 {
            return Err(MediaError::malformed("a timescale of 0"));
        }
        let parts = InitParts {
            kind: described.kind,
            codec: described.codec,
            timescale,
            avcc: described.avcc,
            defaults: Defaults::of(&moov),
            protection,
        };
        Ok(Self { clear: [file_type(), clear].concat(), parts })
    }

    /// The init segment for clear segments. It is the same for every chunk of a rendition.
    pub fn clear(&self) -> &[u8] {
        &self.clear
    }

    /// The init segment for protected segments: `encv` or `enca` with `sinf`, and a `pssh`
    /// of version 1 (ISO/IEC 23001-7, sections 8.1 and 8.2).
    ///
    /// # Errors
    /// [`MediaError::Malformed`] when there is not exactly one sample entry.
    pub fn protected(&self, protection: &Protection) -> Result<Vec<u8>, MediaError> {
        let sealed = boxes::edit(&self.clear, &ENTRY_PATH, &mut |stsd| entry::protect(stsd, protection))?;
        boxes::edit(&sealed, &[b"moov"], &mut |moov| {
            Ok(boxes::write(b"moov", &[moov.body, &protection.pssh()].concat()))
        })
    }

    /// Pictures or sound.
    pub fn kind(&self) -> TrackKind {
        self.parts.kind
    }

    /// The codec string (RFC 6381): `avc1.64001f`, `mp4a.40.2`.
    pub fn codec(&self) -> &str {
        &self.parts.codec
    }

    /// Ticks a second.
    pub fn timescale(&self) -> u32 {
        self.parts.timescale
    }

    /// The key id that a protected init segment names, 32 hexadecimal digits.
    pub fn kid(&self) -> Option<String> {
        self.parts.protection.as_ref().map(|tenc| hex::encode(tenc.kid))
    }

    pub(crate) fn parts(&self) -> &InitParts {
        &self.parts
    }
}

/// The `ftyp`: CMAF's brand, and what it builds on.
fn file_type() -> Vec<u8> {
    boxes::write(b"ftyp", b"cmfc\0\0\0\0cmfciso6mp41")
}

/// Without what names the encoder or the protection system.
fn normal(moov: &[u8]) -> Result<Vec<u8>, MediaError> {
    let drop = &mut |_: RawBox<'_>| Ok(Vec::new());
    boxes::edit(&boxes::edit(moov, &[b"moov", b"udta"], drop)?, &[b"moov", b"pssh"], drop)
}

/// With an edit list (ISO/IEC 14496-12, section 8.6.6) that skips the encoder's delay,
/// where there is none.
fn with_priming(moov: &[u8]) -> Result<Vec<u8>, MediaError> {
    boxes::edit(moov, &[b"moov", b"trak"], &mut |track| {
        let found = boxes::find(track.body, b"edts")?;
        if found.is_some_and(|edits| edits.body.len() > 8) {
            return Ok(track.bytes.to_vec());
        }
        let mut body = Vec::with_capacity(track.bytes.len() + 36);
        for part in boxes::boxes(track.body)?.into_iter().filter(|part| part.kind != *b"edts") {
            body.extend_from_slice(part.bytes);
            if part.kind == *b"tkhd" {
                body.extend(priming_edit());
            }
        }
        Ok(boxes::write(b"trak", &body))
    })
}

fn priming_edit() -> Vec<u8> {
    // One entry: as long as the media, from AAC_PRIMING on, at rate 1.
    let entry: [u32; 4] = [1, 0, AAC_PRIMING, 0x0001_0000];
    let body: Vec<u8> = entry.iter().flat_map(|field| field.to_be_bytes()).collect();
    boxes::write(b"edts", &boxes::write_full(b"elst", 0, 0, &body))
}
