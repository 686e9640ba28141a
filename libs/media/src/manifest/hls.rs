//! HLS (RFC 8216 and its second edition's draft): a multivariant playlist with every
//! variant once for each pathway, and a media playlist for each rendition and pathway.

use super::{Addresses, base, check_protocol, fps, seconds};
use crate::MediaError;
use crate::device::{DeviceProfile, Protocol, Selection};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use m3u8_rs::{
    AlternativeMedia, AlternativeMediaType, ExtTag, Key, KeyMethod, Map, MasterPlaylist, MediaPlaylist,
    MediaPlaylistType, MediaSegment, QuotedOrUnquoted, Resolution, VariantStream,
};
use reel_api::encoding::{DeliveryIndex, IndexRendition, Media, Scheme};
use reel_api::playback::Pathway;
use std::collections::HashMap;

/// The version of HLS that has SAMPLE-AES, and maps in playlists of media.
const VERSION: usize = 7;

/// The multivariant playlist of a title for a device. It names media playlists beside it:
/// `RENDITION.m3u8?pathway=PATHWAY`, which [`media_playlist`] makes.
///
/// # Errors
/// [`MediaError::Unplayable`] when the device does not play HLS, or nothing of the title.
pub fn multivariant_playlist(
    index: &DeliveryIndex,
    device: &DeviceProfile,
    addresses: &Addresses,
) -> Result<String, MediaError> {
    check_protocol(device, Protocol::Hls)?;
    let selection = device.select(index)?;
    let playlist = MasterPlaylist {
        version: Some(VERSION),
        independent_segments: true,
        variants: addresses.pathways.iter().flat_map(|pathway| variants(&selection, pathway)).collect(),
        alternatives: addresses.pathways.iter().flat_map(|pathway| alternatives(&selection, pathway)).collect(),
        unknown_tags: steering(addresses).into_iter().collect(),
        ..MasterPlaylist::default()
    };
    text(|out| playlist.write_to(out))
}

/// The media playlist of one rendition over one pathway.
///
/// # Errors
/// [`MediaError::Absent`] when the device plays no such rendition of the title, or there is
/// no such pathway; [`MediaError::Unplayable`] as [`multivariant_playlist`].
pub fn media_playlist(
    index: &DeliveryIndex,
    device: &DeviceProfile,
    addresses: &Addresses,
    rendition: &str,
    pathway: &str,
) -> Result<String, MediaError> {
    check_protocol(device, Protocol::Hls)?;
    let Selection { video, audio } = device.select(index)?;
    let found = video.into_iter().chain(audio).find(|index| index.rendition.id == rendition);
    let found = found.ok_or_else(|| MediaError::Absent(format!("rendition {rendition:?} that {} plays", device.id)))?;
    let base = format!("{}{}/", base(addresses.pathway(pathway)?, index), found.rendition.id);
    let mut segments: Vec<MediaSegment> =
        found.segments.iter().map(|segment| segment_line(found, segment, &base)).collect();
    if let Some(first) = segments.first_mut() {
        first.map = Some(Map { uri: format!("{base}init.mp4"), byte_range: None, other_attributes: HashMap::new() });
        first.unknown_tags = keys(index.scheme, found, addresses);
    }
    let longest = found.segments.iter().map(|segment| seconds(segment.duration, found)).fold(0.0, f64::max);
    let playlist = MediaPlaylist {
        version: Some(VERSION),
        // RFC 8216, section 4.3.3.1: no duration, rounded to a whole number, exceeds it.
        target_duration: longest.round() as u64,
        media_sequence: 1,
        segments,
        end_list: true,
        playlist_type: Some(MediaPlaylistType::Vod),
        independent_segments: true,
        ..MediaPlaylist::default()
    };
    text(|out| playlist.write_to(out))
}

fn variants(selection: &Selection<'_>, pathway: &Pathway) -> Vec<VariantStream> {
    let sound = selection.audio.iter().max_by_key(|audio| audio.peak_bitrate).copied();
    selection.video.iter().map(|video| variant(video, sound, pathway)).collect()
}

