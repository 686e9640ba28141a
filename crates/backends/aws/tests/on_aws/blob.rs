//! S3 as `reel:blob`: the suite that holds for all backends, presigned URLs as a browser
//! uses them, and answers that get lost.

use crate::emulator;
use crate::losing::Losing;
use futures::StreamExt;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use reel_backend_aws::blob::S3Blobs;
use reel_backend_aws::client::Aws;
use reel_capabilities::blob::{BlobError, Blobs, Body, Location, MIN_PART, Operation, Part, body, read};
use reel_capabilities::conformance::TestClock;
use std::sync::Arc;

const BUCKET: &str = "films";
const KEY: &str = "film/a b.mp4";
const TYPE: &str = "video/mp4";
/// More than is written in one piece.
const LARGE: usize = 20 * 1024 * 1024;

fn blobs(aws: &Aws, prefix: &str) -> S3Blobs {
    S3Blobs::new(&aws.s3(), prefix).making_buckets()
}

async fn open(_: Arc<TestClock>) -> Box<S3Blobs> {
    Box::new(blobs(&emulator::aws().await, &emulator::prefix()))
}

reel_capabilities::blob_conformance!(open);

async fn new() -> S3Blobs {
    blobs(&emulator::aws().await, &emulator::prefix())
}

/// Objects over a good way, and the same over one that loses answers.
async fn two_ways(text: &'static str, times: u32) -> (S3Blobs, S3Blobs, Arc<Losing>) {
    let prefix = emulator::prefix();
    let good = blobs(&emulator::aws().await, &prefix);
    good.write(BUCKET, "first", TYPE, body("makes the bucket"), false).await.expect("an object is written");
    let (way, address) = Losing::open(&emulator::endpoint(), text, times).await;
    (good, S3Blobs::new(&Aws::emulator(&address).await.s3(), prefix), way)
}

fn large() -> (Vec<u8>, Body) {
    let content: Vec<u8> = (0..LARGE).map(|n| (n % 251) as u8).collect();
    let chunks: Vec<_> = content.chunks(777_777).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    (content, futures::stream::iter(chunks).boxed())
}

async fn whole(blobs: &S3Blobs, key: &str) -> Vec<u8> {
    let (_, mut body) = blobs.open(BUCKET, key, None).await.expect("the object can be opened");
    let mut content = Vec::new();
    while let Some(chunk) = body.next().await {
        content.extend_from_slice(&chunk.expect("it can be read"));
    }
    content
}

#[tokio::test]
async fn a_large_object_is_written_in_parts() {
    let blobs = new().await;
    let (content, body) = large();
    let info = blobs.write(BUCKET, KEY, TYPE, body, false).await.expect("the object is written");
    assert_eq!((info.size, info.content_type.as_str()), (LARGE as u64, TYPE));
    assert!(info.etag.ends_with("-3"), "three parts: {}", info.etag);
    assert!(whole(&blobs, KEY).await == content);
    assert_eq!(blobs.head(BUCKET, KEY).await, Ok(Some(info)));
}

#[tokio::test]
async fn a_large_new_object_does_not_replace_another() {
    let blobs = new().await;
    blobs.write(BUCKET, KEY, TYPE, body("old"), false).await.expect("the object is written");
    let error = blobs.write(BUCKET, KEY, TYPE, large().1, true).await;
    assert_eq!(error, Err(BlobError::Exists(KEY.into())));
    assert_eq!(whole(&blobs, KEY).await, b"old");
}

#[tokio::test]
async fn a_large_body_that_fails_leaves_no_object() {
    let blobs = new().await;
    let (_, start) = large();
    let body = start.chain(futures::stream::iter([Err(BlobError::Unavailable("gone".into()))])).boxed();
    assert_eq!(blobs.write(BUCKET, KEY, TYPE, body, false).await, Err(BlobError::Unavailable("gone".into())));
    assert_eq!(blobs.head(BUCKET, KEY).await, Ok(None));
}

#[tokio::test]
async fn a_new_object_whose_answer_was_lost_is_written() {
    let (good, bad, way) = two_ways("if-none-match", 1).await;
    let info = bad.write(BUCKET, KEY, TYPE, body("mine"), true).await.expect("the object is the writer's own");
    assert_eq!(way.left(), 0);
    assert_eq!(good.head(BUCKET, KEY).await, Ok(Some(info)));
    assert_eq!(whole(&good, KEY).await, b"mine");
}

#[tokio::test]
async fn a_large_new_object_whose_answer_was_lost_is_written() {
    let (good, bad, way) = two_ways("if-none-match", 1).await;
    let (content, body) = large();
    let info = bad.write(BUCKET, KEY, TYPE, body, true).await.expect("the object is the writer's own");
    assert_eq!(way.left(), 0);
    assert_eq!(good.head(BUCKET, KEY).await, Ok(Some(info)));
    assert!(whole(&good, KEY).await == content);
}

