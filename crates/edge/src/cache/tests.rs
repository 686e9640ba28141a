//! The cache against parents that are slow, break off or are away.

use super::*;
use bytes::Bytes;
use futures::StreamExt;
use futures::future::join_all;
use http::header::{CONTENT_RANGE, RANGE};
use http::{HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

const TITLE: &str = "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";
const MEMORY: usize = 32 << 20;
const DISK: usize = 64 << 20;

type Chunks = mpsc::UnboundedReceiver<Result<Bytes, std::io::Error>>;

/// A parent that answers each request with the next script.
struct Parent {
    url: String,
    requests: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

/// What a parent answers: a status, the length that it announces, and the chunks.
struct Script {
    status: u16,
    length: Option<usize>,
    location: Option<String>,
    chunks: Chunks,
}

impl Drop for Parent {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Parent {
    async fn start(scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(serve(listener, requests.clone(), Arc::new(Mutex::new(scripts.into()))));
        Self { url, requests, task }
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

type Scripts = Arc<Mutex<std::collections::VecDeque<Script>>>;

async fn serve(listener: TcpListener, requests: Arc<AtomicUsize>, scripts: Scripts) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (requests, scripts) = (requests.clone(), scripts.clone());
        let service = service_fn(move |_| {
            requests.fetch_add(1, Ordering::SeqCst);
            let scripts = scripts.clone();
            async move { Ok::<_, std::convert::Infallible>(play(scripts.lock().await.pop_front())) }
        });
        let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}

type ScriptBody = http_body_util::combinators::UnsyncBoxBody<Bytes, std::io::Error>;

fn play(script: Option<Script>) -> Response<ScriptBody> {
    let Script { status, length, location, chunks } = script.unwrap_or_else(|| whole(500, b""));
    let stream = futures::stream::unfold(chunks, |mut chunks| async {
        chunks.recv().await.map(|chunk| (chunk.map(Frame::data), chunks))
    });
    let mut response = Response::builder().status(status).header("content-type", "video/mp4");
    if let Some(length) = length {
        response = response.header("content-length", length);
    }
    if let Some(location) = location {
        response = response.header("location", location);
    }
    response.body(StreamBody::new(stream).boxed_unsync()).unwrap()
}

fn whole(status: u16, body: &'static [u8]) -> Script {
    let (send, chunks) = mpsc::unbounded_channel();
    send.send(Ok(Bytes::from_static(body))).unwrap();
    Script { status, length: Some(body.len()), location: None, chunks }
}

fn elsewhere(location: impl Into<String>) -> Script {
    Script { location: Some(location.into()), ..whole(307, b"") }
}

/// A script whose chunks the test sends.
fn slow(length: Option<usize>) -> (mpsc::UnboundedSender<Result<Bytes, std::io::Error>>, Script) {
    let (send, chunks) = mpsc::unbounded_channel();
    (send, Script { status: 200, length, location: None, chunks })
}

struct Rig {
    cache: SegmentCache,
    metrics: Arc<Metrics>,
    _folder: tempfile::TempDir,
}

async fn rig() -> Rig {
    rig_of(MEMORY, Parents::new(MEMORY, store::MAX_OBJECT).unwrap()).await
}

async fn rig_of(memory: usize, parents: Parents) -> Rig {
    let (folder, metrics) = (tempfile::tempdir().unwrap(), Arc::new(Metrics::default()));
    let store = Store::open(folder.path(), memory, DISK).await.unwrap();
    Rig { cache: SegmentCache::with(store, parents, metrics.clone()), metrics, _folder: folder }
}

fn key(number: u32) -> String {
    format!("{TITLE}/{TITLE}/h264-720p/{number}.m4s")
}

fn asked(key: &str, parent: Option<&str>, range: Option<&str>) -> request::Parts {
    let mut request = Request::get(format!("http://cache.internal/{key}"));
    if let Some(parent) = parent {
        request = request.header(FILL_HEADER, format!("{parent}/t/T/{key}"));
    }
    if let Some(range) = range {
        request = request.header(RANGE, range);
    }
    request.body(()).unwrap().into_parts().0
}

impl Rig {
    async fn get(&self, key: &str, parent: Option<&str>) -> Response<Body> {
        self.cache.answer(&asked(key, parent, None)).await
    }

    async fn part(&self, key: &str, parent: &str, range: &str) -> Response<Body> {
        self.cache.answer(&asked(key, Some(parent), Some(range))).await
    }
}

fn found(response: &Response<Body>) -> &HeaderValue {
    &response.headers()["x-reel-cache"]
}

async fn body(response: Response<Body>) -> Result<Bytes, Interrupted> {
    response.into_body().collect().await.map(|body| body.to_bytes())
}

#[tokio::test]
async fn a_miss_is_filled_once_and_then_a_hit() {
    let (rig, parent) = (rig().await, Parent::start(vec![whole(200, b"film")]).await);
    let miss = rig.get(&key(1), None).await;
    assert_eq!((miss.status(), found(&miss)), (StatusCode::NOT_FOUND, &HeaderValue::from_static("miss")));
    let filled = rig.get(&key(1), Some(&parent.url)).await;
    assert_eq!(found(&filled), "fill");
    assert_eq!(filled.headers()["content-type"], "video/mp4");
    assert_eq!(filled.headers()["access-control-allow-origin"], "*");
    assert_eq!(body(filled).await.unwrap(), "film");
    let hit = rig.get(&key(1), None).await;
    assert_eq!((hit.status(), found(&hit)), (StatusCode::OK, &HeaderValue::from_static("hit")));
    assert_eq!(hit.headers()["content-length"], "4");
    assert_eq!(body(hit).await.unwrap(), "film");
    assert_eq!(parent.requests(), 1);
}

#[tokio::test]
async fn a_hundred_who_ask_at_once_make_one_request() {
    let (send, script) = slow(Some(8));
    let (rig, parent) = (rig().await, Parent::start(vec![script]).await);
    let key = key(1);
    send.send(Ok(Bytes::from_static(b"half"))).unwrap();
    let responses = join_all((0..100).map(|_| rig.get(&key, Some(&parent.url)))).await;
    send.send(Ok(Bytes::from_static(b"full"))).unwrap();
    drop(send);
    let led = responses.iter().filter(|response| found(response) == "fill").count();
    assert_eq!(led, 1);
    for body in join_all(responses.into_iter().map(body)).await {
        assert_eq!(body.unwrap(), "halffull");
    }
    assert_eq!(parent.requests(), 1);
    let metrics = rig.metrics.text(0, 0);
    assert!(metrics.contains("coalesced_total 99\n") && metrics.contains("fills_total 1\n"), "{metrics}");
}

#[tokio::test]
async fn those_who_wait_get_bytes_and_ranges_while_it_comes() {
    let (send, script) = slow(Some(8));
    let (rig, parent) = (rig().await, Parent::start(vec![script]).await);
    send.send(Ok(Bytes::from_static(b"half"))).unwrap();
    let part = rig.part(&key(1), &parent.url, "bytes=1-2").await;
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()[CONTENT_RANGE], "bytes 1-2/8");
    assert_eq!(body(part).await.unwrap(), "al");
    let later = rig.part(&key(1), &parent.url, "bytes=-2").await;
    assert_eq!(found(&later), "coalesced");
    let beyond = rig.part(&key(1), &parent.url, "bytes=8-").await;
    assert_eq!(
        (beyond.status(), &beyond.headers()[CONTENT_RANGE]),
        (StatusCode::RANGE_NOT_SATISFIABLE, &HeaderValue::from_static("bytes */8"))
    );
    send.send(Ok(Bytes::from_static(b"full"))).unwrap();
    assert_eq!(body(later).await.unwrap(), "ll");
    assert_eq!(parent.requests(), 1);
}

#[tokio::test]
async fn a_fill_that_breaks_off_is_an_error_for_all_and_not_kept() {
    let (send, script) = slow(Some(8));
    let (rig, parent) = (rig().await, Parent::start(vec![script, whole(200, b"halffull")]).await);
    let key = key(1);
    send.send(Ok(Bytes::from_static(b"half"))).unwrap();
    let responses = join_all((0..5).map(|_| rig.part(&key, &parent.url, "bytes=0-7"))).await;
    send.send(Err(std::io::Error::other("broken"))).unwrap();
    for body in join_all(responses.into_iter().map(body)).await {
        assert!(body.is_err(), "{body:?}");
    }
    assert_eq!(rig.get(&key, None).await.status(), StatusCode::NOT_FOUND);
    let again = rig.get(&key, Some(&parent.url)).await;
    assert_eq!(body(again).await.unwrap(), "halffull");
    assert_eq!(parent.requests(), 2);
}

#[tokio::test]
async fn all_who_wait_for_a_failing_parent_go_to_the_next_with_one_request() {
    let rig = rig().await;
    let (bad, good) = (Parent::start(vec![whole(503, b"")]).await, Parent::start(vec![whole(200, b"film")]).await);
    let key = key(1);
    let firsts = join_all((0..20).map(|_| rig.get(&key, Some(&bad.url)))).await;
    assert!(firsts.iter().all(|first| first.status() == StatusCode::BAD_GATEWAY && found(first) == "failed"));
    assert_eq!(bad.requests(), 1);
    let seconds = join_all((0..20).map(|_| rig.get(&key, Some(&good.url)))).await;
    for second in join_all(seconds.into_iter().map(body)).await {
        assert_eq!(second.unwrap(), "film");
    }
    assert_eq!(good.requests(), 1);
}

#[tokio::test]
async fn what_no_parent_has_is_a_404_that_says_so() {
    let (rig, parent) = (rig().await, Parent::start(vec![whole(404, b"")]).await);
    let response = rig.get(&key(1), Some(&parent.url)).await;
    assert_eq!((response.status(), found(&response)), (StatusCode::NOT_FOUND, &HeaderValue::from_static("absent")));
}

#[tokio::test]
async fn a_parent_may_send_the_edge_to_its_store_but_not_round_and_round() {
    let (rig, store) = (rig().await, Parent::start(vec![whole(200, b"film")]).await);
    let origin = Parent::start(vec![elsewhere(format!("{}/bucket/key?signature=a%2Fb", store.url))]).await;
    let filled = rig.get(&key(1), Some(&origin.url)).await;
    assert_eq!((filled.status(), found(&filled)), (StatusCode::OK, &HeaderValue::from_static("fill")));
    assert_eq!(body(filled).await.unwrap(), "film");
    assert_eq!(found(&rig.get(&key(1), None).await), "hit");
    assert_eq!((origin.requests(), store.requests()), (1, 1));

    let circle = Parent::start((0..9).map(|_| elsewhere("/again")).collect()).await;
    assert_eq!(rig.get(&key(2), Some(&circle.url)).await.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(circle.requests(), 4);
    let nowhere = Parent::start(vec![elsewhere("http://")]).await;
    assert_eq!(rig.get(&key(2), Some(&nowhere.url)).await.status(), StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn a_parent_that_is_away_or_silent_is_a_504() {
    let rig = rig_of(MEMORY, Parents::new(MEMORY, 1 << 20).unwrap().with_idle(Duration::from_millis(50))).await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let away = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    assert_eq!(rig.get(&key(1), Some(&away)).await.status(), StatusCode::GATEWAY_TIMEOUT);
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = (format!("http://{}", silent.local_addr().unwrap()), silent);
    assert_eq!(rig.get(&key(1), Some(&silent.0)).await.status(), StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(rig.get(&key(1), Some("no url")).await.status(), StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn an_object_without_a_length_is_answered_when_it_is_whole() {
    let (send, script) = slow(None);
    let (rig, parent) = (rig().await, Parent::start(vec![script]).await);
    send.send(Ok(Bytes::from_static(b"half"))).unwrap();
    send.send(Ok(Bytes::from_static(b"full"))).unwrap();
    drop(send);
    let response = rig.part(&key(1), &parent.url, "bytes=4-").await;
    assert_eq!(response.headers()[CONTENT_RANGE], "bytes 4-7/8");
    assert_eq!(body(response).await.unwrap(), "full");
    assert_eq!(found(&rig.get(&key(1), None).await), "hit");
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_read() {
    let (_send, script) = slow(Some(2_000_000));
    let rig = rig_of(MEMORY, Parents::new(MEMORY, 1_000_000).unwrap()).await;
    let parent = Parent::start(vec![script]).await;
    let response = rig.get(&key(1), Some(&parent.url)).await;
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
    let problem: reel_api::Problem = serde_json::from_slice(&body(response).await.unwrap()).unwrap();
    assert!(problem.detail.contains("2000000 bytes"), "{problem}");
}

#[tokio::test]
async fn fills_wait_for_memory_and_give_up() {
    let parents = Parents::new(16 * 1024, 16 * 1024).unwrap().with_idle(Duration::from_millis(50));
    let rig = rig_of(MEMORY, parents).await;
    let (_first, one) = slow(Some(16 * 1024));
    let (_second, two) = slow(Some(16 * 1024));
    let parent = Parent::start(vec![one, two]).await;
    let held = rig.get(&key(1), Some(&parent.url)).await;
    assert_eq!(held.status(), StatusCode::OK);
    assert_eq!(rig.get(&key(2), Some(&parent.url)).await.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_fill_goes_on_when_its_reader_has_left() {
    let (send, script) = slow(Some(8));
    let (rig, parent) = (rig().await, Parent::start(vec![script]).await);
    let mut leader = rig.get(&key(1), Some(&parent.url)).await.into_body().into_data_stream();
    send.send(Ok(Bytes::from_static(b"half"))).unwrap();
    assert_eq!(leader.next().await.unwrap().unwrap(), "half");
    drop(leader);
    send.send(Ok(Bytes::from_static(b"full"))).unwrap();
    let next = rig.get(&key(1), Some(&parent.url)).await;
    assert_eq!(body(next).await.unwrap(), "halffull");
    assert_eq!(parent.requests(), 1);
}

#[tokio::test]
async fn head_and_other_methods() {
    let (rig, parent) = (rig().await, Parent::start(vec![whole(200, b"film")]).await);
    let mut head = asked(&key(1), Some(&parent.url), None);
    head.method = Method::HEAD;
    let response = rig.cache.answer(&head).await;
    assert_eq!(
        (response.status(), &response.headers()["content-length"]),
        (StatusCode::OK, &HeaderValue::from_static("4"))
    );
    assert_eq!(body(response).await.unwrap(), "");
    head.method = Method::DELETE;
    assert_eq!(rig.cache.answer(&head).await.status(), StatusCode::NOT_FOUND);
    for path in ["", "../etc", "a/b/c/index.json"] {
        assert_eq!(rig.get(path, Some(&parent.url)).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(parent.requests(), 1);
}

#[tokio::test]
async fn memory_stays_within_its_bounds_and_the_disk_has_the_rest() {
    const SIZE: usize = 256 * 1024;
    const OBJECTS: u32 = 64;
    static FILM: [u8; SIZE] = [7; SIZE];
    let memory = 2 << 20;
    let rig = rig_of(memory, Parents::new(MEMORY, 1 << 20).unwrap()).await;
    let parent = Parent::start((0..OBJECTS).map(|_| whole(200, &FILM)).collect()).await;
    for number in 1..=OBJECTS {
        body(rig.get(&key(number), Some(&parent.url)).await).await.unwrap();
        assert!(rig.cache.memory_used() <= memory, "{} bytes", rig.cache.memory_used());
    }
    rig.cache.close().await.unwrap();
    assert!(rig.cache.disk_written() >= SIZE, "{}", rig.cache.disk_written());
}

#[tokio::test]
async fn objects_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let parent = Parent::start(vec![whole(200, b"film")]).await;
    let open = async || SegmentCache::open(folder.path(), MEMORY, DISK, Arc::default()).await.unwrap();
    let first = open().await;
    body(first.answer(&asked(&key(1), Some(&parent.url), None)).await).await.unwrap();
    first.close().await.unwrap();
    drop(first);
    let response = open().await.answer(&asked(&key(1), None, None)).await;
    assert_eq!(found(&response), "hit");
    assert_eq!(body(response).await.unwrap(), "film");
    assert_eq!(parent.requests(), 1);
}
