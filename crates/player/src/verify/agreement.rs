//! DASH and HLS must announce the same segments.

use crate::PlayerError;
use crate::manifest::{HlsTrack, Manifest, Rendition, SegmentEntry, playlists, track};
use crate::title::Title;
use url::Url;

/// A playlist's durations have three decimals or more.
const TOLERANCE_S: f64 = 0.001;

/// What the two manifests of a title disagree on; nothing when there is no HLS.
pub(super) async fn check(title: &Title) -> Result<Vec<String>, PlayerError> {
    let Some(location) = &title.playback.hls_url else { return Ok(Vec::new()) };
    let (url, text) = title.text(location).await?;
    let (mut problems, mut announced) = (Vec::new(), Vec::new());
    for playlist in playlists(&text, &url)? {
        let (url, text) = title.text(playlist.as_str()).await?;
        let track = track(&text, &url)?;
        match rendition_of(&title.manifest, &track) {
            Some(rendition) => {
                problems.extend(compare(rendition, &track));
                announced.push(&rendition.id);
            }
            None => problems.push(format!("HLS announces {url}, which DASH does not")),
        }
    }
    let missing = title.manifest.renditions.iter().filter(|rendition| !announced.contains(&&rendition.id));
    problems.extend(missing.map(|rendition| format!("DASH announces {}, which HLS does not", rendition.id)));
    Ok(problems)
}

/// The rendition with the init segment of this playlist.
fn rendition_of<'a>(manifest: &'a Manifest, track: &HlsTrack) -> Option<&'a Rendition> {
    let init = track.init.as_ref()?;
    manifest.renditions.iter().find(|rendition| is_at(manifest, init, &rendition.init))
}

/// Whether a URL is an object on one of the manifest's pathways.
fn is_at(manifest: &Manifest, url: &Url, path: &str) -> bool {
    manifest.bases.iter().any(|base| base.url.join(path).is_ok_and(|expected| expected == *url))
}

fn compare(rendition: &Rendition, track: &HlsTrack) -> Option<String> {
    let (dash, hls) = (rendition.segments.len(), track.segments.len());
    if dash != hls {
        return Some(format!("{}: DASH announces {dash} segments, HLS {hls}", rendition.id));
    }
    let differs = |(entry, (url, seconds)): &(&SegmentEntry, &(Url, f64))| {
        let same_file = file(url.path()) == file(&entry.path);
        !same_file || (entry.duration.seconds() - seconds).abs() > TOLERANCE_S
    };
    let (entry, (url, seconds)) = rendition.segments.iter().zip(&track.segments).find(differs)?;
    let (path, duration) = (&entry.path, entry.duration.seconds());
    Some(format!("{}: DASH announces {path} of {duration:.3} s, HLS {} of {seconds:.3} s", rendition.id, url.path()))
}

/// A segment's rendition and file.
fn file(path: &str) -> Vec<&str> {
    path.rsplit('/').take(2).collect()
}
