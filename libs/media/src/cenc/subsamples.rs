//! Which bytes of a sample are protected (ISO/IEC 23001-7, section 9.5).
//!
//! Of H.264 that is slice data: lengths, headers of NAL units, slice headers and units that
//! are no slices stay clear, so that a decoder knows what it is given (section 10.4.2).

use super::cipher::Subsample;
use crate::MediaError;
use h264_reader::Context;
use h264_reader::nal::pps::PicParameterSet;
use h264_reader::nal::slice::SliceHeader;
use h264_reader::nal::sps::SeqParameterSet;
use h264_reader::nal::{Nal, NalHeader, RefNal};
use h264_reader::rbsp::{BitReader, ByteReader};
use mp4_atom::Avcc;
use reel_api::encoding::Scheme;

const BLOCK: usize = 16;

/// H.264's parameter sets, and how long a NAL unit's length field is.
pub(crate) struct Slices {
    context: Context,
    length_size: usize,
    scheme: Scheme,
}

impl Slices {
    pub(crate) fn new(avcc: &Avcc, scheme: Scheme) -> Result<Self, MediaError> {
        let broken = |what: &str, error: String| MediaError::malformed(format!("{what} of the avcC: {error}"));
        let mut context = Context::new();
        for set in avcc.sequence_parameter_sets.iter().filter(|set| !set.is_empty()) {
            let sps = SeqParameterSet::from_bits(RefNal::new(set, &[], true).rbsp_bits());
            context.put_seq_param_set(sps.map_err(|e| broken("an SPS", format!("{e:?}")))?);
        }
        for set in avcc.picture_parameter_sets.iter().filter(|set| !set.is_empty()) {
            let pps = PicParameterSet::from_bits(&context, RefNal::new(set, &[], true).rbsp_bits());
            context.put_pic_param_set(pps.map_err(|e| broken("a PPS", format!("{e:?}")))?);
        }
        Ok(Self { context, length_size: usize::from(avcc.length_size.clamp(1, 4)), scheme })
    }

    /// The subsamples of a sample, which they cover.
    ///
    /// # Errors
    /// [`MediaError::Malformed`] when it is not a row of NAL units, or a slice header does
    /// not read.
    pub(crate) fn subsamples(&self, sample: &[u8]) -> Result<Vec<Subsample>, MediaError> {
        let (mut rest, mut clear, mut subsamples) = (sample, 0, Vec::new());
        while !rest.is_empty() {
            let (length, after) = rest.split_at_checked(self.length_size).ok_or_else(unit_cut_off)?;
            let length = length.iter().fold(0_usize, |sum, byte| (sum << 8) | usize::from(*byte));
            let (unit, after) = after.split_at_checked(length).ok_or_else(unit_cut_off)?;
            let (lead, protected) = self.split(unit)?;
            clear += self.length_size + lead;
            if protected > 0 {
                push(&mut subsamples, clear, protected);
                clear = 0;
            }
            rest = after;
        }
        if clear > 0 {
            push(&mut subsamples, clear, 0);
        }
        Ok(subsamples)
    }

    /// The clear and the protected bytes of a NAL unit.
    fn split(&self, unit: &[u8]) -> Result<(usize, usize), MediaError> {
        let header = match unit.first().map(|byte| (byte & 0x1f, NalHeader::new(*byte))) {
            Some((1 | 5, Ok(header))) => header,
            Some((2..=4, _)) => {
                return Err(MediaError::Unsupported("H.264 data-partitioned".into()));
            }
            _ => return Ok((unit.len(), 0)),
        };
        let lead = self.slice_header(unit, header)?;
        let protected = match self.scheme {
            Scheme::Cbcs => unit.len() - lead,
            // Whole blocks, so that no block of the keystream is shared (section 9.5.2.3).
            Scheme::Cenc => (unit.len() - lead) / BLOCK * BLOCK,
        };
        Ok((unit.len() - protected, protected))
    }

    /// The bytes of a NAL unit's header and slice header (ITU-T H.264, section 7.3.3),
    /// emulation prevention counted, the last one whole.
    fn slice_header(&self, unit: &[u8], header: NalHeader) -> Result<usize, MediaError> {
        let mut bits = BitReader::new(ByteReader::skipping_h264_header(unit));
        SliceHeader::from_bits(&self.context, &mut bits, header, None)
            .map_err(|e| MediaError::malformed(format!("a slice header: {e:?}")))?;
        let mut bytes = bits.into_reader();
        Ok(unit.len() - bytes.reader().len())
    }
}

fn unit_cut_off() -> MediaError {
    MediaError::malformed("a NAL unit is cut off")
}

/// Adds a subsample, with further ones before it where its clear bytes need more than 16 bits.
fn push(subsamples: &mut Vec<Subsample>, mut clear: usize, protected: usize) {
    while clear > usize::from(u16::MAX) {
        subsamples.push(Subsample { clear: u16::MAX, protected: 0 });
        clear -= usize::from(u16::MAX);
    }
    subsamples.push(Subsample { clear: clear as u16, protected: protected as u32 });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_clear_run_is_split() {
        let mut subsamples = Vec::new();
        push(&mut subsamples, 65_535 + 7, 32);
        assert_eq!(subsamples, [Subsample { clear: 65_535, protected: 0 }, Subsample { clear: 7, protected: 32 }]);
    }
}
