//! Fetching whole objects from a parent.

use super::fill::{Fill, FillError, Head};
use crate::EdgeError;
use crate::outbound::{self, Outbound};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, LOCATION, USER_AGENT};
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use reel_tls::cause;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use url::Url;

/// How long it may be silent, before the head and between bytes.
const IDLE: Duration = Duration::from_secs(5);
/// How often it may be sent elsewhere for one object.
const REDIRECTS: usize = 3;
/// Fill memory is counted in pieces of so many bytes.
const PIECE: u64 = 1024;

/// Fetches objects over connections that are kept.
#[derive(Debug, Clone)]
pub(crate) struct Parents {
    client: Outbound<Empty<Bytes>>,
    memory: Arc<Semaphore>,
    pieces: u32,
    largest: u64,
    idle: Duration,
}

impl Parents {
    /// Fills may hold so many bytes together; one object may have `largest`.
    pub(crate) fn new(memory: usize, largest: usize) -> Result<Self, EdgeError> {
        let pieces = u32::try_from(memory as u64 / PIECE).unwrap_or(u32::MAX).max(1);
        let largest = (largest as u64).min(u64::from(pieces) * PIECE);
        let memory = Arc::new(Semaphore::new(pieces as usize));
        Ok(Self { client: outbound::client()?, memory, pieces, largest, idle: IDLE })
    }

    /// The same with another patience.
    #[cfg(test)]
    pub(crate) fn with_idle(self, idle: Duration) -> Self {
        Self { idle, ..self }
    }

    /// Fetches an object into a fill; returns when it is whole or has failed.
    pub(crate) async fn fetch(&self, url: &str, fill: &Fill) -> Result<(), FillError> {
        let response = self.ask(url).await?;
        let (parts, body) = response.into_parts();
        match parts.status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Err(FillError::Absent),
            status => return Err(FillError::Failed(format!("it answered {status}"))),
        }
        match length(&parts.headers) {
            Some(length) => self.stream(&parts.headers, length, body, fill).await,
            None => self.collect(&parts.headers, body, fill).await,
        }
    }

    /// Asks a parent, and whom it names instead: an origin may send edges to its store.
    async fn ask(&self, url: &str) -> Result<Response<Incoming>, FillError> {
        let mut url = Url::parse(url).map_err(|e| FillError::Failed(format!("{url} is not a URL: {e}")))?;
        for _ in 0..=REDIRECTS {
            let response = self.ask_one(&url).await?;
            let Some(location) = response.status().is_redirection().then(|| response.headers().get(LOCATION)).flatten()
            else {
                return Ok(response);
            };
            // Where it is may be a secret for a while: it is not told.
            let location = location.to_str().ok().and_then(|location| url.join(location).ok());
            url = location.ok_or_else(|| FillError::Failed("it names no URL where the object is".into()))?;
        }
        Err(FillError::Failed(format!("it sent the edge elsewhere more than {REDIRECTS} times")))
    }

    async fn ask_one(&self, url: &Url) -> Result<Response<Incoming>, FillError> {
        let uri: Uri = url.as_str().parse().map_err(|e| FillError::Failed(format!("this is no address: {e}")))?;
        let request = Request::get(uri).header(USER_AGENT, "reel-edge").body(Empty::new());
        let request = request.map_err(|e| FillError::Failed(e.to_string()))?;
        self.in_time(self.client.request(request)).await?.map_err(|error| match error.is_connect() {
            true => FillError::Timeout(format!("it cannot be reached: {}", cause(&error))),
            false => FillError::Failed(cause(&error)),
        })
    }

    /// Hands the bytes on as they come: the head says how many there will be.
    async fn stream(&self, headers: &HeaderMap, length: u64, mut body: Incoming, fill: &Fill) -> Result<(), FillError> {
        let memory = self.reserve(length).await?;
        fill.begin(head(headers, length), Some(memory));
        let mut received = 0;
        while let Some(chunk) = self.chunk(&mut body).await? {
            received += chunk.len() as u64;
            fill.push(chunk);
        }
        if received != length {
            return Err(FillError::Failed(format!("it sent {received} of {length} bytes")));
        }
        Ok(())
    }

    /// Waits for all of a body whose length is not known, for a range needs it.
    async fn collect(&self, headers: &HeaderMap, mut body: Incoming, fill: &Fill) -> Result<(), FillError> {
        let memory = self.reserve(self.largest).await?;
        let (mut chunks, mut received) = (Vec::new(), 0);
        while let Some(chunk) = self.chunk(&mut body).await? {
            received += chunk.len() as u64;
            self.check(received)?;
            chunks.push(chunk);
        }
        fill.begin(head(headers, received), Some(memory));
        chunks.into_iter().for_each(|chunk| fill.push(chunk));
        Ok(())
    }

    async fn chunk(&self, body: &mut Incoming) -> Result<Option<Bytes>, FillError> {
        while let Some(frame) = self.in_time(body.frame()).await? {
            let frame = frame.map_err(|e| FillError::Failed(format!("it broke off: {}", cause(&e))))?;
            if let Ok(chunk) = frame.into_data() {
                return Ok(Some(chunk));
            }
        }
        Ok(None)
    }

    async fn reserve(&self, length: u64) -> Result<tokio::sync::OwnedSemaphorePermit, FillError> {
        self.check(length)?;
        let pieces = u32::try_from(length.div_ceil(PIECE)).unwrap_or(u32::MAX).min(self.pieces);
        let permit = timeout(self.idle, self.memory.clone().acquire_many_owned(pieces)).await;
        permit.map_err(|_| FillError::Busy)?.map_err(|_| FillError::Busy)
    }

    fn check(&self, length: u64) -> Result<(), FillError> {
        if length > self.largest {
            return Err(FillError::Failed(format!(
                "the object has {length} bytes or more; an edge takes {}",
                self.largest
            )));
        }
        Ok(())
    }

    async fn in_time<T>(&self, future: impl Future<Output = T>) -> Result<T, FillError> {
        let late = |_| FillError::Timeout(format!("it was silent for {} s", self.idle.as_secs_f32()));
        timeout(self.idle, future).await.map_err(late)
    }
}

fn head(headers: &HeaderMap, length: u64) -> Head {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    Head { content_type: text(CONTENT_TYPE), etag: text(ETAG), length }
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
