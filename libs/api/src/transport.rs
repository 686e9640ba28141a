//! How a request reaches a function: in process, over the network, or in a test.

use crate::principal::PRINCIPAL_HEADER;
use crate::{Principal, Problem};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::future::Future;

/// Carries one request and its answer. A path without a host is the function's own.
pub trait Transport {
    /// Sends a request; an answer of any status is `Ok`.
    ///
    /// # Errors
    /// What kept the request or the answer from arriving, in words.
    fn send(&self, request: http::Request<Bytes>) -> impl Future<Output = Result<http::Response<Bytes>, String>>;
}

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The function answered with a problem.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// Nothing, or nothing readable, came back.
    #[error("no answer: {0}")]
    Transport(String),
}

impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Problem(problem) => problem,
            CallError::Transport(why) => Problem::unavailable(why, 1),
        }
    }
}

/// A transport that sends on behalf of a caller: functions that ask others for what the
/// caller may see hand its principal on.
#[derive(Debug, Clone)]
pub struct OnBehalf<T> {
    transport: T,
    principal: Principal,
}

impl<T> OnBehalf<T> {
    /// Sends through `transport` as `principal`.
    pub fn new(transport: T, principal: Principal) -> Self {
        Self { transport, principal }
    }
}

impl<T: Transport> Transport for OnBehalf<T> {
    async fn send(&self, mut request: http::Request<Bytes>) -> Result<http::Response<Bytes>, String> {
        let principal = serde_json::to_vec(&self.principal).map_err(|e| e.to_string())?;
        let principal = http::HeaderValue::from_bytes(&principal).map_err(|e| e.to_string())?;
        request.headers_mut().insert(PRINCIPAL_HEADER, principal);
        self.transport.send(request).await
    }
}

/// A typed client of one function, over a transport. Each module adds its calls.
#[derive(Debug, Clone)]
pub struct Client<T> {
    transport: T,
}

impl<T: Transport> Client<T> {
    /// A client that sends through this transport.
    pub fn new(transport: T) -> Self {
        Self { transport }
    }

    /// `GET path`, answered with JSON.
    pub async fn get<A: DeserializeOwned>(&self, path: &str) -> Result<A, CallError> {
        self.call("GET", path, Bytes::new()).await
    }

    /// `POST path` with JSON, answered with JSON.
    pub async fn post<A: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<A, CallError> {
        self.call("POST", path, encode(body)?).await
    }

    /// `PUT path` with JSON, answered with JSON.
    pub async fn put<A: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<A, CallError> {
        self.call("PUT", path, encode(body)?).await
    }

    /// `PUT path` with bytes of a media type, answered with JSON.
    pub async fn put_bytes<A: DeserializeOwned>(&self, path: &str, kind: &str, body: Bytes) -> Result<A, CallError> {
        self.exchange("PUT", path, kind, body).await
    }

    /// `DELETE path`, answered with JSON or nothing (`()`).
    pub async fn delete<A: DeserializeOwned>(&self, path: &str) -> Result<A, CallError> {
        self.call("DELETE", path, Bytes::new()).await
    }

    async fn call<A: DeserializeOwned>(&self, method: &str, path: &str, body: Bytes) -> Result<A, CallError> {
        self.exchange(method, path, "application/json", body).await
    }

    async fn exchange<A>(&self, method: &str, path: &str, kind: &str, body: Bytes) -> Result<A, CallError>
    where
        A: DeserializeOwned,
    {
        let mut request = http::Request::builder().method(method).uri(path);
        if !body.is_empty() {
            request = request.header("content-type", kind);
        }
        let request = request.body(body).map_err(|e| CallError::Transport(format!("{path} is not a path: {e}")))?;
        decode(self.transport.send(request).await.map_err(CallError::Transport)?)
    }
}

fn encode(body: &impl Serialize) -> Result<Bytes, CallError> {
    serde_json::to_vec(body).map(Bytes::from).map_err(|e| CallError::Transport(e.to_string()))
}

fn decode<A: DeserializeOwned>(response: http::Response<Bytes>) -> Result<A, CallError> {
    let (head, body) = response.into_parts();
    if !head.status.is_success() {
        return Err(CallError::Problem(read_problem(head.status, &body)));
    }
    // An empty answer reads as `null`, so that `()` and `Option` fit it.
    let text: &[u8] = if body.is_empty() { b"null" } else { &body };
    serde_json::from_slice(text).map_err(|e| CallError::Transport(format!("the answer is not what was expected: {e}")))
}

fn read_problem(status: http::StatusCode, body: &[u8]) -> Problem {
    serde_json::from_slice(body).unwrap_or_else(|_| {
        let text: String = String::from_utf8_lossy(body).chars().take(200).collect();
        Problem::new(status.as_u16(), "unknown", "The answer was an error", text)
    })
}
