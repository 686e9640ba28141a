//! Writes objects whole: in one piece when they are small, else as an upload of many parts.

use super::failure::{Fault, fault, lacking};
use super::reading::{info, plain};
use super::{Place, S3Blobs};
use aws_sdk_s3::primitives::ByteStream;
use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;
use reel_capabilities::blob::{BlobError, Body, Info, MAX_PARTS, Part};
use reel_capabilities::{Clock, SystemClock};
use std::time::Duration;
use uuid::Uuid;

/// What is written in one piece, and the size of the first parts of what is larger.
const PIECE: usize = 8 * 1024 * 1024;
/// After so many parts they grow by another [`PIECE`]: 10,000 of them hold 430 GiB.
const GROWTH: u32 = 1_000;
/// How often a write is tried while others write the same object.
const ATTEMPTS: u32 = 6;
/// How long the first wait among them is; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(20);
/// Where a writer of a new object leaves its mark, by which it knows its own.
pub(super) const MARK: &str = "reel-write";

/// What is known of an object that was just written.
pub(super) struct Written {
    pub(super) etag: String,
    pub(super) size: u64,
}

impl S3Blobs {
    pub(super) async fn store(
        &self,
        place: &Place,
        content_type: &str,
        body: Body,
        only_new: bool,
    ) -> Result<Info, BlobError> {
        let mark = only_new.then(|| Uuid::now_v7().to_string());
        let mut pieces = Pieces::new(body);
        let first = pieces.next(PIECE).await?;
        let written = if pieces.ended {
            self.put(place, content_type, first, mark.as_deref()).await.map_err(|fault| fault.at(place))?
        } else {
            self.put_parts(place, content_type, first, pieces, mark.as_deref()).await?
        };
        Ok(self.describe(place, written, content_type).await)
    }

    async fn put(
        &self,
        place: &Place,
        content_type: &str,
        content: Bytes,
        mark: Option<&str>,
    ) -> Result<Written, Fault> {
        let size = content.len() as u64;
        let mut pauses = (0..ATTEMPTS - 1).map(|attempt| PAUSE * 2_u32.pow(attempt));
        let outcome = loop {
            let outcome = self.put_once(place, content_type, content.clone(), mark).await;
            match (&outcome, pauses.next()) {
                (Err(Fault::Contended), Some(pause)) => tokio::time::sleep(pause).await,
                _ => break outcome,
            }
        };
        Ok(Written { etag: self.own(place, mark, outcome).await?, size })
    }

    async fn put_once(
        &self,
        place: &Place,
        content_type: &str,
        content: Bytes,
        mark: Option<&str>,
    ) -> Result<String, Fault> {
        let call = self.client.put_object().bucket(&place.bucket).key(&place.key).content_type(content_type);
        let call = call.set_if_none_match(mark.map(|_| "*".into())).set_metadata(mark.map(marked));
        let output = call.body(ByteStream::from(content)).send().await.map_err(fault)?;
        output.e_tag().map(plain).ok_or_else(|| lacking("an etag"))
    }

    /// When the answer to a write is lost, the repeat finds the object there: it is the
    /// writer's own when it bears its mark.
    async fn own(&self, place: &Place, mark: Option<&str>, outcome: Result<String, Fault>) -> Result<String, Fault> {
        let (Err(Fault::Unmet | Fault::Missing), Some(mark)) = (&outcome, mark) else { return outcome };
        let Ok(found) = self.look_up(place).await else { return outcome };
        let is_own = found.metadata().and_then(|metadata| metadata.get(MARK)).is_some_and(|found| found == mark);
        found.e_tag().filter(|_| is_own).map(plain).map_or(outcome, Ok)
    }

    async fn put_parts(
        &self,
        place: &Place,
        content_type: &str,
        first: Bytes,
        pieces: Pieces,
        mark: Option<&str>,
    ) -> Result<Written, BlobError> {
        let upload = self.begin_upload(place, content_type, mark).await.map_err(|fault| fault.at(place))?;
        let joined = match self.send_parts(place, &upload, first, pieces).await {
            Ok(parts) => {
                let joined = self.join_parts(place, &upload, &parts, mark.is_some()).await;
                let size = parts.iter().map(|part| part.size).sum();
                let etag = self.own(place, mark, joined).await.map_err(|fault| fault.at(place));
                etag.map(|etag| Written { etag, size })
            }
            Err(error) => Err(error),
        };
        if joined.is_err() {
            // Parts that nobody joins cost money; what cannot be ended now, the bucket's lifecycle rule ends.
            if let Err(fault) = self.end_upload(place, &upload).await {
                tracing::warn!(?fault, bucket = place.bucket, key = place.key, "an upload stays behind");
            }
        }
        joined
    }

    async fn send_parts(
        &self,
        place: &Place,
        upload: &str,
        first: Bytes,
        mut pieces: Pieces,
    ) -> Result<Vec<Part>, BlobError> {
        let (mut parts, mut piece) = (Vec::new(), first);
        for number in 1..=MAX_PARTS {
            parts.push(self.put_piece(place, upload, number, piece).await.map_err(|fault| fault.at(place))?);
            piece = pieces.next(PIECE * (1 + number / GROWTH) as usize).await?;
            if piece.is_empty() {
                return Ok(parts);
            }
        }
        Err(BlobError::Invalid(format!("an object is written in at most {MAX_PARTS} parts: upload it in larger ones")))
    }

    /// What S3 holds of what was just written. Others may have replaced it, or S3 may not
    /// answer: the write is done all the same.
    pub(super) async fn describe(&self, place: &Place, written: Written, content_type: &str) -> Info {
        let found = self.look_up(place).await.and_then(|output| info(place, output));
        found.ok().filter(|found| found.etag == written.etag).unwrap_or_else(|| Info {
            key: place.key.clone(),
            size: written.size,
            etag: written.etag,
            modified_at: SystemClock.now(),
            content_type: content_type.into(),
        })
    }
}

/// The metadata that bears a mark.
pub(super) fn marked(mark: &str) -> std::collections::HashMap<String, String> {
    [(MARK.into(), mark.into())].into()
}

/// A body cut into pieces of the sizes that are asked for.
pub(super) struct Pieces {
    body: Body,
    rest: BytesMut,
    pub(super) ended: bool,
}

impl Pieces {
    pub(super) fn new(body: Body) -> Self {
        Self { body, rest: BytesMut::new(), ended: false }
    }

    /// The next so many bytes; fewer, or none, when the body has ended.
    pub(super) async fn next(&mut self, size: usize) -> Result<Bytes, BlobError> {
        while self.rest.len() < size && !self.ended {
            match self.body.try_next().await? {
                Some(chunk) => self.rest.extend_from_slice(&chunk),
                None => self.ended = true,
            }
        }
        Ok(self.rest.split_to(size.min(self.rest.len())).freeze())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{StreamExt, stream};

    #[tokio::test]
    async fn a_body_is_cut_whatever_its_chunks() -> Result<(), BlobError> {
        let chunks = ["ab", "", "cdefgh", "i"].map(|chunk| Ok(Bytes::from(chunk)));
        let mut pieces = Pieces::new(stream::iter(chunks).boxed());
        for (piece, ended) in [("abc", false), ("def", false), ("ghi", false), ("", true), ("", true)] {
            assert_eq!((pieces.next(3).await?, pieces.ended), (Bytes::from(piece), ended));
        }
        Ok(())
    }
}