fn variant(video: &IndexRendition, sound: Option<&IndexRendition>, pathway: &Pathway) -> VariantStream {
    let codecs: Vec<&str> = [Some(video), sound].into_iter().flatten().map(|it| &it.codec_string[..]).collect();
    let both = |of: fn(&IndexRendition) -> u32| u64::from(of(video)) + sound.map_or(0, |sound| u64::from(of(sound)));
    VariantStream {
        uri: uri(video, pathway),
        bandwidth: both(|it| it.peak_bitrate),
        average_bandwidth: Some(both(|it| it.mean_bitrate)),
        codecs: Some(codecs.join(",")),
        resolution: resolution(&video.rendition.media),
        frame_rate: video.frame_rate.map(fps),
        audio: sound.map(|_| group(pathway)),
        other_attributes: Some(HashMap::from([("PATHWAY-ID".into(), QuotedOrUnquoted::Quoted(pathway.id.clone()))])),
        ..VariantStream::default()
    }
}

fn resolution(media: &Media) -> Option<Resolution> {
    match media {
        Media::Video { width, height, .. } => Some(Resolution { width: u64::from(*width), height: u64::from(*height) }),
        _ => None,
    }
}

fn alternatives(selection: &Selection<'_>, pathway: &Pathway) -> Vec<AlternativeMedia> {
    let alternative = |(i, audio): (usize, &&IndexRendition)| AlternativeMedia {
        media_type: AlternativeMediaType::Audio,
        uri: Some(uri(audio, pathway)),
        group_id: group(pathway),
        name: audio.rendition.id.clone(),
        default: i == 0,
        autoselect: true,
        channels: match audio.rendition.media {
            Media::Audio { channels, .. } => Some(channels.to_string()),
            _ => None,
        },
        ..AlternativeMedia::default()
    };
    selection.audio.iter().enumerate().map(alternative).collect()
}

/// Groups belong to one pathway, as their playlists do.
fn group(pathway: &Pathway) -> String {
    format!("audio-{}", pathway.id)
}

fn uri(rendition: &IndexRendition, pathway: &Pathway) -> String {
    format!("{}.m3u8?pathway={}", rendition.rendition.id, pathway.id)
}

/// Second edition, section 4.4.6.6.
fn steering(addresses: &Addresses) -> Option<ExtTag> {
    let first = addresses.pathways.first()?;
    let rest = format!("SERVER-URI=\"{}\",PATHWAY-ID=\"{}\"", addresses.steering_url, first.id);
    Some(ExtTag { tag: "X-CONTENT-STEERING".into(), rest: Some(rest) })
}

fn segment_line(rendition: &IndexRendition, segment: &reel_api::encoding::Segment, base: &str) -> MediaSegment {
    MediaSegment {
        uri: format!("{base}{}.m4s", segment.number),
        duration: seconds(segment.duration, rendition) as f32,
        ..MediaSegment::default()
    }
}

/// One tag for players that fetch the key themselves, one for those that ask a Clear Key
/// licence server by the key's id: each passes over the other's.
fn keys(scheme: Option<Scheme>, rendition: &IndexRendition, addresses: &Addresses) -> Vec<ExtTag> {
    let method = match scheme {
        Some(Scheme::Cbcs) => KeyMethod::SampleAES,
        Some(Scheme::Cenc) => KeyMethod::Other("SAMPLE-AES-CTR".into()),
        None => return Vec::new(),
    };
    let (Some(kid), Some(url)) = (&rendition.kid, &addresses.license_url) else {
        return Vec::new();
    };
    let data = BASE64_STANDARD.encode(hex::decode(kid).unwrap_or_default());
    let identity = (format!("{url}?kid={kid}"), "identity");
    let clear_key = (format!("data:text/plain;base64,{data}"), "org.w3.clearkey");
    [identity, clear_key].map(|(uri, format)| key(method.clone(), uri, format)).into_iter().collect()
}

fn key(method: KeyMethod, uri: String, format: &str) -> ExtTag {
    let key =
        Key { method, uri: Some(uri), iv: None, keyformat: Some(format.into()), keyformatversions: Some("1".into()) };
    let mut rest = Vec::new();
    // Writing to memory does not fail.
    let _ = key.write_attributes_to(&mut rest);
    ExtTag { tag: "X-KEY".into(), rest: Some(String::from_utf8_lossy(&rest).into_owned()) }
}

fn text(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> Result<String, MediaError> {
    let mut out = Vec::new();
    write(&mut out).map_err(|e| MediaError::Malformed(format!("the playlist cannot be written: {e}")))?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}
