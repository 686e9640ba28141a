//! Manifests, as players ask for them.

use reel_api::encoding::DeliveryIndex;
use reel_api::{Problem, RevisionId, TitleId};
use reel_media::MediaError;
use reel_media::device::DeviceProfile;
use reel_media::manifest::{Addresses, dash, media_playlist, multivariant_playlist};
use reel_sdk::Response;

/// Long enough for a player that asks twice, short enough to follow the edges.
const SHORTLY: &str = "private, max-age=10";
const MPD: &str = "application/dash+xml";
const M3U8: &str = "application/vnd.apple.mpegurl";

/// A manifest's path: `/play/{token}/{title}/{revision}/{device}/{file}`.
pub(crate) struct Asked<'a> {
    pub(crate) token: &'a str,
    pub(crate) title: &'a str,
    pub(crate) revision: &'a str,
    pub(crate) device: &'a str,
    pub(crate) file: &'a str,
}

impl Asked<'_> {
    /// The title and the encoding.
    pub(crate) fn ids(&self) -> Result<(TitleId, RevisionId), Problem> {
        let not_found = |e: reel_api::id::IdError| Problem::not_found(e.to_string());
        Ok((self.title.parse().map_err(not_found)?, self.revision.parse().map_err(not_found)?))
    }
}

/// The manifest with this name. A media playlist is that of a pathway, the best by default.
pub(crate) fn make(
    index: &DeliveryIndex,
    device: &DeviceProfile,
    addresses: &Addresses,
    file: &str,
    pathway: Option<&str>,
) -> Result<Response, Problem> {
    let (content_type, text) = match (file, file.strip_suffix(".m3u8")) {
        ("manifest.mpd", _) => (MPD, dash(index, device, addresses)),
        ("main.m3u8", _) => (M3U8, multivariant_playlist(index, device, addresses)),
        (_, Some(rendition)) => {
            let best = addresses.pathways.first().map(|pathway| &pathway.id[..]);
            (M3U8, media_playlist(index, device, addresses, rendition, pathway.or(best).unwrap_or_default()))
        }
        _ => {
            return Err(Problem::not_found(format!("there is no manifest {file}: ask for manifest.mpd or main.m3u8")));
        }
    };
    Ok(Response::bytes(200, content_type, text.map_err(problem)?).with_header("cache-control", SHORTLY))
}

/// What an error of the media library means to a player.
pub(crate) fn problem(error: MediaError) -> Problem {
    match error {
        MediaError::Device { .. } => Problem::invalid(error.to_string()),
        MediaError::Unplayable { .. } => Problem::conflict("unplayable", error.to_string()),
        MediaError::Absent(_) => Problem::not_found(error.to_string()),
        error => Problem::internal(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::tests::{REVISION, TITLE, index};
    use reel_api::playback::Pathway;

    fn made(device: &str, file: &str, pathway: Option<&str>) -> Result<(String, String), Problem> {
        let pathway_of = |id: &str| Pathway { id: id.into(), base_url: format!("http://{id}/t/T/") };
        let addresses = Addresses {
            pathways: vec![pathway_of("isp-1"), pathway_of("origin")],
            steering_url: "http://reel/steering/T".into(),
            license_url: None,
        };
        let device = reel_media::device::profile(device).unwrap();
        let response = make(&index(None), device, &addresses, file, pathway)?.into_http().unwrap();
        let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
        Ok((content_type, String::from_utf8(response.into_body().to_vec()).unwrap()))
    }

    #[test]
    fn each_file_is_what_its_name_says() {
        let (content_type, mpd) = made("browser", "manifest.mpd", None).unwrap();
        assert_eq!(content_type, MPD);
        for part in
            [&format!("http://isp-1/t/T/{TITLE}/{REVISION}/"), "serviceLocation=\"origin\"", "http://reel/steering/T"]
        {
            assert!(mpd.contains(part), "{part} is not in {mpd}");
        }
        let (content_type, main) = made("ios", "main.m3u8", None).unwrap();
        assert_eq!(content_type, M3U8);
        assert!(main.contains("h264-720p.m3u8") && main.contains("#EXT-X-CONTENT-STEERING"), "{main}");
    }

    #[test]
    fn a_media_playlist_is_that_of_a_pathway() {
        let best = made("ios", "h264-720p.m3u8", None).unwrap().1;
        assert!(best.contains("http://isp-1/t/T/"), "{best}");
        let other = made("ios", "h264-720p.m3u8", Some("origin")).unwrap().1;
        assert!(other.contains("http://origin/t/T/") && !other.contains("isp-1"), "{other}");
        assert_eq!(made("ios", "h264-720p.m3u8", Some("gone")).unwrap_err().status, 404);
    }

    #[test]
    fn what_cannot_be_made_says_why() {
        assert_eq!(made("ios", "manifest.mpd", None).unwrap_err().code, "unplayable");
        assert_eq!(made("ios", "h264-144p.m3u8", None).unwrap_err().status, 404);
        assert_eq!(made("ios", "index.json", None).unwrap_err().status, 404);
    }
}
