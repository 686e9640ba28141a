//! Fragments: `moof` and `mdat` of one track (ISO/IEC 14496-12, section 8.8).

use super::boxes;
use crate::MediaError;
use mp4_atom::{
    Atom, Decode, Encode, Mfhd, Moof, Moov, Saio, Saiz, Senc, Tfdt, Tfhd, Traf, Trun, TrunEntry, TrunSamples,
};

/// The flag of samples that cannot be decoded alone (section 8.8.3.1).
const NON_SYNC: u32 = 0x0001_0000;

/// A sample: a frame of pictures or of sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// How long it is shown, in ticks.
    pub duration: u32,
    /// When it is shown after it is decoded, in ticks.
    pub composition_offset: i32,
    /// Sample flags (section 8.8.3.1).
    pub flags: u32,
    /// Its bytes.
    pub data: Vec<u8>,
}

impl Sample {
    /// Whether it can be decoded alone.
    pub fn is_sync(&self) -> bool {
        self.flags & NON_SYNC == 0
    }
}

/// A fragment of one track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// The sequence number.
    pub sequence: u32,
    /// When its first sample is decoded, in ticks.
    pub decode_time: u64,
    /// Its samples, in decoding order.
    pub samples: Vec<Sample>,
}

/// What encrypted samples need beside them (ISO/IEC 23001-7, section 7.2): the auxiliary
/// information of each sample, and whether it has subsamples.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Aux {
    pub(crate) samples: Vec<Vec<u8>>,
    pub(crate) subsamples: bool,
}

/// What holds for samples of which a fragment says nothing (`trex`, section 8.8.3).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Defaults {
    duration: u32,
    size: u32,
    flags: u32,
}

impl Defaults {
    pub(crate) fn of(moov: &Moov) -> Self {
        let trex = moov.mvex.as_ref().and_then(|mvex| mvex.trex.first());
        trex.map_or_else(Self::default, |trex| Self {
            duration: trex.default_sample_duration,
            size: trex.default_sample_size,
            flags: trex.default_sample_flags,
        })
    }

    fn within(self, tfhd: &Tfhd) -> Self {
        Self {
            duration: tfhd.default_sample_duration.unwrap_or(self.duration),
            size: tfhd.default_sample_size.unwrap_or(self.size),
            flags: tfhd.default_sample_flags.unwrap_or(self.flags),
        }
    }
}

impl Fragment {
    /// How long it lasts, in ticks.
    pub fn duration(&self) -> u64 {
        self.samples.iter().map(|sample| u64::from(sample.duration)).sum()
    }

    /// The fragment as a segment: `styp`, `moof` and `mdat` (ISO/IEC 23000-19, section 7.3.3).
    ///
    /// # Errors
    /// [`MediaError::Malformed`] when a field does not fit its box.
    pub fn segment(&self) -> Result<Vec<u8>, MediaError> {
        self.segment_with(&Aux::default())
    }

    pub(crate) fn segment_with(&self, aux: &Aux) -> Result<Vec<u8>, MediaError> {
        // Offsets are told in fields of fixed length: the first writing finds them.
        let (draft, aux_offset) = self.moof(aux, 0, 0)?;
        let data_offset = i32::try_from(draft.len() + 8).map_err(|_| MediaError::malformed("a moof over 2 GB"))?;
        let (moof, _) = self.moof(aux, data_offset, aux_offset)?;
        let media: Vec<u8> = self.samples.iter().flat_map(|sample| sample.data.iter().copied()).collect();
        Ok([boxes::write(b"styp", b"msdh\0\0\0\0msdhcmfs"), moof, boxes::write(b"mdat", &media)].concat())
    }

