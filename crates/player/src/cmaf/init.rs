//! Init segments.

use super::CmafError;
use super::boxes::{Fields, boxes, child, descend, find};
use std::ops::Range;

/// A scheme of common encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Cbcs,
    Cenc,
}

/// How a track is encrypted (`schm` and `tenc`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Protection {
    pub(crate) scheme: Scheme,
    pub(crate) kid: [u8; 16],
    /// Blocks encrypted and blocks left clear, in turn; 0 and 0 encrypts all.
    pub(crate) pattern: (u8, u8),
    /// Bytes of each sample's initialization vector; 0 when the constant one is used.
    pub(crate) iv_bytes: usize,
    pub(crate) constant_iv: Vec<u8>,
}

/// What an init segment says of its one track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Init {
    /// Ticks a second.
    pub(crate) timescale: u32,
    /// The sample entry's type as it is without encryption: `avc1`, `mp4a`, …
    pub(crate) codec: [u8; 4],
    /// Bytes of a NAL unit's length, for codecs that have them.
    pub(crate) nal_length: Option<usize>,
    pub(crate) protection: Option<Protection>,
    pub(crate) default_duration: u32,
    pub(crate) default_size: u32,
    /// The same segment, its track described as clear.
    pub(crate) clear: Vec<u8>,
}

impl Init {
    /// Reads an init segment of one track.
    pub(crate) fn parse(data: &[u8]) -> Result<Self, CmafError> {
        let moov = child(data, 0..data.len(), "moov")?;
        let mdia = descend(data, moov.clone(), &["trak", "mdia"])?;
        let stsd = descend(data, mdia.clone(), &["minf", "stbl", "stsd"])?;
        let video = handler(data, &mdia)? == *b"vide";
        let (default_duration, default_size) = defaults(data, moov)?;
        let mut init = Self {
            timescale: timescale(data, &mdia)?,
            codec: *b"none",
            nal_length: None,
            protection: None,
            default_duration,
            default_size,
            clear: data.to_vec(),
        };
        init.read_entry(data, stsd, video)?;
        Ok(init)
    }

    fn read_entry(&mut self, data: &[u8], stsd: Range<usize>, video: bool) -> Result<(), CmafError> {
        let entries = boxes(data, inside(&stsd, 8)?)?;
        let entry = entries.first().ok_or(CmafError::Missing("sample entry"))?;
        // ISO/IEC 14496-12: a visual sample entry has 78 bytes before its boxes, an audio one 28.
        let children = inside(&entry.body, if video { 78 } else { 28 })?;
        self.codec = entry.kind;
        if matches!(&entry.kind, b"encv" | b"enca") {
            self.read_protection(data, children.clone())?;
            self.clear[entry.start + 4..entry.start + 8].copy_from_slice(&self.codec);
        }
        self.nal_length = nal_length(data, children)?;
        Ok(())
    }

    fn read_protection(&mut self, data: &[u8], children: Range<usize>) -> Result<(), CmafError> {
        let sinf = boxes(data, children)?.into_iter().find(|b| b.kind == *b"sinf").ok_or(CmafError::Missing("sinf"))?;
        self.codec = Fields::new(data, child(data, sinf.body.clone(), "frma")?).take()?;
        let mut schm = Fields::new(data, child(data, sinf.body.clone(), "schm")?);
        schm.version_and_flags()?;
        let scheme = match &schm.take()? {
            b"cbcs" => Scheme::Cbcs,
            b"cenc" => Scheme::Cenc,
            other => return Err(CmafError::Scheme(String::from_utf8_lossy(other).into_owned())),
        };
        self.protection = Some(track_encryption(data, descend(data, sinf.body, &["schi", "tenc"])?, scheme)?);
        self.clear[sinf.start + 4..sinf.start + 8].copy_from_slice(b"free");
        Ok(())
    }
}

/// `tenc` (ISO/IEC 23001-7, section 8.2).
fn track_encryption(data: &[u8], tenc: Range<usize>, scheme: Scheme) -> Result<Protection, CmafError> {
    let mut fields = Fields::new(data, tenc);
    let (version, _) = fields.version_and_flags()?;
    fields.u8()?;
    let pattern = fields.u8()?;
    let pattern = if version == 0 { (0, 0) } else { (pattern >> 4, pattern & 15) };
    let protected = fields.u8()? == 1;
    let iv_bytes = usize::from(fields.u8()?);
    let kid = fields.take()?;
    let constant_iv = if protected && iv_bytes == 0 {
        let length = usize::from(fields.u8()?);
        fields.slice(length)?.to_vec()
    } else {
        Vec::new()
    };
    Ok(Protection { scheme, kid, pattern, iv_bytes, constant_iv })
}

/// Leaves out the first bytes of a box's body.
fn inside(range: &Range<usize>, skip: usize) -> Result<Range<usize>, CmafError> {
    let start = range.start + skip;
    if start > range.end { Err(CmafError::Short(range.start)) } else { Ok(start..range.end) }
}

fn handler(data: &[u8], mdia: &Range<usize>) -> Result<[u8; 4], CmafError> {
    let mut fields = Fields::new(data, child(data, mdia.clone(), "hdlr")?);
    fields.u64()?;
    fields.take()
}

fn timescale(data: &[u8], mdia: &Range<usize>) -> Result<u32, CmafError> {
    let mut fields = Fields::new(data, child(data, mdia.clone(), "mdhd")?);
    let (version, _) = fields.version_and_flags()?;
    fields.slice(if version == 1 { 16 } else { 8 })?;
    fields.u32()
}

/// The default duration and size of samples (`trex`).
fn defaults(data: &[u8], moov: Range<usize>) -> Result<(u32, u32), CmafError> {
    let mut fields = Fields::new(data, descend(data, moov, &["mvex", "trex"])?);
    fields.slice(12)?;
    Ok((fields.u32()?, fields.u32()?))
}

/// ISO/IEC 14496-15: `avcC` section 5.3.3, `hvcC` section 8.3.3.
fn nal_length(data: &[u8], children: Range<usize>) -> Result<Option<usize>, CmafError> {
    for (kind, skip) in [("avcC", 4), ("hvcC", 21)] {
        if let Some(body) = find(data, children.clone(), kind)? {
            return Ok(Some(usize::from(Fields::new(data, inside(&body, skip)?).u8()? & 3) + 1));
        }
    }
    Ok(None)
}
