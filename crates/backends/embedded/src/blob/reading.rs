//! Opens objects for streaming.

use super::layout::Layout;
use super::{pointer, unavailable};
use futures::{StreamExt, TryStreamExt};
use reel_capabilities::blob::{BlobError, Body, Info, Range};
use std::fs::File;
use std::io::{ErrorKind, SeekFrom};
use std::path::PathBuf;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

/// How much is read at a time, in bytes.
const CHUNK: usize = 256 * 1024;
/// How often an object is looked up again that is replaced while it is being opened.
const TRIES: u32 = 1_000;

/// What an object is, and the file with its content.
pub(super) fn open(layout: &Layout, bucket: &str, key: &str) -> Result<(Info, File), BlobError> {
    let path = layout.object(bucket, key);
    for _ in 0..TRIES {
        let pointer = pointer::read(&path)?.ok_or_else(|| BlobError::NotFound(key.into()))?;
        let content = layout.content(&pointer.content);
        match File::open(&content) {
            Ok(file) => return whole(file, pointer.into(), content),
            Err(error) if error.kind() == ErrorKind::NotFound && pointer::read(&path)?.as_ref() != Some(&pointer) => {}
            Err(error) => return Err(unavailable(&error, &content)),
        }
    }
    Err(BlobError::Unavailable(format!("others keep replacing {key}: try again")))
}

fn whole(file: File, info: Info, content: PathBuf) -> Result<(Info, File), BlobError> {
    let length = file.metadata().map_err(|error| unavailable(&error, &content))?.len();
    if length != info.size {
        return Err(BlobError::Unavailable(format!(
            "{} is damaged: {length} bytes where {} were written",
            content.display(),
            info.size
        )));
    }
    Ok((info, file))
}

/// The content, or a range of it cut at its end, as it is read.
pub(super) async fn body(info: Info, file: File, range: Option<Range>) -> Result<(Info, Body), BlobError> {
    let range = range.unwrap_or(Range { offset: 0, length: info.size });
    let offset = range.offset.min(info.size);
    let length = range.length.min(info.size - offset);
    let key = info.key.clone();
    let failed = move |error: std::io::Error| BlobError::Unavailable(format!("{key} cannot be read: {error}"));
    let mut file = tokio::fs::File::from_std(file);
    if offset > 0 {
        file.seek(SeekFrom::Start(offset)).await.map_err(&failed)?;
    }
    let capacity = CHUNK.min(usize::try_from(length).unwrap_or(CHUNK)).max(1);
    let stream = ReaderStream::with_capacity(file.take(length), capacity);
    Ok((info, stream.map_err(failed).boxed()))
}
