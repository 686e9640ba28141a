//! HLS playlists (RFC 8216).

use crate::PlayerError;
use m3u8_rs::{AlternativeMediaType, MediaPlaylist, Playlist};
use url::Url;

/// A media playlist's segments: URLs and durations in seconds.
#[derive(Debug, Clone)]
pub(crate) struct HlsTrack {
    pub(crate) init: Option<Url>,
    pub(crate) segments: Vec<(Url, f64)>,
}

/// The URLs of the media playlists that a multivariant playlist names, each once.
pub(crate) fn playlists(text: &[u8], url: &Url) -> Result<Vec<Url>, PlayerError> {
    let Playlist::MasterPlaylist(main) = parse(text, url)? else {
        return Err(wrong(url, "it is a media playlist where a multivariant one should be"));
    };
    let variants = main.variants.iter().filter(|variant| !variant.is_i_frame).map(|variant| variant.uri.as_str());
    let sounds = main.alternatives.iter().filter(|media| media.media_type == AlternativeMediaType::Audio);
    let mut urls = Vec::new();
    for uri in variants.chain(sounds.filter_map(|media| media.uri.as_deref())) {
        let resolved = join(url, uri)?;
        if !urls.contains(&resolved) {
            urls.push(resolved);
        }
    }
    Ok(urls)
}

/// Reads a media playlist that came from `url`.
pub(crate) fn track(text: &[u8], url: &Url) -> Result<HlsTrack, PlayerError> {
    let Playlist::MediaPlaylist(list) = parse(text, url)? else {
        return Err(wrong(url, "it is a multivariant playlist where a media one should be"));
    };
    if !list.end_list {
        return Err(wrong(url, "it has no EXT-X-ENDLIST, so the title never ends"));
    }
    Ok(HlsTrack { init: init(&list, url)?, segments: segments(&list, url)? })
}

fn init(list: &MediaPlaylist, url: &Url) -> Result<Option<Url>, PlayerError> {
    let map = list.segments.iter().find_map(|segment| segment.map.as_ref());
    map.map(|map| join(url, &map.uri)).transpose()
}

fn segments(list: &MediaPlaylist, url: &Url) -> Result<Vec<(Url, f64)>, PlayerError> {
    list.segments.iter().map(|segment| Ok((join(url, &segment.uri)?, f64::from(segment.duration)))).collect()
}

fn parse(text: &[u8], url: &Url) -> Result<Playlist, PlayerError> {
    m3u8_rs::parse_playlist_res(text).map_err(|_| wrong(url, "it is no HLS playlist"))
}

fn join(url: &Url, uri: &str) -> Result<Url, PlayerError> {
    url.join(uri).map_err(|e| wrong(url, &format!("{uri:?} is no URI: {e}")))
}

fn wrong(url: &Url, why: &str) -> PlayerError {
    PlayerError::Manifest { url: url.to_string(), why: why.to_owned() }
}
