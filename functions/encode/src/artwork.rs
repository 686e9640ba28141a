//! The poster and the thumbnails.

use crate::store;
use reel_api::encoding::{ARTWORK, Item, ObjectRef, poster_key, thumbnail_key};
use reel_capabilities::blob::Blobs;
use reel_ffmpeg::{FilmError, Program, run};
use std::path::Path;

const THUMBNAIL_WIDTH: u32 = 320;
const POSTER_WIDTH: u32 = 1_280;
/// The poster is the most typical of so many frames.
const POSTER_CHOICE: u32 = 72;

/// Writes the thumbnails, then the poster; returns the poster's length.
pub(crate) async fn encode(
    blobs: &dyn Blobs,
    item: &Item,
    input: &str,
    folder: &Path,
    thumbnails: u32,
    interval_ms: u64,
) -> Result<u64, FilmError> {
    for number in 1..=thumbnails {
        let at = interval_ms * u64::from(number - 1) + interval_ms / 2;
        let filters = format!("scale={THUMBNAIL_WIDTH}:-2,setsar=1");
        picture(blobs, item, input, folder, at, &filters, thumbnail_key(&item.output_key, number)).await?;
    }
    let filters = format!("thumbnail={POSTER_CHOICE},scale='min({POSTER_WIDTH},iw*sar)':-2,setsar=1");
    picture(blobs, item, input, folder, item.probe.duration_ms / 3, &filters, poster_key(&item.output_key)).await
}

async fn picture(
    blobs: &dyn Blobs,
    item: &Item,
    input: &str,
    folder: &Path,
    at_ms: u64,
    filters: &str,
    key: String,
) -> Result<u64, FilmError> {
    let file = folder.join("picture.jpg");
    // Past the last frame there is nothing to show: half a second before the end is safe.
    let at_ms = at_ms.min(item.probe.duration_ms.saturating_sub(500));
    let stream = format!("0:{}", item.probe.video.stream);
    let output = run(
        Program::Ffmpeg,
        [
            &[
                "-v",
                "error",
                "-nostdin",
                "-y",
                "-threads",
                "1",
                "-ss",
                &format!("{:.3}", at_ms as f64 / 1_000.0),
                "-i",
                input,
            ][..],
            &[
                "-map",
                &stream,
                "-vf",
                filters,
                "-frames:v",
                "1",
                "-q:v",
                "3",
                "-f",
                "image2",
                &reel_ffmpeg::output(&file),
            ],
        ]
        .concat(),
    )
    .await?;
    let written = tokio::fs::metadata(&file).await.is_ok_and(|m| m.len() > 0);
    if !output.success || !written {
        return Err(FilmError::Failed(format!("the picture at {at_ms} ms cannot be made: {}", output.complaint)));
    }
    let length = store::file(blobs, &ObjectRef { bucket: ARTWORK.into(), key }, "image/jpeg", &file).await?;
    tokio::fs::remove_file(&file).await?;
    Ok(length)
}
