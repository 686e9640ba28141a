//! An origin that counts, edges in front of it, and a viewer.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo};
use reel_api::steering::Tier;
use reel_delivery::{Claims, Keys};
use reel_edge::{EdgeConfig, EdgeServer};
use reel_host::Components;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

pub(crate) const KEY: [u8; 32] = [7; 32];
pub(crate) const EDGE_KEY: [u8; 32] = [8; 32];
pub(crate) const LENGTH: usize = 1_000_000;

/// The bytes of every segment.
pub(crate) fn film() -> Bytes {
    (0..LENGTH).map(|i| (i % 251) as u8).collect()
}

/// A server for segments and heartbeats, which notes what it was asked.
pub(crate) struct Origin {
    pub(crate) url: String,
    pub(crate) requests: Arc<AtomicUsize>,
    /// The bodies of heartbeats, with what signed them.
    pub(crate) heartbeats: watch::Receiver<Option<(String, Bytes)>>,
    /// Whether answers break off half-way.
    pub(crate) broken: Arc<Mutex<bool>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct Desk {
    requests: Arc<AtomicUsize>,
    heard: watch::Sender<Option<(String, Bytes)>>,
    broken: Arc<Mutex<bool>>,
}

impl Origin {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (heard, heartbeats) = watch::channel(None);
        let desk = Desk { requests: Arc::default(), heard, broken: Arc::default() };
        let (requests, broken) = (desk.requests.clone(), desk.broken.clone());
        Self { url, requests, heartbeats, broken, task: tokio::spawn(listen(listener, desk)) }
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(SeqCst)
    }
}

/// Breaks its connections off when it is ended.
async fn listen(listener: TcpListener, desk: Desk) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let desk = desk.clone();
        let service = service_fn(move |request| {
            let desk = desk.clone();
            async move { Ok::<_, Infallible>(desk.answer(request).await) }
        });
        connections.spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

type Body = http_body_util::combinators::UnsyncBoxBody<Bytes, std::io::Error>;

impl Desk {
    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        if request.method() == "PUT" {
            let signature = request.headers()["authorization"].to_str().unwrap().to_owned();
            let body = request.into_body().collect().await.unwrap().to_bytes();
            self.heard.send_replace(Some((signature, body)));
            return Response::builder().status(204).body(stream(vec![])).unwrap();
        }
        self.requests.fetch_add(1, SeqCst);
        if request.uri().path().ends_with("/404.m4s") {
            return Response::builder().status(404).body(stream(vec![])).unwrap();
        }
        let mut chunks: Vec<_> = film().chunks(LENGTH / 4).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
        if *self.broken.lock().unwrap() {
            chunks[2] = Err(std::io::Error::other("broken"));
        }
        Response::builder()
            .header("content-type", "video/mp4")
            .header("content-length", LENGTH)
            .body(stream(chunks))
            .unwrap()
    }
}

/// A body of which each chunk is sent before the next is asked for.
fn stream(chunks: Vec<Result<Bytes, std::io::Error>>) -> Body {
    let chunks = futures::stream::unfold(chunks.into_iter(), |mut chunks| async {
        tokio::task::yield_now().await;
        let chunk = chunks.next()?;
        Some((chunk.map(Frame::data), chunks))
    });
    StreamBody::new(chunks).boxed_unsync()
}

/// How an edge of a test is set up.
pub(crate) fn config(id: &str, folder: &Path, parents: &[&str]) -> EdgeConfig {
    EdgeConfig {
        id: id.into(),
        tier: Tier::Isp,
        listen: ([127, 0, 0, 1], 0).into(),
        public_url: None,
        parents: parents.iter().map(|&url| url.to_owned()).collect(),
        cache_dir: folder.join(id),
        memory_bytes: 32 << 20,
        disk_bytes: 64 << 20,
        platform_url: None,
        delivery_key: hex::encode(KEY),
        edge_key: hex::encode(EDGE_KEY),
        serves: vec![],
    }
}

pub(crate) async fn edge(config: EdgeConfig) -> EdgeServer {
    static ONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    // One at a time, so that what one test compiles the next one loads.
    let _one = ONE.lock().await;
    EdgeServer::start(config, components()).await.unwrap_or_else(|e| panic!("{e}"))
}

fn components() -> Components {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned();
    Components::Folder { wasm: worker(&target).to_owned(), aot: target.join("tmp/reel-edge-aot") }
}

/// The folder of the worker, built once by cargo.
fn worker(target: &Path) -> &'static Path {
    static WORKER: OnceLock<PathBuf> = OnceLock::new();
    WORKER.get_or_init(|| {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([
            "build",
            "--quiet",
            "--profile",
            "component",
            "--target",
            "wasm32-wasip2",
            "--package",
            "segment-cache",
        ]);
        cargo.arg("--target-dir").arg(target).current_dir(workspace);
        assert!(
            cargo.status().unwrap().success(),
            "the worker does not build: rustup target add wasm32-wasip2, and script/wit"
        );
        target.join("wasm32-wasip2/component")
    })
}

/// A viewer with a token for one title.
pub(crate) struct Viewer {
    client: Client<HttpConnector, Full<Bytes>>,
    pub(crate) claims: Claims,
}

impl Viewer {
    pub(crate) fn new() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
        let (title, revision) = ("018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f", "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e70");
        let claims = Claims::of_play(title.parse().unwrap(), revision.parse().unwrap(), 0, now);
        Self { client: Client::builder(TokioExecutor::new()).build_http(), claims }
    }

    pub(crate) fn token(&self) -> String {
        self.claims.sign(&Keys::from_bytes(&KEY).unwrap())
    }

    pub(crate) fn path(&self, number: u32) -> String {
        format!("/t/{}/{}/{}/h264-720p/{number}.m4s", self.token(), self.claims.title, self.claims.revision)
    }

    pub(crate) async fn send(
        &self,
        edge: &EdgeServer,
        request: http::request::Builder,
        path: &str,
    ) -> Response<Incoming> {
        let uri = format!("http://{}{path}", edge.address());
        self.client.request(request.uri(uri).body(Full::default()).unwrap()).await.unwrap()
    }

    pub(crate) async fn get(&self, edge: &EdgeServer, path: &str) -> Answer {
        let response = self.send(edge, Request::get("/"), path).await;
        let (parts, body) = response.into_parts();
        let found = parts.headers.get("x-reel-cache").map_or("", |found| found.to_str().unwrap()).to_owned();
        Answer { status: parts.status, found, body: body.collect().await.map(|body| body.to_bytes()) }
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) found: String,
    pub(crate) body: Result<Bytes, hyper::Error>,
}
