//! `wasi:http/client`: calls of functions, of the host's services and of granted hosts.

use crate::bindings::wasi::http::client;
use crate::blob_service;
use crate::body::{self, Body};
use crate::call::{Call, Chain, Trace};
use crate::capability::Lent;
use crate::problem::{problem_response, too_large};
use crate::state::{Lending, State, current_call};
use http::{HeaderMap, Request, Response, Uri};
use reel_api::Problem;
use reel_api::internal::{EVENTS_PATH, TASK_PATH};
use reel_capabilities::functions::{CallError, Functions};
use std::sync::Arc;
use wasmtime::component::{Accessor, Resource};
use wasmtime_wasi_http::p3::bindings::http::types::ErrorCode;
use wasmtime_wasi_http::p3::{self};
use wasmtime_wasi_http::{WasiHttpView, default_hooks};

/// The longest body of a request to a function on another host, in bytes: what a Lambda
/// takes, 6 MB of JSON, leaves that much in base64.
const MAX_MESSAGE: usize = 4 << 20;

type Calling<'a> = &'a Accessor<State, Lending>;
type Answer = Result<Response<Body>, ErrorCode>;

impl client::Host for State {}

impl client::HostWithStore<State> for Lending {
    async fn send(
        accessor: Calling<'_>,
        request: Resource<p3::Request>,
    ) -> wasmtime::Result<Result<Resource<p3::Response>, ErrorCode>> {
        let (call, lent) = (caller(accessor), crate::state::lent(accessor));
        match take(accessor, request)? {
            Ok(request) => give(accessor, lent.send(&call, request).await),
            Err(error) => Ok(Err(error)),
        }
    }
}

/// The request on whose behalf the function calls; one of its own when there is none.
pub(crate) fn caller(accessor: Calling<'_>) -> Arc<Call> {
    current_call(accessor).unwrap_or_else(|| Arc::new(Call::from_outside(Trace::of(&HeaderMap::new()))))
}

/// Takes a request from the guest; its body streams on.
pub(crate) fn take(
    accessor: Calling<'_>,
    request: Resource<p3::Request>,
) -> wasmtime::Result<Result<Request<Body>, ErrorCode>> {
    accessor.with(|mut access| {
        let request = access.get().table.delete(request)?;
        let taken = request.into_http_with_getter(&mut access, async { Ok(()) }, State::http);
        Ok(match taken {
            Ok((request, _options)) => Ok(request),
            Err(error) => Err(error.downcast()?),
        })
    })
}

/// Gives an answer to the guest; its body stays with the host until it is read.
pub(crate) fn give(
    accessor: Calling<'_>,
    answer: Answer,
) -> wasmtime::Result<Result<Resource<p3::Response>, ErrorCode>> {
    let response = match answer {
        Ok(response) => response,
        Err(error) => return Ok(Err(error)),
    };
    accessor.with(|mut access| {
        let (response, _sent) = p3::Response::from_http(default_hooks(), response);
        Ok(Ok(access.get().table.push(response)?))
    })
}

impl Lent {
    async fn send(&self, call: &Call, request: Request<Body>) -> Answer {
        let host = request.uri().host().ok_or(ErrorCode::HttpRequestUriInvalid)?.to_ascii_lowercase();
        match host.strip_suffix(".internal") {
            Some("blob") => self.serve_blob(request).await,
            Some(name) => self.call_inside(call, name, request).await,
            None => self.call_outside(call, request).await,
        }
    }

    async fn serve_blob(&self, request: Request<Body>) -> Answer {
        let bucket = blob_service::bucket(request.uri().path());
        if !self.allows("served_buckets", &self.grants.served_buckets, bucket) {
            return Err(ErrorCode::HttpRequestDenied);
        }
        Ok(blob_service::serve(&*self.capabilities.blobs, request).await)
    }

