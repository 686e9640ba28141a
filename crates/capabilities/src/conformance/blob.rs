//! `reel:blob`: objects, ranges, listing, presigned URLs.
#![allow(clippy::missing_panics_doc, reason = "a case is an assertion")]

use super::TestClock;
use crate::Clock;
use crate::blob::{BlobError, Blobs, Body, Info, Location, MAX_KEY, MAX_PRESIGN, Operation, Range, body, read};
use bytes::Bytes;
use futures::StreamExt;
use futures::future::join_all;

/// The bucket that the cases use.
pub const BUCKET: &str = "conformance";
/// A media type.
pub const TYPE: &str = "video/mp4";

/// Tests a backend of `reel:blob`: `open` returns what derefs to a `Blobs` that can presign.
#[macro_export]
macro_rules! blob_conformance {
    ($open:path) => {
        $crate::conformance_tests! { $open,
            blob:
            an_object_comes_back_as_written,
            buckets_are_apart,
            an_object_is_replaced_whole,
            a_reader_keeps_what_it_opened,
            readers_see_the_old_or_the_new,
            only_new_is_won_by_exactly_one,
            a_failing_body_leaves_nothing,
            ranges_are_cut_at_the_end,
            a_deleted_object_is_gone,
            keys_are_listed_in_byte_order,
            lists_come_in_pages,
            names_that_climb_out_are_refused,
            long_and_strange_keys_are_kept,
            urls_are_presigned_within_limits,
            an_object_can_be_located;
            blob_upload:
            parts_become_an_object,
            a_part_can_be_replaced,
            parts_are_listed_by_number,
            completing_twice_is_no_error,
            an_aborted_upload_is_gone,
            wrong_parts_are_refused,
            small_parts_are_refused,
            a_failing_part_leaves_nothing,
            an_upload_belongs_to_its_key;
        }
    };
}

/// Writes an object.
pub async fn write(blobs: &dyn Blobs, key: &str, content: &[u8]) -> Info {
    blobs.write(BUCKET, key, TYPE, body(content.to_vec()), false).await.expect("the object is written")
}

/// Reads an object.
pub async fn content(blobs: &dyn Blobs, key: &str) -> Bytes {
    read(blobs, BUCKET, key, None).await.expect("the object can be read")
}

async fn keys(blobs: &dyn Blobs, prefix: &str) -> Vec<String> {
    let page = blobs.list(BUCKET, prefix, None).await.expect("keys can be listed");
    assert_eq!(page.cursor, None);
    page.objects.into_iter().map(|object| object.key).collect()
}

/// A body that ends in an error.
pub fn failing_body() -> Body {
    let chunks = [Ok(Bytes::from(vec![1; 3_000_000])), Err(BlobError::Unavailable("the client has gone".into()))];
    futures::stream::iter(chunks).boxed()
}

/// Content, metadata and time; chunks of any size join.
pub async fn an_object_comes_back_as_written(blobs: &dyn Blobs, clock: &TestClock) {
    let chunks: Vec<Bytes> = (0..100).map(|n| Bytes::from(vec![n as u8; n * 997])).collect();
    let whole = chunks.concat();
    assert_eq!(blobs.head(BUCKET, "film/a.mp4").await, Ok(None));
    let stream = futures::stream::iter(chunks.into_iter().map(Ok)).boxed();
    let info = blobs.write(BUCKET, "film/a.mp4", TYPE, stream, false).await.expect("the object is written");
    assert_eq!((info.key.as_str(), info.size, info.content_type.as_str()), ("film/a.mp4", whole.len() as u64, TYPE));
    assert!(
        info.modified_at.abs_diff(clock.now()) < 1_000 || info.modified_at.abs_diff(crate::SystemClock.now()) < 60_000
    );
    assert!(!info.etag.is_empty() && !info.etag.contains('"'));
    assert_eq!(blobs.head(BUCKET, "film/a.mp4").await, Ok(Some(info.clone())));
    let (opened, _) = blobs.open(BUCKET, "film/a.mp4", None).await.expect("the object can be opened");
    assert_eq!(opened, info);
    assert_eq!(content(blobs, "film/a.mp4").await, whole);
    assert_eq!(write(blobs, "empty", b"").await.size, 0);
    assert_eq!(content(blobs, "empty").await, Bytes::new());
}