    /// The `moof`, and where in it the auxiliary information begins.
    fn moof(&self, aux: &Aux, data_offset: i32, aux_offset: u64) -> Result<(Vec<u8>, u64), MediaError> {
        const BOX_HEADER: usize = 8;
        // The full box's flags and the number of samples.
        const SENC_HEADER: usize = BOX_HEADER + 8;
        let head = encoded(&Mfhd { sequence_number: self.sequence })?;
        let common = Common::of(&self.samples);
        let mut track =
            [encoded(&common.tfhd())?, encoded(&Tfdt { base_media_decode_time: self.decode_time })?].concat();
        track.extend(encoded(&self.trun(&common, data_offset))?);
        let mut begins = 0;
        if aux.samples.iter().any(|sample| !sample.is_empty()) {
            track.extend(encoded(&sizes(aux))?);
            track.extend(encoded(&Saio { aux_info: None, offsets: vec![aux_offset] })?);
            begins = BOX_HEADER + head.len() + BOX_HEADER + track.len() + SENC_HEADER;
            track.extend(encoded(&encryption(aux))?);
        }
        Ok((boxes::write(b"moof", &[head, boxes::write(b"traf", &track)].concat()), begins as u64))
    }

    fn trun(&self, common: &Common, data_offset: i32) -> Trun {
        let entries = self.samples.iter().enumerate().map(|(i, sample)| TrunEntry {
            duration: common.duration.is_none().then_some(sample.duration),
            size: u32::try_from(sample.data.len()).ok(),
            flags: common.flags_of(i, sample),
            cts: common.composition.then_some(i64::from(sample.composition_offset)),
        });
        Trun { data_offset: Some(data_offset), samples: TrunSamples::Explicit(entries.collect()) }
    }

    /// Reads a fragment from a `moof` and the bytes up to the end of its `mdat`, and what
    /// `senc` says (the number of samples and all that follows it).
    pub(crate) fn read(bytes: &[u8], defaults: Defaults) -> Result<(Self, Option<Senc>), MediaError> {
        let moof = Moof::decode(&mut &bytes[..])?;
        let [track] = &moof.traf[..] else {
            return Err(MediaError::malformed(format!("a fragment of {} tracks", moof.traf.len())));
        };
        if track.tfhd.base_data_offset.is_some() {
            return Err(MediaError::malformed(
                "a fragment whose offsets are the file's: default-base-is-moof is expected",
            ));
        }
        let decode_time = track.tfdt.as_ref().map(|tfdt| tfdt.base_media_decode_time);
        let decode_time = decode_time.ok_or_else(|| MediaError::malformed("a fragment without a tfdt"))?;
        let samples = samples(track, defaults.within(&track.tfhd), bytes)?;
        Ok((Self { sequence: moof.mfhd.sequence_number, decode_time, samples }, track.senc.clone()))
    }
}

/// What all samples of a fragment have in common.
struct Common {
    duration: Option<u32>,
    flags: Option<u32>,
    first_flags: Option<u32>,
    composition: bool,
}

impl Common {
    fn of(samples: &[Sample]) -> Self {
        let first = samples.first();
        let rest = samples.get(1).or(first).map(|sample| sample.flags);
        let flags = rest.filter(|flags| samples.iter().skip(1).all(|sample| sample.flags == *flags));
        Self {
            duration: first
                .map(|sample| sample.duration)
                .filter(|it| samples.iter().all(|sample| sample.duration == *it)),
            flags,
            first_flags: first.map(|sample| sample.flags).filter(|first| flags.is_some_and(|flags| flags != *first)),
            composition: samples.iter().any(|sample| sample.composition_offset != 0),
        }
    }

    fn tfhd(&self) -> Tfhd {
        Tfhd {
            track_id: 1,
            default_sample_duration: self.duration,
            default_sample_flags: self.flags,
            default_base_is_moof: true,
            ..Tfhd::default()
        }
    }

    fn flags_of(&self, index: usize, sample: &Sample) -> Option<u32> {
        match self.flags {
            Some(_) if index == 0 => self.first_flags,
            Some(_) => None,
            None => Some(sample.flags),
        }
    }
}

fn samples(track: &Traf, defaults: Defaults, bytes: &[u8]) -> Result<Vec<Sample>, MediaError> {
    let (moof, ..) =
        boxes::header(bytes)?.map(|(_, size, body)| (size, body)).ok_or_else(|| MediaError::malformed("no moof"))?;
    let (mut samples, mut at) = (Vec::new(), moof.saturating_add(8));
    for run in &track.trun {
        if let Some(offset) = run.data_offset {
            at = usize::try_from(offset).map_err(|_| MediaError::malformed("samples before their moof"))?;
        }
        for entry in run.samples.iter() {
            let sample = sample(entry, defaults, bytes.get(at..).unwrap_or_default())?;
            at += sample.data.len();
            samples.push(sample);
        }
    }
    Ok(samples)
}

