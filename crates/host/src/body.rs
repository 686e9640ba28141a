//! Bodies of requests and answers, as they stream through the host.

use bytes::Bytes;
use http::Request;
use http::header::EXPECT;
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt, Empty, Full, Limited};
use hyper::body::Incoming;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;
use wasmtime_wasi_http::Error;

/// The body of every request and answer.
pub type Body = wasmtime_wasi_http::WasiBody;

/// How much is read of a body that nobody takes, and for how long.
const DISCARDED: usize = 16 * 1024 * 1024;
const DISCARDING: Duration = Duration::from_secs(5);

/// A body without bytes.
pub fn empty() -> Body {
    Empty::new().map_err(Error::from).boxed_unsync()
}

/// A body of bytes at hand.
pub fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(Error::from).boxed_unsync()
}

/// Reads a body of at most `max` bytes.
///
/// # Errors
/// That it is longer, or why it broke off.
pub async fn read(body: Body, max: usize) -> Result<Bytes, String> {
    Limited::new(body, max).collect().await.map(|whole| whole.to_bytes()).map_err(|e| e.to_string())
}

/// The body of a request off the wire. What is left of it when it is dropped is read all the
/// same, and not kept: a connection that is closed before the client has sent everything takes
/// the answer with it (RFC 9112, section 9.6). What is much too long or too slow is cut off.
pub(crate) fn received(request: Request<Incoming>) -> Request<Body> {
    let awaited = request.headers().contains_key(EXPECT);
    request.map(|body| match http_body::Body::is_end_stream(&body) {
        true => empty(),
        false => Received { body: Some(body), awaited }.boxed_unsync(),
    })
}

struct Received {
    body: Option<Incoming>,
    /// The client sends nothing before it is told to go on (RFC 9110, section 10.1.1), which
    /// reading does.
    awaited: bool,
}

impl http_body::Body for Received {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.awaited = false;
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let polled = Pin::new(body).poll_frame(cx);
        if let Poll::Ready(None | Some(Err(_))) = &polled {
            self.body = None;
        }
        polled.map_err(Error::from)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or(SizeHint::with_exact(0), http_body::Body::size_hint)
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        let rest = self.body.take().filter(|body| !self.awaited && !http_body::Body::is_end_stream(body));
        if let (Some(rest), Ok(runtime)) = (rest, Handle::try_current()) {
            runtime.spawn(discard(rest));
        }
    }
}

async fn discard(mut body: Incoming) {
    let mut left = DISCARDED;
    let reading = async {
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if left == 0 {
                break;
            }
        }
    };
    // What did not come in time is no longer waited for.
    let _ = tokio::time::timeout(DISCARDING, reading).await;
}

/// A body that breaks off when it grows over `max` bytes, and notes that it did.
pub(crate) fn limited(body: Body, max: u64, exceeded: Arc<AtomicBool>) -> Body {
    Capped { body, left: max, exceeded }.boxed_unsync()
}

pin_project! {
    struct Capped {
        #[pin]
        body: Body,
        left: u64,
        exceeded: Arc<AtomicBool>,
    }
}

impl http_body::Body for Capped {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = self.project();
        let polled = this.body.poll_frame(cx);
        let Poll::Ready(Some(Ok(frame))) = &polled else { return polled };
        let length = frame.data_ref().map_or(0, |data| data.len() as u64);
        match this.left.checked_sub(length) {
            Some(left) => *this.left = left,
            None => {
                this.exceeded.store(true, Relaxed);
                return Poll::Ready(Some(Err(Error::HttpRequestBodySize(None))));
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A body that holds on to something until it has been sent or dropped.
pub(crate) fn holding<G: Send + 'static>(body: Body, guard: G) -> Body {
    if http_body::Body::is_end_stream(&body) {
        return body;
    }
    Holding { body, _guard: guard }.boxed_unsync()
}

pin_project! {
    struct Holding<G> {
        #[pin]
        body: Body,
        _guard: G,
    }
}

impl<G> http_body::Body for Holding<G> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.project().body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