/// The same key in two buckets names two objects.
pub async fn buckets_are_apart(blobs: &dyn Blobs, _: &TestClock) {
    write(blobs, "key", b"one").await;
    assert_eq!(blobs.head("conformance-other", "key").await, Ok(None));
    assert_eq!(blobs.list("conformance-other", "", None).await.map(|page| page.objects), Ok(vec![]));
    blobs.delete("conformance-other", "key").await.expect("what does not exist can be deleted");
    assert_eq!(content(blobs, "key").await, "one");
}

/// Content, size, type and etag change together; the same content has the same etag.
pub async fn an_object_is_replaced_whole(blobs: &dyn Blobs, _: &TestClock) {
    let first = write(blobs, "key", b"first").await;
    let second =
        blobs.write(BUCKET, "key", "text/plain", body("and another"), false).await.expect("the object is written");
    assert_ne!(first.etag, second.etag);
    assert_eq!(blobs.head(BUCKET, "key").await, Ok(Some(second.clone())));
    assert_eq!((second.size, second.content_type.as_str()), (11, "text/plain"));
    assert_eq!(content(blobs, "key").await, "and another");
    assert_eq!(write(blobs, "key", b"first").await.etag, first.etag);
}

/// What was opened streams to its end although the object is replaced and deleted.
pub async fn a_reader_keeps_what_it_opened(blobs: &dyn Blobs, _: &TestClock) {
    let old = vec![1; 4_000_000];
    write(blobs, "key", &old).await;
    let (_, mut stream) = blobs.open(BUCKET, "key", None).await.expect("the object can be opened");
    let mut seen = stream.next().await.expect("there is content").expect("it can be read").to_vec();
    write(blobs, "key", b"new").await;
    blobs.delete(BUCKET, "key").await.expect("the object is deleted");
    while let Some(chunk) = stream.next().await {
        seen.extend_from_slice(&chunk.expect("it can be read"));
    }
    assert!(seen == old, "{} bytes of {}", seen.len(), old.len());
}

/// While an object is replaced again and again, no reader sees a mixture or nothing.
pub async fn readers_see_the_old_or_the_new(blobs: &dyn Blobs, _: &TestClock) {
    write(blobs, "key", &[0; 50_000]).await;
    let writers =
        (1..=12_u8).map(|n| async move { drop(write(blobs, "key", &vec![n; 50_000 + usize::from(n)]).await) });
    let readers = (0..24).map(|_| async {
        let (info, _) = blobs.open(BUCKET, "key", None).await.expect("the object can be opened");
        let bytes = content(blobs, "key").await;
        assert!((50_000..=50_012).contains(&info.size));
        assert_eq!(bytes.len(), 50_000 + usize::from(bytes[0]));
        assert!(bytes.iter().all(|byte| *byte == bytes[0]), "a mixture");
    });
    futures::join!(join_all(writers), join_all(readers));
}

/// Of many who write a new object, one succeeds, and it is the one that is kept.
pub async fn only_new_is_won_by_exactly_one(blobs: &dyn Blobs, _: &TestClock) {
    let attempts = (0..16_u8).map(|n| blobs.write(BUCKET, "deep/er/key", TYPE, body(vec![n; 1_000]), true));
    let results = join_all(attempts).await;
    let winners: Vec<_> = (0..).zip(&results).filter(|(_, result)| result.is_ok()).map(|(n, _)| n).collect();
    assert_eq!(winners.len(), 1, "{results:?}");
    let exists = Err(BlobError::Exists("deep/er/key".into()));
    assert_eq!(results.iter().filter(|result| **result == exists).count(), 15, "{results:?}");
    assert_eq!(content(blobs, "deep/er/key").await, vec![winners[0]; 1_000]);
    blobs.delete(BUCKET, "deep/er/key").await.expect("the object is deleted");
    blobs.write(BUCKET, "deep/er/key", TYPE, body("again"), true).await.expect("the key is free again");
}

/// A body that ends in an error makes no object and harms none.
pub async fn a_failing_body_leaves_nothing(blobs: &dyn Blobs, _: &TestClock) {
    write(blobs, "old", b"old").await;
    for key in ["new", "old"] {
        let result = blobs.write(BUCKET, key, TYPE, failing_body(), false).await;
        assert!(result.is_err(), "{result:?}");
    }
    assert_eq!(keys(blobs, "").await, ["old"]);
    assert_eq!(content(blobs, "old").await, "old");
}