#[tokio::test]
async fn an_object_of_the_same_content_is_still_another_writers() {
    let blobs = new().await;
    blobs.write(BUCKET, KEY, TYPE, body("same"), true).await.expect("the object is written");
    let again = blobs.write(BUCKET, KEY, TYPE, body("same"), true).await;
    assert_eq!(again, Err(BlobError::Exists(KEY.into())));
}

#[tokio::test]
async fn an_upload_whose_answer_was_lost_is_joined() {
    let (good, bad, way) = two_ways("<completemultipartupload", 1).await;
    let upload = good.create_upload(BUCKET, KEY, TYPE).await.expect("the upload begins");
    let part = good.put_part(BUCKET, KEY, &upload, 1, body("film")).await.expect("the part is stored");
    let info = bad.complete_upload(BUCKET, KEY, &upload, &[part]).await.expect("the upload is joined");
    assert_eq!(way.left(), 0);
    assert_eq!(good.head(BUCKET, KEY).await, Ok(Some(info)));
}

#[tokio::test]
async fn a_bucket_that_nobody_made_is_named() {
    let blobs = S3Blobs::new(&emulator::aws().await.s3(), emulator::prefix());
    for error in [
        blobs.write(BUCKET, KEY, TYPE, body("x"), false).await.err(),
        blobs.list(BUCKET, "", None).await.err(),
        blobs.open(BUCKET, KEY, None).await.err(),
    ] {
        assert!(matches!(&error, Some(BlobError::Unavailable(why)) if why.contains(BUCKET)), "{error:?}");
    }
}

async fn http(method: Method, url: &str, range: Option<&str>, body: Vec<u8>) -> Response<Bytes> {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let mut request = Request::builder().method(method).uri(url);
    if let Some(range) = range {
        request = request.header("range", range);
    }
    let request = request.body(Full::new(Bytes::from(body))).expect("a valid request");
    let (head, body) = client.request(request).await.expect("an answer").into_parts();
    Response::from_parts(head, body.collect().await.expect("a whole answer").to_bytes())
}

#[tokio::test]
async fn a_browser_uploads_parts_to_presigned_urls() {
    let blobs = new().await;
    let upload = blobs.create_upload(BUCKET, KEY, TYPE).await.expect("the upload begins");
    let mut parts = Vec::new();
    for (number, size) in [(1, MIN_PART), (2, 7)] {
        let operation = Operation::PutPart { upload: upload.clone(), number };
        let url = blobs.presign(BUCKET, KEY, operation, 60).await.expect("a URL is signed");
        let answer = http(Method::PUT, &url, None, vec![number as u8; size as usize]).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let etag = answer.headers()["etag"].to_str().expect("text").trim_matches('"').to_owned();
        parts.push(Part { number, etag, size });
    }
    assert_eq!(blobs.list_parts(BUCKET, KEY, &upload).await, Ok(parts.clone()));
    let info = blobs.complete_upload(BUCKET, KEY, &upload, &parts).await.expect("the upload is joined");
    assert_eq!(info.size, MIN_PART + 7);
}

#[tokio::test]
async fn a_program_reads_ranges_where_the_object_is_located() {
    let blobs = new().await;
    blobs.write(BUCKET, KEY, TYPE, body("moving pictures"), false).await.expect("the object is written");
    let Ok(Location::Url(url)) = blobs.locate(BUCKET, KEY).await else { panic!("a URL") };
    let answer = http(Method::GET, &url, Some("bytes=7-"), Vec::new()).await;
    assert_eq!((answer.status(), answer.body().as_ref()), (StatusCode::PARTIAL_CONTENT, b"pictures".as_ref()));
}

#[tokio::test]
async fn a_presigned_url_is_good_for_what_it_was_signed_for() {
    let blobs = new().await;
    for key in [KEY, "other"] {
        blobs.write(BUCKET, key, TYPE, body(key), false).await.expect("the object is written");
    }
    let url = blobs.presign(BUCKET, "other", Operation::Get, 1).await.expect("a URL is signed");
    assert_eq!(http(Method::GET, &url, None, Vec::new()).await.status(), StatusCode::OK);
    let forged = url.replace("/other?", "/first?");
    assert_eq!(http(Method::GET, &forged, None, Vec::new()).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(http(Method::PUT, &url, None, b"x".to_vec()).await.status(), StatusCode::FORBIDDEN);
    // S3 has a clock of its own, so this waits for it.
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    assert_eq!(http(Method::GET, &url, None, Vec::new()).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(read(&blobs, BUCKET, "other", None).await, Ok(Bytes::from("other")));
}