    async fn call_inside(&self, call: &Call, name: &str, mut request: Request<Body>) -> Answer {
        if let Some(service) = self.services.get(name) {
            if !self.allows("services", &self.grants.services, name) {
                return Err(ErrorCode::HttpRequestDenied);
            }
            call.trace.inject(request.headers_mut());
            return Ok(service.call(request).await);
        }
        if !self.allows("functions", &self.grants.functions, name) {
            return Err(ErrorCode::HttpRequestDenied);
        }
        if [TASK_PATH, EVENTS_PATH].contains(&request.uri().path()) {
            return Err(ErrorCode::InternalError(Some(format!(
                "{} is reserved for the host's own calls",
                request.uri().path()
            ))));
        }
        if let Some(function) = self.directory.get().and_then(|all| all.get(name)?.upgrade()) {
            return Ok(function.call(call, Chain::default(), request).await);
        }
        match &self.elsewhere {
            Some(elsewhere) => Ok(call_elsewhere(&**elsewhere, call, name, request).await),
            None => Err(ErrorCode::InternalError(Some(format!("function {name} is not loaded here")))),
        }
    }

    async fn call_outside(&self, call: &Call, mut request: Request<Body>) -> Answer {
        let authority = request.uri().authority().map_or("", |authority| authority.as_str()).to_owned();
        if !self.allows_outside(&authority) {
            self.refused(&format!("outbound = [\"{authority}\"]"));
            return Err(ErrorCode::HttpRequestDenied);
        }
        call.trace.inject(request.headers_mut());
        strip_internal(request.headers_mut());
        let answer = call.in_time(self.outside.send(request)).await.ok_or(ErrorCode::HttpResponseTimeout)?;
        answer.map_err(|why| ErrorCode::InternalError(Some(format!("{authority}: {why}"))))
    }
}

impl Lent {
    /// Whether a host outside is granted: by its name, or as the one that a setting names.
    fn allows_outside(&self, authority: &str) -> bool {
        self.grants.outbound.iter().any(|grant| match reel_app::setting_of(grant) {
            Some(setting) => self.authority_of(setting).is_some_and(|set| set.eq_ignore_ascii_case(authority)),
            None => grant == authority,
        })
    }

    /// The authority of the URL that a setting of the function holds now.
    fn authority_of(&self, setting: &str) -> Option<String> {
        let url = self.capabilities.config.get(&format!("{}.{setting}", self.function)).ok()??;
        let url: Uri = url.trim().parse().ok()?;
        url.scheme()?;
        Some(url.authority()?.as_str().to_owned())
    }
}

/// A call of a function on another host: whole, for it travels as one message.
async fn call_elsewhere(
    elsewhere: &dyn Functions,
    call: &Call,
    name: &str,
    mut request: Request<Body>,
) -> Response<Body> {
    call.tell(request.headers_mut());
    let (head, body) = request.into_parts();
    let called = async {
        let body = body::read(body, MAX_MESSAGE).await.map_err(|_| too_large(MAX_MESSAGE as u64))?;
        // What is wrong in there is for the log: the problem may reach a client.
        elsewhere.call(name, Request::from_parts(head, body)).await.map_err(|error| {
            tracing::error!(function = name, "a call elsewhere failed: {error}");
            match error {
                CallError::Unavailable(_) => Problem::unavailable(format!("{name} is not available now"), 1),
                CallError::NotFound(_) | CallError::Invalid(_) => Problem::internal(format!("{name} cannot be asked")),
            }
        })
    };
    let late = || Err(Problem::unavailable(format!("{name} did not answer in time"), 1));
    match call.in_time(called).await.unwrap_or_else(late) {
        Ok(response) => response.map(body::full),
        Err(problem) => problem_response(&problem),
    }
}

/// Removes what only functions of ours may say to each other.
pub(crate) fn strip_internal(headers: &mut HeaderMap) {
    let internal: Vec<_> = headers.keys().filter(|name| name.as_str().starts_with("x-reel-")).cloned().collect();
    for name in internal {
        headers.remove(name);
    }
}

/// A path and query as a request from within carries them.
pub(crate) fn internal_uri(function: &str, path: &str) -> Uri {
    let uri = Uri::builder().scheme("http").authority(format!("{function}.internal")).path_and_query(path.to_owned());
    uri.build().unwrap_or_default()
}
