//! `reel:blob`: multipart uploads.
#![allow(clippy::missing_panics_doc, reason = "a case is an assertion")]

use super::TestClock;
use super::blob::{BUCKET, TYPE, content, failing_body};
use crate::blob::{BlobError, Blobs, MAX_PARTS, MIN_PART, Part, body};

const KEY: &str = "uploads/film.mp4";

async fn begin(blobs: &dyn Blobs) -> String {
    blobs.create_upload(BUCKET, KEY, TYPE).await.expect("the upload begins")
}

async fn put(blobs: &dyn Blobs, upload: &str, number: u32, content: Vec<u8>) -> Part {
    blobs.put_part(BUCKET, KEY, upload, number, body(content)).await.expect("the part is stored")
}

async fn complete(blobs: &dyn Blobs, upload: &str, parts: &[Part]) -> Result<crate::blob::Info, BlobError> {
    blobs.complete_upload(BUCKET, KEY, upload, parts).await
}

fn large(byte: u8) -> Vec<u8> {
    vec![byte; MIN_PART as usize]
}

fn assert_invalid<T: std::fmt::Debug>(result: Result<T, BlobError>) {
    assert!(matches!(result, Err(BlobError::Invalid(_))), "{result:?}");
}

fn assert_not_found<T: std::fmt::Debug>(result: Result<T, BlobError>) {
    assert!(matches!(result, Err(BlobError::NotFound(_))), "{result:?}");
}

/// Parts, stored in any order, join by number; until then there is no object.
pub async fn parts_become_an_object(blobs: &dyn Blobs, _: &TestClock) {
    let upload = begin(blobs).await;
    let last = put(blobs, &upload, 7, b"end".to_vec()).await;
    let first = put(blobs, &upload, 2, large(1)).await;
    assert_eq!((first.number, first.size, last.size), (2, MIN_PART, 3));
    assert_eq!(blobs.head(BUCKET, KEY).await, Ok(None));
    let info = complete(blobs, &upload, &[first, last]).await.expect("the upload is completed");
    assert_eq!((info.key.as_str(), info.size, info.content_type.as_str()), (KEY, MIN_PART + 3, TYPE));
    assert_eq!(blobs.head(BUCKET, KEY).await, Ok(Some(info)));
    assert!(content(blobs, KEY).await == [large(1), b"end".to_vec()].concat());
}

/// The later of two parts of a number counts.
pub async fn a_part_can_be_replaced(blobs: &dyn Blobs, _: &TestClock) {
    let upload = begin(blobs).await;
    let old = put(blobs, &upload, 1, b"old".to_vec()).await;
    let new = put(blobs, &upload, 1, b"replaced".to_vec()).await;
    assert_eq!(blobs.list_parts(BUCKET, KEY, &upload).await, Ok(vec![new.clone()]));
    assert_invalid(complete(blobs, &upload, &[old]).await);
    complete(blobs, &upload, &[new]).await.expect("the upload is completed");
    assert_eq!(content(blobs, KEY).await, "replaced");
}

/// By number, however they came.
pub async fn parts_are_listed_by_number(blobs: &dyn Blobs, _: &TestClock) {
    let upload = begin(blobs).await;
    assert_eq!(blobs.list_parts(BUCKET, KEY, &upload).await, Ok(vec![]));
    let mut parts = Vec::new();
    for number in [10, 2, MAX_PARTS, 1] {
        parts.push(put(blobs, &upload, number, vec![7; number as usize]).await);
    }
    parts.sort_by_key(|part| part.number);
    assert_eq!(blobs.list_parts(BUCKET, KEY, &upload).await, Ok(parts));
}

/// The second answer is the first; the parts are gone with the first.
pub async fn completing_twice_is_no_error(blobs: &dyn Blobs, _: &TestClock) {
    let upload = begin(blobs).await;
    let part = put(blobs, &upload, 1, b"film".to_vec()).await;
    let first = complete(blobs, &upload, std::slice::from_ref(&part)).await.expect("the upload is completed");
    let again = complete(blobs, &upload, std::slice::from_ref(&part)).await;
    assert_eq!(again, Ok(first));
    assert_not_found(blobs.list_parts(BUCKET, KEY, &upload).await);
    assert_not_found(blobs.put_part(BUCKET, KEY, &upload, 2, body("late")).await);
    blobs.abort_upload(BUCKET, KEY, &upload).await.expect("aborting is too late, and no error");
    assert_eq!(content(blobs, KEY).await, "film");
}

