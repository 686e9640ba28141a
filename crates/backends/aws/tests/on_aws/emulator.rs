//! The emulator that the tests speak to, and a way to it that can be made bad.

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo};
use reel_backend_aws::client::Aws;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::net::{TcpListener, TcpStream};

/// Where the emulator is.
pub(crate) fn endpoint() -> String {
    std::env::var("AWS_ENDPOINT_URL").unwrap_or_else(|_| panic!("AWS_ENDPOINT_URL is not set: run script/test aws"))
}

/// The emulator.
pub(crate) async fn aws() -> Aws {
    Aws::emulator(&endpoint()).await
}

/// A prefix that no other test has, so that all can run at once.
pub(crate) fn prefix() -> String {
    format!("t{}-", uuid::Uuid::now_v7().simple())
}

/// What happens to a call on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is answered.
    Answered,
    /// It is done, but the answer does not arrive.
    AnswerLost,
    /// It is refused because there are too many.
    Throttled,
}

/// A way to the emulator on which calls of one operation meet a fate, the first so many times.
pub(crate) struct Way {
    operation: &'static str,
    fate: Fate,
    left: AtomicU32,
    met: AtomicU32,
    client: Client<HttpConnector, Full<Bytes>>,
    target: String,
}

impl Way {
    /// Opens a way, and yields it with the clients that take it.
    pub(crate) async fn open(operation: &'static str, fate: Fate, times: u32) -> (Arc<Self>, Aws) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let client = Client::builder(TokioExecutor::new()).build_http();
        let (left, met) = (AtomicU32::new(times), AtomicU32::new(0));
        let way = Arc::new(Self { operation, fate, left, met, client, target: endpoint() });
        tokio::spawn(Arc::clone(&way).accept(listener));
        (way, Aws::emulator(&format!("http://{address}")).await)
    }

    /// How many calls met the fate.
    pub(crate) fn met(&self) -> u32 {
        self.met.load(Ordering::SeqCst)
    }

    async fn accept(self: Arc<Self>, listener: TcpListener) {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(Arc::clone(&self).serve(connection));
        }
    }

    async fn serve(self: Arc<Self>, connection: TcpStream) {
        let service = hyper::service::service_fn(|request| self.pass(request));
        // A lost answer ends the connection with an error: that is its purpose.
        let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(connection), service).await;
    }

    async fn pass(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, std::io::Error> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
        let request = Request::from_parts(parts, body);
        match self.fate_of(&request) {
            Fate::Throttled => Ok(throttled(&request)),
            Fate::Answered => self.forward(request).await,
            Fate::AnswerLost => {
                let answer = self.forward(request).await?;
                assert_eq!(answer.status(), StatusCode::OK, "what is lost is done");
                Err(std::io::Error::other("lost"))
            }
        }
    }

    fn fate_of(&self, request: &Request<Bytes>) -> Fate {
        // The older services have the operation in a form.
        let form = format!("Action={}&", self.operation);
        let is_one = match request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()) {
            Some(target) => target.ends_with(self.operation),
            None => request.body().starts_with(form.as_bytes()),
        };
        if is_one && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            self.met.fetch_add(1, Ordering::SeqCst);
            return self.fate;
        }
        Fate::Answered
    }

    async fn forward(&self, request: Request<Bytes>) -> Result<Response<Full<Bytes>>, std::io::Error> {
        let (mut parts, body) = request.into_parts();
        parts.uri = format!("{}{}", self.target, parts.uri).parse::<Uri>().map_err(std::io::Error::other)?;
        let answer = self.client.request(Request::from_parts(parts, Full::new(body))).await;
        let (mut parts, body) = answer.map_err(std::io::Error::other)?.into_parts();
        parts.headers.remove("transfer-encoding");
        Ok(Response::from_parts(parts, Full::new(body.collect().await.map_err(std::io::Error::other)?.to_bytes())))
    }
}

fn throttled(request: &Request<Bytes>) -> Response<Full<Bytes>> {
    let (kind, body) = match request.headers().contains_key("x-amz-target") {
        true => (
            "application/x-amz-json-1.0",
            r#"{"__type":"com.amazonaws.dynamodb#ThrottlingException","message":"too many"}"#,
        ),
        false => (
            "text/xml",
            "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>too many</Message></Error></ErrorResponse>",
        ),
    };
    let answer = Response::builder().status(StatusCode::BAD_REQUEST).header("content-type", kind);
    answer.body(Full::new(Bytes::from_static(body.as_bytes()))).expect("a valid answer")
}
