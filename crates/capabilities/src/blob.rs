//! `reel:blob`: large objects.

use crate::Millis;
use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use std::path::PathBuf;

/// A body as it streams.
pub type Body = BoxStream<'static, Result<Bytes, BlobError>>;

/// The most bytes that a function handles at once.
pub const MAX_WINDOW: u64 = 16 * 1024 * 1024;
/// The longest key, in bytes.
pub const MAX_KEY: usize = 1_024;
/// The most parts in an upload.
pub const MAX_PARTS: u32 = 10_000;
/// The smallest part of an upload, in bytes; only the last may be smaller.
pub const MIN_PART: u64 = 5 * 1024 * 1024;
/// How long a presigned URL may hold, in seconds: a week.
pub const MAX_PRESIGN: u32 = 7 * 24 * 3_600;

/// What is known of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// Its key.
    pub key: String,
    /// Its length in bytes.
    pub size: u64,
    /// Changes when the content changes; without quotes.
    pub etag: String,
    /// When it was written.
    pub modified_at: Millis,
    /// Its media type.
    pub content_type: String,
}

/// A part of an object's bytes: `offset..offset + length`, cut at the object's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first byte.
    pub offset: u64,
    /// How many bytes.
    pub length: u64,
}

/// One uploaded part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// 1 to [`MAX_PARTS`].
    pub number: u32,
    /// What the upload of the part answered.
    pub etag: String,
    /// Its length in bytes.
    pub size: u64,
}

/// What a presigned URL allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Read the object.
    Get,
    /// Upload one part.
    PutPart {
        /// The upload.
        upload: String,
        /// The part's number.
        number: u32,
    },
}

/// Some objects, and where the next page starts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The objects, ordered by key.
    pub objects: Vec<Info>,
    /// For the page that follows; none at the end.
    pub cursor: Option<String>,
}

/// Why an operation was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// There is no such object or upload.
    #[error("there is no object or upload {0}")]
    NotFound(String),
    /// The object exists already.
    #[error("object {0} exists already")]
    Exists(String),
    /// A limit or rule is broken.
    #[error("invalid: {0}")]
    Invalid(String),
    /// The store cannot answer now, or the disk is full.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// Objects in named buckets. A bucket exists as soon as it is named.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// What is known of an object; none when it does not exist.
    async fn head(&self, bucket: &str, key: &str) -> Result<Option<Info>, BlobError>;

    /// Opens an object, or a range of it, for streaming.
    async fn open(&self, bucket: &str, key: &str, range: Option<Range>) -> Result<(Info, Body), BlobError>;

    /// Writes an object whole and at once; durable when it returns. A body that ends
    /// in an error leaves nothing. With `only_new`, fails when the object exists.
    async fn write(
        &self,
        bucket: &str,
        key: &str,
        content_type: &str,
        body: Body,
        only_new: bool,
    ) -> Result<Info, BlobError>;

    /// Deletes an object. One that does not exist is no error.
    async fn delete(&self, bucket: &str, key: &str) -> Result<(), BlobError>;

    /// The objects whose key starts with a prefix, up to 1,000 at a time.
    async fn list(&self, bucket: &str, prefix: &str, cursor: Option<&str>) -> Result<Page, BlobError>;

    /// Starts a multipart upload and returns its id.
    async fn create_upload(&self, bucket: &str, key: &str, content_type: &str) -> Result<String, BlobError>;

    /// Stores one part, replacing one of the same number; durable when it returns.
    async fn put_part(&self, bucket: &str, key: &str, upload: &str, number: u32, body: Body)
    -> Result<Part, BlobError>;

    /// The parts stored so far, ordered by number.
    async fn list_parts(&self, bucket: &str, key: &str, upload: &str) -> Result<Vec<Part>, BlobError>;

    /// Joins the parts into the object. Repeating it after success is no error.
    async fn complete_upload(&self, bucket: &str, key: &str, upload: &str, parts: &[Part]) -> Result<Info, BlobError>;

    /// Gives up an upload and its parts. One that does not exist is no error.
    async fn abort_upload(&self, bucket: &str, key: &str, upload: &str) -> Result<(), BlobError>;

    /// A URL that allows one operation for so many seconds, absolute or relative to
    /// the platform's base URL.
    async fn presign(&self, bucket: &str, key: &str, operation: Operation, seconds: u32) -> Result<String, BlobError>;

    /// Where a program on this machine can read the object: a path, or an `http` URL.
    async fn locate(&self, bucket: &str, key: &str) -> Result<Location, BlobError>;
}