/// Nothing can be done with it any more, except to abort it again.
pub async fn an_aborted_upload_is_gone(blobs: &dyn Blobs, _: &TestClock) {
    let upload = begin(blobs).await;
    let part = put(blobs, &upload, 1, b"film".to_vec()).await;
    for _ in 0..2 {
        blobs.abort_upload(BUCKET, KEY, &upload).await.expect("the upload is aborted");
    }
    assert_not_found(complete(blobs, &upload, &[part]).await);
    assert_not_found(blobs.put_part(BUCKET, KEY, &upload, 1, body("x")).await);
    assert_not_found(blobs.list_parts(BUCKET, KEY, &upload).await);
    assert_eq!(blobs.head(BUCKET, KEY).await, Ok(None));
}

/// None, a wrong etag, a missing part, a wrong order, a number out of range.
pub async fn wrong_parts_are_refused(blobs: &dyn Blobs, _: &TestClock) {
    let upload = begin(blobs).await;
    let first = put(blobs, &upload, 1, large(1)).await;
    let second = put(blobs, &upload, 2, large(2)).await;
    let forged = Part { etag: "0".repeat(32), ..second.clone() };
    let missing = Part { number: 3, ..second.clone() };
    for parts in [
        vec![],
        vec![first.clone(), forged],
        vec![first.clone(), missing],
        vec![second.clone(), first.clone()],
        vec![first.clone(), first.clone()],
    ] {
        assert_invalid(complete(blobs, &upload, &parts).await);
    }
    for number in [0, MAX_PARTS + 1] {
        assert_invalid(blobs.put_part(BUCKET, KEY, &upload, number, body("x")).await);
    }
    assert_eq!(blobs.head(BUCKET, KEY).await, Ok(None));
    complete(blobs, &upload, &[first, second]).await.expect("the right parts still join");
}

/// Only the last part may have less than 5 MiB, whatever the caller says of its size.
pub async fn small_parts_are_refused(blobs: &dyn Blobs, _: &TestClock) {
    let upload = begin(blobs).await;
    let mut first = put(blobs, &upload, 1, vec![1; MIN_PART as usize - 1]).await;
    let last = put(blobs, &upload, 2, b"end".to_vec()).await;
    first.size = MIN_PART;
    assert_invalid(complete(blobs, &upload, &[first, last]).await);
}

/// A body that ends in an error stores no part and replaces none.
pub async fn a_failing_part_leaves_nothing(blobs: &dyn Blobs, _: &TestClock) {
    let upload = begin(blobs).await;
    let part = put(blobs, &upload, 1, b"whole".to_vec()).await;
    for number in [1, 2] {
        let result = blobs.put_part(BUCKET, KEY, &upload, number, failing_body()).await;
        assert!(result.is_err(), "{result:?}");
    }
    assert_eq!(blobs.list_parts(BUCKET, KEY, &upload).await, Ok(vec![part]));
}

/// An id is worth nothing with another key.
pub async fn an_upload_belongs_to_its_key(blobs: &dyn Blobs, _: &TestClock) {
    let upload = begin(blobs).await;
    let part = put(blobs, &upload, 1, b"film".to_vec()).await;
    assert_not_found(blobs.put_part(BUCKET, "other", &upload, 1, body("x")).await);
    assert_not_found(blobs.list_parts(BUCKET, "other", &upload).await);
    assert_not_found(blobs.complete_upload(BUCKET, "other", &upload, std::slice::from_ref(&part)).await);
    blobs.abort_upload(BUCKET, "other", &upload).await.expect("what does not exist can be aborted");
    assert_eq!(blobs.list_parts(BUCKET, KEY, &upload).await, Ok(vec![part]));
}
