//! The Lambda Runtime API, version 2018-06-01, for one process.

use crate::MAX_PAYLOAD;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::AbortHandle;

const ROOT: &str = "/2018-06-01/runtime/";

/// An invocation on its way to the process.
pub(crate) struct Invocation {
    pub(crate) id: String,
    pub(crate) deadline_ms: u128,
    pub(crate) payload: Bytes,
    pub(crate) reply: oneshot::Sender<Answer>,
}

/// What the process answered.
pub(crate) enum Answer {
    Response(Bytes),
    Error(Bytes),
    /// An error before the first invocation: the process takes none.
    InitError(Bytes),
    /// More than an answer may hold.
    TooLarge,
}

/// Serves the API on a loopback port until it is dropped.
pub(crate) struct Endpoint {
    address: SocketAddr,
    accepting: AbortHandle,
}

struct Runtime {
    name: String,
    queue: Mutex<mpsc::Receiver<Invocation>>,
    current: Mutex<Option<(String, oneshot::Sender<Answer>)>>,
}

impl Endpoint {
    pub(crate) async fn open(name: &str, queue: mpsc::Receiver<Invocation>) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let runtime = Runtime { name: name.to_owned(), queue: Mutex::new(queue), current: Mutex::default() };
        let accepting = tokio::spawn(accept(listener, Arc::new(runtime))).abort_handle();
        Ok(Self { address, accepting })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, runtime: Arc<Runtime>) {
    // Connections end with the listener: a worker that is dropped leaves nothing behind.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve(stream, Arc::clone(&runtime)));
    }
}

async fn serve(stream: TcpStream, runtime: Arc<Runtime>) {
    let service = hyper::service::service_fn(move |request| {
        let runtime = Arc::clone(&runtime);
        async move { Ok::<_, Infallible>(runtime.answer(request).await) }
    });
    let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a Lambda's connection ended");
    }
}

impl Runtime {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let path = head.uri.path().strip_prefix(ROOT).unwrap_or_default().to_owned();
        let segments: Vec<&str> = path.split('/').collect();
        match (head.method, segments.as_slice()) {
            (Method::GET, ["invocation", "next"]) => self.next().await,
            (Method::POST, ["invocation", id, "response"]) => self.settle(Some(id), body, Answer::Response).await,
            (Method::POST, ["invocation", id, "error"]) => self.settle(Some(id), body, Answer::Error).await,
            (Method::POST, ["init", "error"]) => self.settle(None, body, Answer::InitError).await,
            _ => status(StatusCode::NOT_FOUND),
        }
    }

    async fn next(&self) -> Response<Full<Bytes>> {
        let Some(invocation) = self.queue.lock().await.recv().await else {
            return status(StatusCode::GONE);
        };
        let response = Response::builder()
            .header("content-type", "application/json")
            .header("lambda-runtime-aws-request-id", &invocation.id)
            .header("lambda-runtime-deadline-ms", invocation.deadline_ms.to_string())
            .header(
                "lambda-runtime-invoked-function-arn",
                format!("arn:aws:lambda:local:000000000000:function:{}", self.name),
            )
            .body(Full::new(invocation.payload));
        *self.current.lock().await = Some((invocation.id, invocation.reply));
        response.unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
    }

    /// Hands an answer to who waits for it; an error before the first invocation
    /// (`init/error`) goes to the one that started the process.
    async fn settle(&self, id: Option<&str>, body: Incoming, kind: fn(Bytes) -> Answer) -> Response<Full<Bytes>> {
        let (answer, code) = match Limited::new(body, MAX_PAYLOAD).collect().await {
            Ok(body) => (kind(body.to_bytes()), StatusCode::ACCEPTED),
            Err(error) if error.is::<LengthLimitError>() => (Answer::TooLarge, StatusCode::PAYLOAD_TOO_LARGE),
            Err(_) => return status(StatusCode::BAD_REQUEST),
        };
        let mut current = self.current.lock().await;
        let reply = match (id, current.take()) {
            (Some(id), Some((expected, reply))) if expected == id => reply,
            (None, _) => match self.queue.lock().await.recv().await {
                Some(invocation) => invocation.reply,
                None => return status(StatusCode::GONE),
            },
            (_, other) => {
                *current = other;
                return status(StatusCode::NOT_FOUND);
            }
        };
        // Nobody waits any more when the invocation was given up.
        let _ = reply.send(answer);
        status(code)
    }
}

fn status(code: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = code;
    response
}
