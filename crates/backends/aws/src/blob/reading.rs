//! Looks objects up, streams and lists them.

use super::failure::{Fault, fault, lacking};
use super::{Place, S3Blobs};
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::EncodingType;
use futures::{StreamExt, TryStreamExt, stream};
use percent_encoding::percent_decode_str;
use reel_capabilities::Millis;
use reel_capabilities::blob::{BlobError, Body, Info, Page, Range};

/// How many objects of a page are looked up at once.
const LOOKUPS: usize = 32;
/// Where no object reaches, and no header's number goes.
const END: u64 = i64::MAX as u64;

impl S3Blobs {
    pub(super) async fn find(&self, place: &Place) -> Result<Option<Info>, Fault> {
        match self.look_up(place).await.map_err(|fault| self.forgive(fault)) {
            Ok(output) => info(place, output).map(Some),
            Err(Fault::Missing) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    pub(super) async fn look_up(&self, place: &Place) -> Result<HeadObjectOutput, Fault> {
        self.client.head_object().bucket(&place.bucket).key(&place.key).send().await.map_err(fault)
    }

    pub(super) async fn read(&self, place: &Place, range: Option<Range>) -> Result<(Info, Body), Fault> {
        if range.is_some_and(|range| range.length == 0 || range.offset >= END) {
            return self.read_nothing(place).await;
        }
        let call = self.client.get_object().bucket(&place.bucket).key(&place.key).set_range(range.map(header));
        match call.send().await.map_err(|error| self.forgive(fault(error))) {
            Ok(mut output) => {
                let content = std::mem::take(&mut output.body);
                Ok((opened(place, output)?, streamed(content)))
            }
            Err(Fault::BeyondEnd) => self.read_nothing(place).await,
            Err(fault) => Err(fault),
        }
    }

    async fn read_nothing(&self, place: &Place) -> Result<(Info, Body), Fault> {
        let info = self.find(place).await?.ok_or(Fault::Missing)?;
        Ok((info, stream::empty().boxed()))
    }

    /// S3 lists no media types, so each object is looked up; one that went meanwhile is left out.
    /// The cursor is the last key, not S3's token: it holds for ever.
    pub(super) async fn page(&self, wanted: &Place, cursor: Option<&str>) -> Result<Page, Fault> {
        let call = self.client.list_objects_v2().bucket(&wanted.bucket).encoding_type(EncodingType::Url);
        let call = call.prefix(&wanted.key).set_start_after(cursor.map(str::to_owned));
        let listed = match call.send().await.map_err(|error| self.forgive(fault(error))) {
            Err(Fault::Missing) => return Ok(Page::default()),
            listed => listed?,
        };
        let keys = keys(&listed)?;
        let cursor = keys.last().filter(|_| listed.is_truncated == Some(true)).cloned();
        let found = stream::iter(keys).map(|key| self.find_owned(Place { key, bucket: wanted.bucket.clone() }));
        let found: Vec<Option<Info>> = found.buffered(LOOKUPS).try_collect().await?;
        Ok(Page { objects: found.into_iter().flatten().collect(), cursor })
    }

    async fn find_owned(&self, place: Place) -> Result<Option<Info>, Fault> {
        self.find(&place).await
    }
}

/// Keys come URL-encoded, because XML has no word for some characters.
fn keys(listed: &ListObjectsV2Output) -> Result<Vec<String>, Fault> {
    let decode = |key: &str| percent_decode_str(&key.replace('+', " ")).decode_utf8().map(String::from);
    let keys = listed.contents().iter().map(|object| decode(object.key().unwrap_or_default()));
    keys.collect::<Result<_, _>>().map_err(|_| Fault::Unavailable("S3 lists a key that is no text".into()))
}

fn header(range: Range) -> String {
    match range.offset.checked_add(range.length - 1) {
        Some(last) if last < END => format!("bytes={}-{last}", range.offset),
        _ => format!("bytes={}-", range.offset),
    }
}

fn streamed(content: ByteStream) -> Body {
    let next = |mut content: ByteStream| async {
        let chunk = content.try_next().await;
        let chunk = chunk.map_err(|error| BlobError::Unavailable(format!("S3 broke off: {error}")))?;
        Ok(chunk.map(|chunk| (chunk, content)))
    };
    stream::try_unfold(content, next).boxed()
}

/// What S3 says with part of an object is about that part, but for the total in its range.
fn opened(place: &Place, output: GetObjectOutput) -> Result<Info, Fault> {
    let total = output.content_range().and_then(|range| range.rsplit_once('/')?.1.parse().ok());
    described(place, total.or(output.content_length), output.e_tag, output.last_modified, output.content_type)
}

pub(super) fn info(place: &Place, output: HeadObjectOutput) -> Result<Info, Fault> {
    described(place, output.content_length, output.e_tag, output.last_modified, output.content_type)
}

fn described(
    place: &Place,
    size: Option<i64>,
    etag: Option<String>,
    modified: Option<DateTime>,
    content_type: Option<String>,
) -> Result<Info, Fault> {
    Ok(Info {
        key: place.key.clone(),
        size: size.and_then(|size| size.try_into().ok()).ok_or_else(|| lacking("a length"))?,
        etag: plain(&etag.ok_or_else(|| lacking("an etag"))?),
        modified_at: modified.and_then(millis).ok_or_else(|| lacking("a time"))?,
        content_type: content_type.unwrap_or_else(|| "application/octet-stream".into()),
    })
}

fn millis(time: DateTime) -> Option<Millis> {
    time.to_millis().ok()?.try_into().ok()
}

/// An etag without its quotes.
pub(super) fn plain(etag: &str) -> String {
    etag.trim_matches('"').into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_becomes_a_header_that_fits() {
        let header = |offset, length| header(Range { offset, length });
        assert_eq!(header(0, 1), "bytes=0-0");
        assert_eq!(header(10, 90), "bytes=10-99");
        assert_eq!(header(5, u64::MAX), "bytes=5-");
        assert_eq!(header(5, END), "bytes=5-");
    }

    #[test]
    fn listed_keys_are_decoded() {
        let object = |key: &str| aws_sdk_s3::types::Object::builder().key(key).build();
        let listed = |key| ListObjectsV2Output::builder().contents(object(key)).build();
        assert_eq!(keys(&listed("a+b%2B%C3%BC/c")).ok(), Some(vec!["a b+ü/c".to_owned()]));
        assert!(keys(&listed("%FF")).is_err());
    }
}
