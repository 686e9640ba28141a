//! The poster and the thumbnails.

use crate::store;
use reel_api::encoding::{ARTWORK, Item, ObjectRef, poster_key, thumbnail_key};
use reel_capabilities::blob::Blobs;
use reel_ffmpeg::{FilmError, Program, run};
use std::path::{Path, PathBuf};

const THUMBNAIL_WIDTH: u32 = 320;
const POSTER_WIDTH: u32 = 1_280;
/// The poster is the most typical of so many frames.
const POSTER_CHOICE: u32 = 72;
/// A thumbnail of fewer bytes shows next to nothing: a black one has 600, the plainest scene some thousands.
const PLAIN: u64 = 2_000;
/// Where in its interval a thumbnail is looked for, in quarters: in the middle, and where that is plain, beside it.
const QUARTERS: [u64; 3] = [2, 3, 1];

/// Writes the thumbnails, then the poster; returns the poster's length.
pub(crate) async fn encode(
    blobs: &dyn Blobs,
    item: &Item,
    input: &str,
    folder: &Path,
    thumbnails: u32,
    interval_ms: u64,
) -> Result<u64, FilmError> {
    let film = Film { item, input, folder };
    for number in 1..=thumbnails {
        let begins_ms = interval_ms * u64::from(number - 1);
        thumbnail(&film, begins_ms, interval_ms).await?;
        film.store(blobs, thumbnail_key(&item.output_key, number)).await?;
    }
    let filters = format!("thumbnail={POSTER_CHOICE},scale='min({POSTER_WIDTH},iw*sar)':-2,setsar=1");
    film.picture(item.probe.duration_ms / 3, &filters).await?;
    film.store(blobs, poster_key(&item.output_key)).await
}

/// Makes the picture of an interval: one that shows something, if there is any.
async fn thumbnail(film: &Film<'_>, begins_ms: u64, interval_ms: u64) -> Result<(), FilmError> {
    let filters = format!("scale={THUMBNAIL_WIDTH}:-2,setsar=1");
    let mut fullest = (0, 0);
    for at_ms in QUARTERS.map(|quarter| begins_ms + interval_ms * quarter / 4) {
        let length = film.picture(at_ms, &filters).await?;
        if length >= PLAIN {
            return Ok(());
        }
        fullest = fullest.max((length, at_ms));
    }
    film.picture(fullest.1, &filters).await.map(drop)
}

/// A film to make pictures of, one after the other.
struct Film<'a> {
    item: &'a Item,
    input: &'a str,
    folder: &'a Path,
}

impl Film<'_> {
    /// Makes a picture; returns its length.
    async fn picture(&self, at_ms: u64, filters: &str) -> Result<u64, FilmError> {
        let file = self.file();
        // Past the last frame there is nothing to show: half a second before the end is safe.
        let at_ms = at_ms.min(self.item.probe.duration_ms.saturating_sub(500));
        let stream = format!("0:{}", self.item.probe.video.stream);
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
                    self.input,
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
        let length = tokio::fs::metadata(&file).await.map_or(0, |m| m.len());
        if !output.success || length == 0 {
            return Err(FilmError::Failed(format!("the picture at {at_ms} ms cannot be made: {}", output.complaint)));
        }
        Ok(length)
    }

    /// Stores the picture that was made last; returns its length.
    async fn store(&self, blobs: &dyn Blobs, key: String) -> Result<u64, FilmError> {
        let length = store::file(blobs, &ObjectRef { bucket: ARTWORK.into(), key }, "image/jpeg", &self.file()).await?;
        tokio::fs::remove_file(self.file()).await?;
        Ok(length)
    }

    fn file(&self) -> PathBuf {
        self.folder.join("picture.jpg")
    }
}
