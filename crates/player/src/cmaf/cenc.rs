//! Decryption (ISO/IEC 23001-7, sections 9 and 10).

use super::init::{Protection, Scheme};
use super::segment::{Sample, Segment};
use super::{CmafError, Init};
use aes::Aes128;
use aes::cipher::{BlockModeDecrypt, InnerIvInit, KeyInit, KeyIvInit, StreamCipher};
use std::ops::Range;

const BLOCK: usize = 16;

/// Decrypts a segment in place, and renames the boxes that speak of its encryption to `free`.
pub(crate) fn decrypt(data: &mut [u8], segment: &Segment, init: &Init, key: &[u8; 16]) -> Result<(), CmafError> {
    let Some(protection) = &init.protection else { return Ok(()) };
    for (index, sample) in segment.samples.iter().enumerate() {
        let ranges = protected_ranges(sample).ok_or(CmafError::Ranges(index))?;
        let iv = vector(protection, sample).ok_or(CmafError::Ranges(index))?;
        match protection.scheme {
            Scheme::Cbcs => ranges.into_iter().for_each(|range| cbcs(&mut data[range], key, &iv, protection.pattern)),
            Scheme::Cenc => cenc(data, &ranges, key, &iv),
        }
    }
    for &at in &segment.encryption_boxes {
        data[at..at + 4].copy_from_slice(b"free");
    }
    Ok(())
}

/// The protected bytes of a sample; none when its ranges do not cover it exactly.
fn protected_ranges(sample: &Sample) -> Option<Vec<Range<usize>>> {
    if sample.encryption.ranges.is_empty() {
        return Some(vec![sample.bytes.clone()]);
    }
    let (mut at, mut ranges) = (sample.bytes.start, Vec::new());
    for (clear, protected) in &sample.encryption.ranges {
        let start = at.checked_add(*clear)?;
        at = start.checked_add(*protected)?;
        ranges.push(start..at);
    }
    (at == sample.bytes.end).then_some(ranges)
}

/// The initialization vector, filled up with zeros.
fn vector(protection: &Protection, sample: &Sample) -> Option<[u8; BLOCK]> {
    let own = if protection.iv_bytes > 0 { &sample.encryption.iv } else { &protection.constant_iv };
    let mut iv = [0; BLOCK];
    iv.get_mut(..own.len())?.copy_from_slice(own);
    matches!(own.len(), 8 | BLOCK).then_some(iv)
}

/// CBC over a pattern of blocks, beginning anew in each range (section 10.4).
fn cbcs(data: &mut [u8], key: &[u8; 16], iv: &[u8; BLOCK], pattern: (u8, u8)) {
    let (encrypted, clear) = (usize::from(pattern.0), usize::from(pattern.1));
    let period = encrypted + clear;
    let mut cipher = cbc::Decryptor::<Aes128>::inner_iv_init(Aes128::new(key.into()), iv.into());
    for (index, block) in data.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
        if period == 0 || index % period < encrypted {
            cipher.decrypt_block(block.into());
        }
    }
}

/// CTR over the protected ranges as if they were one (section 10.1).
fn cenc(data: &mut [u8], ranges: &[Range<usize>], key: &[u8; 16], iv: &[u8; BLOCK]) {
    let mut cipher = ctr::Ctr64BE::<Aes128>::new(key.into(), iv.into());
    for range in ranges {
        cipher.apply_keystream(&mut data[range.clone()]);
    }
}