/// A range ends where the object ends; one beyond it is empty.
pub async fn ranges_are_cut_at_the_end(blobs: &dyn Blobs, _: &TestClock) {
    let whole: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
    let written = write(blobs, "key", &whole).await;
    let ranges = [
        (0, 1),
        (0, 1_000_000),
        (999_999, 1),
        (300_000, 600_000),
        (0, 0),
        (999_990, 100),
        (5, u64::MAX),
        (1_000_000, 10),
        (u64::MAX, 10),
    ];
    for (offset, length) in ranges {
        let (info, mut stream) =
            blobs.open(BUCKET, "key", Some(Range { offset, length })).await.expect("a range can be opened");
        assert_eq!(info, written, "the whole object's");
        let mut seen = Vec::new();
        while let Some(chunk) = stream.next().await {
            seen.extend_from_slice(&chunk.expect("it can be read"));
        }
        let start = offset.min(1_000_000) as usize;
        let end = offset.saturating_add(length).min(1_000_000) as usize;
        assert!(seen == whole[start..end], "{offset}+{length}: {} bytes", seen.len());
    }
}

/// Deleting can be repeated; a missing object is said to be missing.
pub async fn a_deleted_object_is_gone(blobs: &dyn Blobs, _: &TestClock) {
    write(blobs, "a/b/c", b"x").await;
    write(blobs, "a/b", b"y").await;
    for _ in 0..2 {
        blobs.delete(BUCKET, "a/b/c").await.expect("the object is deleted");
    }
    assert_eq!(blobs.head(BUCKET, "a/b/c").await, Ok(None));
    let error = blobs.open(BUCKET, "a/b/c", None).await.err();
    assert!(matches!(error, Some(BlobError::NotFound(_))), "{error:?}");
    let error = blobs.locate(BUCKET, "a/b/c").await.err();
    assert!(matches!(error, Some(BlobError::NotFound(_))), "{error:?}");
    assert_eq!(keys(blobs, "").await, ["a/b"]);
}

/// As bytes of the whole key, whatever the slashes; a prefix need not end at one.
pub async fn keys_are_listed_in_byte_order(blobs: &dyn Blobs, _: &TestClock) {
    let long = format!("c{}", "x".repeat(199));
    let (long_dash, long_slash, longer) = (format!("{long}-"), format!("{long}/a"), format!("{long}x/a"));
    let ordered = [
        "a",
        "a b",
        "a-b",
        "a.d",
        "a.d/x",
        "a.o/x",
        "a/a",
        "a/b/c",
        "a/b2",
        "a0",
        "b/ü",
        "c",
        &long,
        &long_dash,
        &long_slash,
        &longer,
        "ä/é",
    ];
    for key in ordered.iter().rev() {
        write(blobs, key, key.as_bytes()).await;
    }
    assert_eq!(keys(blobs, "").await, ordered);
    for prefix in ["a", "a/", "a/b", "a.", "a/b/c", "b", &long, "ä", "x", "/"] {
        let expected: Vec<_> = ordered.iter().filter(|key| key.starts_with(prefix)).collect();
        assert_eq!(keys(blobs, prefix).await.iter().collect::<Vec<_>>(), expected, "prefix {prefix:?}");
    }
    let page = blobs.list(BUCKET, "a/b/c", None).await.expect("keys can be listed");
    assert_eq!(Some(&page.objects[0]), blobs.head(BUCKET, "a/b/c").await.expect("the object exists").as_ref());
}

/// 1,000 keys a page, without gap or repetition, also while keys are added.
pub async fn lists_come_in_pages(blobs: &dyn Blobs, _: &TestClock) {
    let name = |n: usize| format!("k/{}/{n:04}", n % 3);
    for start in (0..1_010).step_by(50) {
        join_all((start..(start + 50).min(1_010)).map(|n| async move { write(blobs, &name(n), b"").await })).await;
    }
    let first = blobs.list(BUCKET, "k/", None).await.expect("keys can be listed");
    assert_eq!(first.objects.len(), 1_000);
    write(blobs, "k/0/0000-added-before", b"").await;
    write(blobs, "k/3", b"").await;
    let second = blobs.list(BUCKET, "k/", first.cursor.as_deref()).await.expect("keys can be listed");
    assert_eq!(second.cursor, None);
    let mut expected: Vec<_> = (0..1_010).map(name).collect();
    expected.push("k/3".into());
    expected.sort_unstable();
    let listed: Vec<_> = first.objects.into_iter().chain(second.objects).map(|object| object.key).collect();
    assert!(listed == expected, "{} keys", listed.len());
}

