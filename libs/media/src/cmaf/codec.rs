//! What a sample entry says of its codec.

use crate::MediaError;
use crate::cmaf::TrackKind;
use mp4_atom::{Avcc, Codec, Moov};

/// The codec of a track: its kind, its RFC 6381 string, and H.264's parameter sets.
pub(crate) struct Described {
    pub(crate) kind: TrackKind,
    pub(crate) codec: String,
    pub(crate) avcc: Option<Avcc>,
}

/// What the only sample entry of the only track says.
pub(crate) fn describe(moov: &Moov) -> Result<Described, MediaError> {
    let [track] = &moov.trak[..] else {
        return Err(MediaError::malformed(format!("{} tracks", moov.trak.len())));
    };
    match &track.mdia.minf.stbl.stsd.codecs[..] {
        [Codec::Avc1(entry)] => Ok(avc(&entry.avcc)),
        [Codec::Mp4a(entry)] => aac(&entry.esds),
        [Codec::Unknown(kind, ..)] => Err(MediaError::Unsupported(kind.to_string())),
        [_] => Err(MediaError::Unsupported("different".into())),
        entries => Err(MediaError::malformed(format!("{} sample entries", entries.len()))),
    }
}

/// RFC 6381, section 3.3: `avc1.` and profile, constraints and level in hexadecimal.
fn avc(avcc: &Avcc) -> Described {
    let Avcc {
        avc_profile_indication: profile, profile_compatibility: constraints, avc_level_indication: level, ..
    } = avcc;
    Described {
        kind: TrackKind::Video,
        codec: format!("avc1.{profile:02x}{constraints:02x}{level:02x}"),
        avcc: Some(avcc.clone()),
    }
}

/// RFC 6381, section 3.3: `mp4a.40.` and the audio object type.
fn aac(esds: &mp4_atom::Esds) -> Result<Described, MediaError> {
    const MPEG4_AUDIO: u8 = 0x40;
    let config = &esds.es_desc.dec_config;
    match (config.object_type_indication, &config.dec_specific) {
        (MPEG4_AUDIO, Some(specific)) => {
            Ok(Described { kind: TrackKind::Audio, codec: format!("mp4a.40.{}", specific.profile), avcc: None })
        }
        (other, _) => Err(MediaError::Unsupported(format!("mp4a.{other:02x}"))),
    }
}
