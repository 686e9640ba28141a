//! The host: all functions of an app, ready to answer.

use crate::body::{self, Body, full};
use crate::builder::Builder;
use crate::call::{Call, Chain};
use crate::consumer::{Consumer, Redelivery};
use crate::country::Countries;
use crate::function::Function;
use crate::metrics;
use crate::natives::{Native, Natives, TaskFailure};
use crate::outgoing::internal_uri;
use crate::problem::problem_response;
use crate::rewind::Turns;
use async_trait::async_trait;
use http::{HeaderMap, Request, Response, StatusCode};
use reel_api::Problem;
use reel_api::internal::{Failed, TASK_PATH};
use reel_app::{App, Router};
use reel_capabilities::Capabilities;
use reel_capabilities::events::{EventError, Record};
use reel_capabilities::workflow::MAX_PAYLOAD;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A service of the process itself that functions call at `http://NAME.internal/`.
#[async_trait]
pub trait InternalService: Send + Sync {
    /// Answers one request. The host moves the answer's body, no function does.
    async fn call(&self, request: Request<Body>) -> Response<Body>;
}

/// All functions of an app. A clone is the same host.
#[derive(Clone)]
pub struct Host(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) app: App,
    pub(crate) capabilities: Capabilities,
    pub(crate) functions: BTreeMap<String, Arc<Function>>,
    pub(crate) router: Router,
    pub(crate) natives: Arc<dyn Natives>,
    pub(crate) native: BTreeMap<String, Native>,
    pub(crate) redelivery: Redelivery,
    pub(crate) turns: Turns,
    pub(crate) countries: Countries,
}

impl From<Inner> for Host {
    fn from(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }
}

impl Host {
    /// Begins a host of this app on these backends.
    pub fn builder(app: App, capabilities: Capabilities) -> Builder {
        Builder::new(app, capabilities)
    }

    /// The app.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// What functions use, for those who serve it otherwise, too.
    pub fn capabilities(&self) -> &Capabilities {
        &self.0.capabilities
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    /// Lets a component answer a request as its own caller: without a route, without
    /// filters, and with whatever `x-reel-` headers it has. Failures are problems.
    pub async fn call(&self, function: &str, request: Request<Body>) -> Response<Body> {
        let call = Call::from_function(request.headers());
        match self.0.functions.get(function) {
            Some(function) => {
                let mut response = function.call(&call, Chain::default(), request).await;
                call.trace.report(response.headers_mut());
                response
            }
            None => problem_response(&Problem::not_found(format!("there is no component {function}"))),
        }
    }

    /// Runs a task of a workflow, on a component or on a native function.
    ///
    /// # Errors
    /// The name by which the workflow catches it, and what happened.
    pub async fn task(&self, function: &str, input: Value) -> Result<Value, TaskFailure> {
        if let Some(native) = self.0.native.get(function) {
            return native.invoke(&*self.0.natives, function, input).await;
        }
        let request = post(function, TASK_PATH, input.to_string());
        let response = self.call(function, request).await;
        let status = response.status();
        let body = body::read(response.into_body(), MAX_PAYLOAD).await;
        let body =
            body.map_err(|e| Problem::new(500, "bad-answer", "The answer cannot be used", format!("{function}: {e}")))?;
        output(function, status, &body).map_err(TaskFailure::from)
    }

    /// Delivers events to every function that consumes a stream, until it is dropped. What
    /// was not committed by then is delivered again to the next who runs it.
    pub async fn consumers(&self) {
        futures::future::join_all(Consumer::of(self).iter().map(Consumer::run)).await;
    }

    /// Delivers records that came without being read, for instance because a queue pushes
    /// them, to the function that consumes their stream. What fails too often goes to
    /// `dead-STREAM`, so that in the end all is done.
    ///
    /// # Errors
    /// That nobody consumes the stream, or that what failed could not be put aside.
    pub async fn deliver(&self, stream: &str, records: Vec<Record>) -> Result<(), EventError> {
        self.consumer(stream)?.finish(records).await
    }

    /// Offers records once to the function that consumes their stream, for a source that delivers
    /// again by itself: those that it could not handle.
    ///
    /// # Errors
    /// That nobody consumes the stream, or that the function cannot be tried now.
    pub async fn offer(&self, stream: &str, records: Vec<Record>) -> Result<Vec<Failed>, EventError> {
        self.consumer(stream)?.offer(&records).await
    }

    /// Sends a consumer back to a position of its stream, or ahead: what stands behind it is
    /// delivered next. Durable when it returns.
    ///
    /// # Errors
    /// That nobody consumes the stream under this name, or that the log does not answer.
    pub async fn send_back(&self, stream: &str, consumer: &str, position: u64) -> Result<(), EventError> {
        let turn = self.0.turns.of(stream, consumer).ok_or_else(|| {
            let known = self.0.turns.consumers(stream).join(", ");
            EventError::Invalid(format!("nobody consumes {stream} as {consumer}; its consumers are: {known}"))
        })?;
        turn.send_back(self.0.capabilities.events.commit(stream, consumer, position)).await
    }

    fn consumer(&self, stream: &str) -> Result<Consumer, EventError> {
        let consumer = Consumer::of(self).into_iter().find(|consumer| consumer.stream() == stream);
        consumer.ok_or_else(|| EventError::Invalid(format!("nobody here consumes the stream {stream}")))
    }

    /// What the functions did so far, in the text format of Prometheus.
    pub fn metrics(&self) -> String {
        let components = self.0.functions.iter().map(|(name, function)| (name.as_str(), &*function.metrics));
        let natives = self.0.native.iter().map(|(name, native)| (name.as_str(), &native.metrics));
        metrics::render(components, natives)
    }
}

/// A request of the host's own, with JSON.
pub(crate) fn post(function: &str, path: &str, json: impl Into<bytes::Bytes>) -> Request<Body> {
    let json = json.into();
    let mut headers = HeaderMap::new();
    headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    headers.insert(http::header::CONTENT_LENGTH, json.len().into());
    let mut request = Request::new(full(json));
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = internal_uri(function, path);
    *request.headers_mut() = headers;
    request
}

fn output(function: &str, status: StatusCode, body: &[u8]) -> Result<Value, Problem> {
    let unreadable =
        |e: serde_json::Error| Problem::new(500, "bad-answer", "The answer cannot be used", format!("{function}: {e}"));
    if status.is_success() {
        let text: &[u8] = if body.is_empty() { b"null" } else { body };
        return serde_json::from_slice(text).map_err(unreadable);
    }
    Err(serde_json::from_slice(body).unwrap_or_else(|_| {
        Problem::new(status.as_u16(), "failed", "The task failed", format!("{function} answered {status}"))
    }))
}