/// No name leads out of its bucket, in any operation.
pub async fn names_that_climb_out_are_refused(blobs: &dyn Blobs, _: &TestClock) {
    let invalid = |error: Option<BlobError>, name: &str| {
        assert!(matches!(error, Some(BlobError::Invalid(_))), "{name:?}: {error:?}")
    };
    let too_long = "k".repeat(MAX_KEY + 1);
    for key in ["", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a\\b", "a\nb", "a\0b", &too_long] {
        invalid(blobs.write(BUCKET, key, TYPE, body("x"), false).await.err(), key);
        invalid(blobs.open(BUCKET, key, None).await.err(), key);
        invalid(blobs.head(BUCKET, key).await.err(), key);
        invalid(blobs.delete(BUCKET, key).await.err(), key);
        invalid(blobs.create_upload(BUCKET, key, TYPE).await.err(), key);
        invalid(blobs.presign(BUCKET, key, Operation::Get, 60).await.err(), key);
        invalid(blobs.locate(BUCKET, key).await.err(), key);
    }
    for bucket in ["", "ab", "..", "../conformance", "a/b", "Upper", "dot.ted"] {
        invalid(blobs.write(bucket, "key", TYPE, body("x"), false).await.err(), bucket);
        invalid(blobs.list(bucket, "", None).await.err(), bucket);
    }
    for upload in ["", "..", "../../objects", "a/b"] {
        let error = blobs.list_parts(BUCKET, "key", upload).await.err();
        assert!(matches!(error, Some(BlobError::NotFound(_) | BlobError::Invalid(_))), "{upload:?}: {error:?}");
    }
    for content_type in ["", "text/plain\r\nx: y"] {
        invalid(blobs.write(BUCKET, "key", content_type, body("x"), false).await.err(), content_type);
    }
}

/// Keys up to 1,024 bytes, in one segment or many, in any script.
pub async fn long_and_strange_keys_are_kept(blobs: &dyn Blobs, _: &TestClock) {
    let mut names = vec!["k".repeat(MAX_KEY), "é".repeat(MAX_KEY / 2), vec!["s"; MAX_KEY / 2].join("/")];
    names.extend((198..=202).map(|length| "k".repeat(length)));
    names.extend(["a b", "a%2Fb", "a?b#c", "...", "~", "-", "\u{1F3AC}", "a:b*c\"d<e>f|"].map(str::to_owned));
    for name in &names {
        write(blobs, name, name.as_bytes()).await;
    }
    for name in &names {
        assert_eq!(content(blobs, name).await, name.as_bytes());
    }
    names.sort_unstable();
    assert_eq!(keys(blobs, "").await, names);
}

/// A URL holds for a second to a week; another object or operation has another URL.
pub async fn urls_are_presigned_within_limits(blobs: &dyn Blobs, _: &TestClock) {
    let upload = blobs.create_upload(BUCKET, "a b/ü.mp4", TYPE).await.expect("the upload begins");
    let part = |number| Operation::PutPart { upload: upload.clone(), number };
    let sign = async |key, operation| blobs.presign(BUCKET, key, operation, 60).await.expect("a URL is signed");
    let urls = [
        sign("a b/ü.mp4", Operation::Get).await,
        sign("other", Operation::Get).await,
        sign("a b/ü.mp4", part(1)).await,
        sign("a b/ü.mp4", part(2)).await,
    ];
    for (at, url) in urls.iter().enumerate() {
        assert!(!urls[..at].contains(url));
        assert!(url.is_ascii() && !url.starts_with('/') && !url.contains(' '), "{url}");
    }
    for (operation, seconds) in
        [(Operation::Get, 0), (Operation::Get, MAX_PRESIGN + 1), (part(0), 60), (part(10_001), 60)]
    {
        let error = blobs.presign(BUCKET, "key", operation, seconds).await.err();
        assert!(matches!(error, Some(BlobError::Invalid(_))), "{error:?}");
    }
}

/// A path can be read as it is.
pub async fn an_object_can_be_located(blobs: &dyn Blobs, _: &TestClock) {
    write(blobs, "film/a.mp4", b"moving pictures").await;
    match blobs.locate(BUCKET, "film/a.mp4").await.expect("the object can be located") {
        Location::File(path) => {
            assert!(path.is_absolute());
            assert_eq!(path.extension().and_then(|end| end.to_str()), Some("mp4"));
            assert_eq!(std::fs::read(path).expect("the file can be read"), b"moving pictures");
        }
        Location::Url(url) => assert!(url.starts_with("http"), "{url}"),
    }
}
