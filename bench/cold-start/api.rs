//! The Lambda Runtime API, version 2018-06-01, for one process. It tells when what was said.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::{AbortHandle, JoinSet};

const ROOT: &str = "/2018-06-01/runtime/";
/// There is one invocation at a time.
const ID: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
/// How long an invocation may take.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// What passes between Lambda and the process.
pub(crate) enum Said {
    /// It asks for an event.
    Asks,
    /// It is given one.
    Event,
    /// It answers.
    Answer(Bytes),
    /// It fails.
    Error(Bytes),
}

/// The API on a loopback port, until it is dropped.
pub(crate) struct Api {
    pub(crate) address: SocketAddr,
    pub(crate) events: mpsc::UnboundedSender<Bytes>,
    pub(crate) said: mpsc::UnboundedReceiver<(Instant, Said)>,
    accepting: AbortHandle,
}

impl Api {
    pub(crate) async fn open() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (events, queue) = mpsc::unbounded_channel();
        let (tell, said) = mpsc::unbounded_channel();
        let runtime = Arc::new(Runtime { queue: Mutex::new(queue), tell });
        let accepting = tokio::spawn(accept(listener, move |request| Arc::clone(&runtime).answer(request)));
        Ok(Self { address, events, said, accepting: accepting.abort_handle() })
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Serves HTTP/1 on a listener. Its connections end with it.
pub(crate) async fn accept<F>(listener: TcpListener, answer: impl Fn(Request<Incoming>) -> F + Clone + Send + 'static)
where
    F: Future<Output = Response<Full<Bytes>>> + Send + 'static,
{
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        // An answer that waits for a fuller packet would be measured, too.
        let _ = stream.set_nodelay(true);
        let answer = answer.clone();
        let service = hyper::service::service_fn(move |request| {
            let answer = answer(request);
            async move { Ok::<_, Infallible>(answer.await) }
        });
        let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // A process that is killed breaks its connection off.
        connections.spawn(async move { drop(connection.await) });
    }
}

struct Runtime {
    queue: Mutex<mpsc::UnboundedReceiver<Bytes>>,
    tell: mpsc::UnboundedSender<(Instant, Said)>,
}

impl Runtime {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let segments: Vec<&str> = head.uri.path().strip_prefix(ROOT).unwrap_or_default().split('/').collect();
        match (head.method, segments.as_slice()) {
            (Method::GET, ["invocation", "next"]) => self.next().await,
            (Method::POST, ["invocation", ID, "response"]) => self.heard(body, Said::Answer).await,
            (Method::POST, ["invocation", ID, "error"] | ["init", "error"]) => self.heard(body, Said::Error).await,
            _ => status(StatusCode::NOT_FOUND),
        }
    }

    async fn next(&self) -> Response<Full<Bytes>> {
        self.tell(Said::Asks);
        let Some(event) = self.queue.lock().await.recv().await else {
            return status(StatusCode::GONE);
        };
        self.tell(Said::Event);
        let deadline = (SystemTime::now() + TIMEOUT).duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        let response = Response::builder()
            .header("content-type", "application/json")
            .header("lambda-runtime-aws-request-id", ID)
            .header("lambda-runtime-deadline-ms", deadline.to_string())
            .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:local:000000000000:function:bench")
            .body(Full::new(event));
        response.unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
    }

    async fn heard(&self, body: Incoming, kind: fn(Bytes) -> Said) -> Response<Full<Bytes>> {
        match body.collect().await {
            Ok(body) => {
                self.tell(kind(body.to_bytes()));
                status(StatusCode::ACCEPTED)
            }
            Err(_) => status(StatusCode::BAD_REQUEST),
        }
    }

    fn tell(&self, said: Said) {
        // Nobody listens any more when the measuring is over.
        let _ = self.tell.send((Instant::now(), said));
    }
}

fn status(code: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = code;
    response
}