/// Where a program outside the process can read an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A file on this machine; it must not be changed.
    File(PathBuf),
    /// A URL that answers ranges.
    Url(String),
}

/// Reads a whole object, or a range, into memory; at most [`MAX_WINDOW`] bytes.
pub async fn read(blobs: &dyn Blobs, bucket: &str, key: &str, range: Option<Range>) -> Result<Bytes, BlobError> {
    use futures::TryStreamExt;
    let (info, body) = blobs.open(bucket, key, range).await?;
    let length = range.map_or(info.size, |r| r.length.min(info.size.saturating_sub(r.offset)));
    if length > MAX_WINDOW {
        return Err(BlobError::Invalid(format!(
            "at most {MAX_WINDOW} bytes can be read at once, not {length}: read ranges"
        )));
    }
    let buffer = Vec::with_capacity(length as usize);
    let whole = body.try_fold(buffer, |mut all, chunk| async move {
        all.extend_from_slice(&chunk);
        Ok(all)
    });
    Ok(whole.await?.into())
}

/// A body of bytes that are at hand.
pub fn body(bytes: impl Into<Bytes>) -> Body {
    let bytes = bytes.into();
    Box::pin(futures::stream::once(async move { Ok(bytes) }))
}

/// Checks a bucket's name and a key: no empty segment, no `.` or `..`, no control character.
pub fn validate_name(bucket: &str, key: &str) -> Result<(), BlobError> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if bucket.len() < 3 || bucket.len() > 63 || !bucket.bytes().all(plain) {
        return Err(BlobError::Invalid(format!("a bucket's name is 3 to 63 of a-z, 0-9 and -, not {bucket:?}")));
    }
    let climbs = |part: &str| part.is_empty() || part == "." || part == "..";
    if key.len() > MAX_KEY || key.split('/').any(climbs) || key.chars().any(|c| c.is_control() || c == '\\') {
        return Err(BlobError::Invalid(format!(
            "{key:?} is not a key: names joined by /, none of them empty, . or .., {MAX_KEY} bytes at most"
        )));
    }
    Ok(())
}

/// Checks a media type: 1 to 255 visible ASCII characters and spaces, fit for a header.
pub fn validate_content_type(content_type: &str) -> Result<(), BlobError> {
    let visible = content_type.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    if content_type.is_empty() || content_type.len() > 255 || !visible {
        return Err(BlobError::Invalid(format!(
            "a media type is 1 to 255 visible ASCII characters, not {content_type:?}"
        )));
    }
    Ok(())
}

/// Checks a part's number.
pub fn validate_part(number: u32) -> Result<(), BlobError> {
    if !(1..=MAX_PARTS).contains(&number) {
        return Err(BlobError::Invalid(format!("a part's number is 1 to {MAX_PARTS}, not {number}")));
    }
    Ok(())
}

/// Checks the parts that are to be joined: some, in ascending order, none too small.
pub fn validate_parts(parts: &[Part]) -> Result<(), BlobError> {
    let Some((_, all_but_last)) = parts.split_last() else {
        return Err(BlobError::Invalid("an upload is joined from at least one part".into()));
    };
    parts.iter().try_for_each(|part| validate_part(part.number))?;
    if let Some(pair) = parts.windows(2).find(|pair| pair[0].number >= pair[1].number) {
        return Err(BlobError::Invalid(format!(
            "parts are in ascending order; {} follows {}",
            pair[1].number, pair[0].number
        )));
    }
    if let Some(part) = all_but_last.iter().find(|part| part.size < MIN_PART) {
        return Err(BlobError::Invalid(format!(
            "part {} has {} bytes; every part but the last has {MIN_PART} or more",
            part.number, part.size
        )));
    }
    Ok(())
}

/// Checks how long a presigned URL is to hold.
pub fn validate_presign(seconds: u32) -> Result<(), BlobError> {
    if !(1..=MAX_PRESIGN).contains(&seconds) {
        return Err(BlobError::Invalid(format!("a presigned URL holds for 1 to {MAX_PRESIGN} seconds, not {seconds}")));
    }
    Ok(())
}
