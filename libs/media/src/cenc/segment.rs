//! Segments: encrypting and decrypting.

use super::Protection;
use super::cipher::{Cipher, Direction, Pattern, Subsample};
use super::entry::TrackEncryption;
use super::subsamples::Slices;
use crate::MediaError;
use crate::cmaf::boxes;
use crate::cmaf::{Aux, Fragment, Init, Span, TrackKind};
use mp4_atom::Senc;
use reel_api::encoding::Scheme;

/// The protected segment of a clear span.
///
/// # Errors
/// [`MediaError::Malformed`] when a sample is not what the init segment's codec makes it.
pub fn encrypt_segment(init: &Init, span: &Span, protection: &Protection) -> Result<Vec<u8>, MediaError> {
    let slices = init.parts().avcc.as_ref().map(|avcc| Slices::new(avcc, protection.scheme)).transpose()?;
    let pattern = if init.kind() == TrackKind::Video { Pattern::PICTURES } else { Pattern::ALL };
    let cipher = Cipher::new(protection.scheme, &protection.key, pattern, Direction::Encrypt);
    let mut fragment = span.fragment.clone();
    let mut aux = Aux { samples: Vec::with_capacity(fragment.samples.len()), subsamples: slices.is_some() };
    for (index, sample) in (span.first_sample..).zip(&mut fragment.samples) {
        let subsamples = slices.as_ref().map(|slices| slices.subsamples(&sample.data)).transpose()?.unwrap_or_default();
        let (iv, told) = vector(protection, index);
        cipher
            .apply(&mut sample.data, &iv, &subsamples)
            .ok_or_else(|| MediaError::malformed("subsamples that do not cover their sample"))?;
        aux.samples.push(information(told, &subsamples)?);
    }
    fragment.segment_with(&aux)
}

/// A sample's vector, and as much of it as the sample tells itself.
fn vector(protection: &Protection, sample: u64) -> ([u8; 16], Vec<u8>) {
    match protection.scheme {
        Scheme::Cbcs => (protection.iv, Vec::new()),
        Scheme::Cenc => {
            let told = protection.counter_iv(sample);
            (widened(&told), told.to_vec())
        }
    }
}

/// A vector of 8 or 16 bytes with its block counter (section 9.3).
fn widened(told: &[u8]) -> [u8; 16] {
    let mut iv = [0; 16];
    iv.iter_mut().zip(told).for_each(|(byte, told)| *byte = *told);
    iv
}

/// The auxiliary information of a sample (section 7.2): its vector and its subsamples.
fn information(iv: Vec<u8>, subsamples: &[Subsample]) -> Result<Vec<u8>, MediaError> {
    let mut bytes = iv;
    if subsamples.is_empty() {
        return Ok(bytes);
    }
    bytes.extend((subsamples.len() as u16).to_be_bytes());
    for subsample in subsamples {
        bytes.extend(subsample.clear.to_be_bytes());
        bytes.extend(subsample.protected.to_be_bytes());
    }
    // `saiz` tells a sample's length in one byte.
    match u8::try_from(bytes.len()) {
        Ok(_) => Ok(bytes),
        Err(_) => {
            Err(MediaError::malformed(format!("a sample of {} slices: at most 40 can be protected", subsamples.len())))
        }
    }
}

/// The clear segment of a protected one, byte for byte what [`Fragment::segment`] made
/// before it was encrypted. `init` is its init segment; a clear segment stays as it is.
///
/// # Errors
/// [`MediaError::Malformed`] when they are not a segment and its init segment,
/// [`MediaError::Encrypted`] when what tells the vectors does not fit the samples. A wrong
/// key is no error: it gives wrong bytes.
pub fn decrypt_segment(init: &[u8], segment: &[u8], key: &[u8; 16]) -> Result<Vec<u8>, MediaError> {
    let init = Init::read(init)?;
    let Some(track) = &init.parts().protection else {
        return Ok(segment.to_vec());
    };
    let (mut fragment, senc) = read_segment(&init, segment)?;
    let cipher = Cipher::new(track.scheme, key, track.pattern, Direction::Decrypt);
    let mut told = Told::new(track, senc.as_ref());
    for sample in &mut fragment.samples {
        let broken = || MediaError::Encrypted("the senc box does not fit the samples".into());
        let (iv, subsamples) = told.next().ok_or_else(broken)?;
        cipher.apply(&mut sample.data, &iv, &subsamples).ok_or_else(broken)?;
    }
    fragment.segment()
}

/// Reads the only fragment of a segment.
fn read_segment(init: &Init, segment: &[u8]) -> Result<(Fragment, Option<Senc>), MediaError> {
    let mut before = 0;
    for found in boxes::boxes(segment)? {
        if found.kind == *b"moof" {
            return Fragment::read(segment.get(before..).unwrap_or_default(), init.parts().defaults);
        }
        before += found.bytes.len();
    }
    Err(MediaError::malformed("a segment without a moof"))
}

impl Fragment {
    /// Reads a segment of one fragment; its samples are as they stand there, encrypted or not.
    ///
    /// # Errors
    /// [`MediaError::Malformed`] when it is not one.
    pub fn of_segment(init: &Init, segment: &[u8]) -> Result<Self, MediaError> {
        Ok(read_segment(init, segment)?.0)
    }
}

/// What `senc` tells, sample by sample.
struct Told<'a> {
    rest: &'a [u8],
    subsamples: bool,
    iv_size: usize,
    constant: Option<[u8; 16]>,
}

impl<'a> Told<'a> {
    fn new(track: &TrackEncryption, senc: Option<&'a Senc>) -> Self {
        Self {
            // The number of samples comes first.
            rest: senc.and_then(|senc| senc.data.get(4..)).unwrap_or_default(),
            subsamples: senc.is_some_and(|senc| senc.use_subsamples),
            iv_size: usize::from(track.iv_size),
            constant: track.constant_iv,
        }
    }

    fn next(&mut self) -> Option<([u8; 16], Vec<Subsample>)> {
        let iv = match self.constant {
            Some(iv) => iv,
            None => widened(self.take(self.iv_size)?),
        };
        if !self.subsamples {
            return Some((iv, Vec::new()));
        }
        let count = u16::from_be_bytes(self.take(2)?.try_into().ok()?);
        let subsamples: Option<Vec<Subsample>> = (0..count).map(|_| self.subsample()).collect();
        // An empty list would mean the whole sample.
        Some((iv, subsamples.filter(|list| !list.is_empty())?))
    }

    fn subsample(&mut self) -> Option<Subsample> {
        let clear = u16::from_be_bytes(self.take(2)?.try_into().ok()?);
        let protected = u32::from_be_bytes(self.take(4)?.try_into().ok()?);
        Some(Subsample { clear, protected })
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}