fn sample(entry: TrunEntry, defaults: Defaults, bytes: &[u8]) -> Result<Sample, MediaError> {
    let size = entry.size.unwrap_or(defaults.size) as usize;
    // An empty sample is refused: a run may claim four billion of them.
    let data = bytes.get(..size).filter(|data| !data.is_empty());
    let data = data.ok_or_else(|| MediaError::malformed("a sample without its bytes"))?.to_vec();
    let offset = i32::try_from(entry.cts.unwrap_or(0));
    Ok(Sample {
        duration: entry.duration.unwrap_or(defaults.duration),
        composition_offset: offset.map_err(|_| MediaError::malformed("a composition offset over 31 bits"))?,
        flags: entry.flags.unwrap_or(defaults.flags),
        data,
    })
}

fn sizes(aux: &Aux) -> Saiz {
    let each: Vec<u8> = aux.samples.iter().map(|sample| u8::try_from(sample.len()).unwrap_or(u8::MAX)).collect();
    let same = each.first().copied().filter(|first| each.iter().all(|size| size == first));
    Saiz {
        aux_info: None,
        default_sample_info_size: same.unwrap_or(0),
        sample_count: each.len() as u32,
        sample_info_size: if same.is_some() { Vec::new() } else { each },
    }
}

fn encryption(aux: &Aux) -> Senc {
    let count = (aux.samples.len() as u32).to_be_bytes();
    let data = count.into_iter().chain(aux.samples.iter().flatten().copied()).collect();
    Senc { use_subsamples: aux.subsamples, data, ..Senc::default() }
}

fn encoded<T: Atom>(atom: &T) -> Result<Vec<u8>, MediaError> {
    let mut bytes = Vec::new();
    atom.encode(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragment(samples: &[(u32, i32, u32)]) -> Fragment {
        let samples = samples.iter().map(|&(duration, composition_offset, flags)| Sample {
            duration,
            composition_offset,
            flags,
            data: vec![7; duration as usize],
        });
        Fragment { sequence: 3, decode_time: 1 << 40, samples: samples.collect() }
    }

    #[test]
    fn a_fragment_survives_its_segment() {
        let cases: [&[(u32, i32, u32)]; 5] = [
            &[(5, 0, 0x0200_0000)],
            &[(5, 3, 0x0200_0000), (5, -2, NON_SYNC)],
            &[(5, 0, 0x0200_0000), (5, 0, NON_SYNC), (5, 0, NON_SYNC)],
            &[(5, 0, 1), (6, 0, 2), (7, 0, 3)],
            &[(1024, 0, 0), (1024, 0, 0), (1000, 0, 0)],
        ];
        for case in cases {
            let fragment = fragment(case);
            let segment = fragment.segment().unwrap();
            let moof = &segment[boxes::boxes(&segment).unwrap()[0].bytes.len()..];
            assert_eq!(Fragment::read(moof, Defaults::default()).unwrap().0, fragment, "{case:?}");
        }
    }

    #[test]
    fn the_auxiliary_information_stands_where_saio_says() {
        let aux = Aux { samples: vec![vec![1, 2, 3], vec![4, 5]], subsamples: true };
        let segment = fragment(&[(5, 0, 0), (5, 0, 0)]).segment_with(&aux).unwrap();
        let moof = &segment[boxes::boxes(&segment).unwrap()[0].bytes.len()..];
        let decoded = Moof::decode(&mut &moof[..]).unwrap();
        let offset = decoded.traf[0].saio[0].offsets[0] as usize;
        assert_eq!(&moof[offset..offset + 5], [1, 2, 3, 4, 5]);
        assert_eq!(decoded.traf[0].saiz[0].sample_info_size, [3, 2]);
    }

    #[test]
    fn four_billion_empty_samples_are_refused() {
        let trun =
            Trun { data_offset: Some(0), samples: TrunSamples::Inherited { count: u32::MAX, first_flags: None } };
        let track = Traf { trun: vec![trun], ..Traf::default() };
        let bytes = boxes::write(b"moof", &[]);
        assert!(samples(&track, Defaults::default(), &bytes).is_err());
    }
}
