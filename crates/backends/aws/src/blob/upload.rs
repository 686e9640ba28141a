//! Uploads in parts.

use super::failure::{Fault, fault, lacking};
use super::reading::plain;
use super::writing::{Pieces, Written, marked};
use super::{Place, S3Blobs};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, Part as StoredPart};
use bytes::Bytes;
use md5::{Digest, Md5};
use reel_capabilities::blob::{BlobError, Body, Info, Part};

/// The largest part that passes through the platform, which holds it in memory.
const MAX_BUFFERED: usize = 64 * 1024 * 1024;

impl S3Blobs {
    pub(super) async fn begin_upload(
        &self,
        place: &Place,
        content_type: &str,
        mark: Option<&str>,
    ) -> Result<String, Fault> {
        let call = self.client.create_multipart_upload().bucket(&place.bucket).key(&place.key);
        let call = call.content_type(content_type).set_metadata(mark.map(marked));
        let output = call.send().await.map_err(fault)?;
        output.upload_id.ok_or_else(|| lacking("an upload"))
    }

    pub(super) async fn store_part(
        &self,
        place: &Place,
        upload: &str,
        number: u32,
        body: Body,
    ) -> Result<Part, BlobError> {
        let content = Pieces::new(body).next(MAX_BUFFERED + 1).await?;
        if content.len() > MAX_BUFFERED {
            return Err(BlobError::Invalid(format!(
                "a part of more than {MAX_BUFFERED} bytes goes to its presigned URL, not through the platform"
            )));
        }
        self.put_piece(place, upload, number, content).await.map_err(|fault| self.forgive(fault).at(place))
    }

    pub(super) async fn put_piece(
        &self,
        place: &Place,
        upload: &str,
        number: u32,
        content: Bytes,
    ) -> Result<Part, Fault> {
        named(upload)?;
        let size = content.len() as u64;
        let call = self.client.upload_part().bucket(&place.bucket).key(&place.key).upload_id(upload);
        let output = call.part_number(number as i32).body(ByteStream::from(content)).send().await;
        let etag = output.map_err(fault)?.e_tag.ok_or_else(|| lacking("an etag"))?;
        Ok(Part { number, etag: plain(&etag), size })
    }

    pub(super) async fn stored_parts(&self, place: &Place, upload: &str) -> Result<Vec<Part>, Fault> {
        named(upload)?;
        let call = self.client.list_parts().bucket(&place.bucket).key(&place.key).upload_id(upload);
        let (mut parts, mut pages) = (Vec::new(), call.into_paginator().send());
        while let Some(page) = pages.next().await {
            for stored in page.map_err(fault)?.parts() {
                parts.push(part(stored)?);
            }
        }
        Ok(parts)
    }

    /// Joins an upload. One that is gone has been joined already if the object is what its parts make.
    pub(super) async fn join_upload(&self, place: &Place, upload: &str, parts: &[Part]) -> Result<Info, Fault> {
        let size = parts.iter().map(|part| part.size).sum();
        match self.join_parts(place, upload, parts, false).await {
            Ok(etag) => {
                let kind = "application/octet-stream";
                Ok(self.describe(place, Written { etag, size }, kind).await)
            }
            Err(Fault::Missing) => {
                let joined = joined_etag(parts);
                let found = self.find(place).await?;
                found.filter(|info| joined.is_some_and(|etag| etag == info.etag)).ok_or(Fault::Missing)
            }
            Err(fault) => Err(fault),
        }
    }

    /// The etag of the object that parts were joined to.
    pub(super) async fn join_parts(
        &self,
        place: &Place,
        upload: &str,
        parts: &[Part],
        only_new: bool,
    ) -> Result<String, Fault> {
        named(upload)?;
        let listed = |part: &Part| CompletedPart::builder().part_number(part.number as i32).e_tag(&part.etag).build();
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.iter().map(listed).collect()));
        let call = self.client.complete_multipart_upload().bucket(&place.bucket).key(&place.key).upload_id(upload);
        let call = call.multipart_upload(parts.build()).set_if_none_match(only_new.then(|| "*".into()));
        call.send().await.map_err(fault)?.e_tag().map(plain).ok_or_else(|| lacking("an etag"))
    }

    pub(super) async fn end_upload(&self, place: &Place, upload: &str) -> Result<(), Fault> {
        named(upload)?;
        let call = self.client.abort_multipart_upload().bucket(&place.bucket).key(&place.key);
        call.upload_id(upload).send().await.map(drop).map_err(fault)
    }
}

/// A call without an upload's name is another call.
fn named(upload: &str) -> Result<(), Fault> {
    if upload.is_empty() { Err(Fault::Missing) } else { Ok(()) }
}

fn part(stored: &StoredPart) -> Result<Part, Fault> {
    let number = stored.part_number().and_then(|number| number.try_into().ok());
    let size = stored.size().and_then(|size| size.try_into().ok());
    Ok(Part {
        number: number.ok_or_else(|| lacking("a part's number"))?,
        etag: plain(stored.e_tag().ok_or_else(|| lacking("a part's etag"))?),
        size: size.ok_or_else(|| lacking("a part's size"))?,
    })
}

/// The etag that S3 gives to joined parts: the digest of their digests, and how many they are.
/// None where S3's etags are no digests, as with a customer's encryption keys.
fn joined_etag(parts: &[Part]) -> Option<String> {
    let mut digest = Md5::new();
    for part in parts {
        let mut bytes = [0; 16];
        hex::decode_to_slice(&part.etag, &mut bytes).ok()?;
        digest.update(bytes);
    }
    Some(format!("{}-{}", hex::encode(digest.finalize()), parts.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_etag_of_joined_parts_is_known_beforehand() {
        let part = |number, etag: &str| Part { number, etag: etag.into(), size: 1 };
        // The digests of "a" and "b".
        let parts = [part(1, "0cc175b9c0f1b6a831c399e269772661"), part(2, "92eb5ffee6ae2fec3ad71c777531578f")];
        assert_eq!(joined_etag(&parts).as_deref(), Some("96e024ba2074fe77e8e965ba43a704be-2"));
        assert_eq!(joined_etag(&[part(1, "no digest")]), None);
    }
}
