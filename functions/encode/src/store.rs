//! From a file into the blob store.

use futures::TryStreamExt;
use reel_api::encoding::ObjectRef;
use reel_capabilities::blob::{BlobError, Blobs};
use reel_ffmpeg::FilmError;
use std::path::Path;
use tokio_util::io::ReaderStream;

/// Stores a file under a name that is written once; returns its length. Another who
/// wrote the same name first wrote the same content.
pub(crate) async fn file(
    blobs: &dyn Blobs,
    object: &ObjectRef,
    content_type: &str,
    path: &Path,
) -> Result<u64, FilmError> {
    let file = tokio::fs::File::open(path).await?;
    let length = file.metadata().await?.len();
    let body = ReaderStream::with_capacity(file, 256 * 1024).map_err(|e| BlobError::Unavailable(e.to_string()));
    match blobs.write(&object.bucket, &object.key, content_type, Box::pin(body), true).await {
        Ok(_) | Err(BlobError::Exists(_)) => Ok(length),
        Err(error) => Err(error.into()),
    }
}
