//! Calls of other functions (`http://NAME.internal/…`), of the host's own services and of
//! hosts that `reel.toml` grants.
//!
//! The host adds the headers of tracing and counts the hops.

use crate::body;
use crate::response::fields;
use bytes::Bytes;
use http::header::HeaderMap;
use http::{Uri, response};
use reel_api::{Problem, Transport};
use wasip3::http::client;
use wasip3::http::types::{ErrorCode, Method, Request as WasiRequest, Response as WasiResponse, Scheme};

/// The most bytes that [`send`] reads of an answer: 16 MiB.
pub const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// Sends a request and reads the whole answer, at most [`MAX_ANSWER`] bytes.
///
/// # Errors
/// A 500 problem when `reel.toml` does not grant the host, 502 when the answer is not one,
/// 503 when nobody answers.
pub async fn send(request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Problem> {
    fetch(request).await?.read(MAX_ANSWER).await
}

/// Sends a request; the answer's body stays with the host until it is read or forwarded
/// ([`crate::Response::forward`]).
///
/// # Errors
/// As [`send`].
pub async fn fetch(request: http::Request<Bytes>) -> Result<HostResponse, Problem> {
    let uri = request.uri().clone();
    let request = into_wasi(request).map_err(|e| problem(&uri, e))?;
    client::send(request).await.map(HostResponse).map_err(|e| problem(&uri, e))
}

/// A `GET` without a body, for [`send`] and [`fetch`].
///
/// # Errors
/// A 500 problem when `uri` is not one.
pub fn get(uri: &str) -> Result<http::Request<Bytes>, Problem> {
    http::Request::get(uri).body(Bytes::new()).map_err(|e| Problem::internal(format!("{uri} is not a URI: {e}")))
}

/// An answer whose body the host still holds.
#[derive(Debug)]
pub struct HostResponse(WasiResponse);

impl HostResponse {
    /// The status.
    pub fn status(&self) -> u16 {
        self.0.get_status_code()
    }

    /// The first value of a header; none when it is absent or not text.
    pub fn header(&self, name: &str) -> Option<String> {
        String::from_utf8(self.0.get_headers().get(name).into_iter().next()?).ok()
    }

    /// The answer with its body, of at most `max` bytes.
    ///
    /// # Errors
    /// A 502 problem when the body is longer or breaks off.
    pub async fn read(self, max: usize) -> Result<http::Response<Bytes>, Problem> {
        let broken = |e: String| Problem::new(502, "bad-answer", "An answer could not be read", e);
        let (mut parts, ()): (response::Parts, ()) = http::Response::new(()).into_parts();
        parts.status = http::StatusCode::from_u16(self.status()).map_err(|e| broken(e.to_string()))?;
        parts.headers = HeaderMap::try_from(self.0.get_headers()).map_err(|e| broken(format!("{e:?}")))?;
        let announced = announced(&parts.headers);
        let (stream, end) = WasiResponse::consume_body(self.0, body::accepted());
        let body = body::read(stream, end, announced, max).await.map_err(|e| broken(e.to_string()))?;
        Ok(http::Response::from_parts(parts, body.into()))
    }

    /// The same response with some headers set over its own. With none it is handed on as it is.
    pub(crate) fn into_wasi(self, set: HeaderMap) -> Result<WasiResponse, ErrorCode> {
        if set.is_empty() {
            return Ok(self.0);
        }
        let status = self.status();
        let mut headers = HeaderMap::try_from(self.0.get_headers())?;
        replace(&mut headers, set);
        let (stream, end) = WasiResponse::consume_body(self.0, body::accepted());
        let (response, _sent) = WasiResponse::new(fields(headers)?, Some(stream), end);
        response.set_status_code(status).map_err(|()| ErrorCode::HttpProtocolError)?;
        Ok(response)
    }

    pub(crate) fn new(response: WasiResponse) -> Self {
        Self(response)
    }
}

/// Replaces headers by others of the same name.
fn replace(headers: &mut HeaderMap, set: HeaderMap) {
    for name in set.keys() {
        headers.remove(name);
    }
    for (name, value) in &set {
        headers.append(name, value.clone());
    }
}

/// The length that a message's headers announce, in bytes.
pub(crate) fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(http::header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn into_wasi(request: http::Request<Bytes>) -> Result<WasiRequest, ErrorCode> {
    let (parts, body) = request.into_parts();
    let (stream, end) = match body.is_empty() {
        true => (None, body::whole()),
        false => {
            let (stream, end) = body::write(body.into());
            (Some(stream), end)
        }
    };
    let (request, _sent) = WasiRequest::new(fields(parts.headers)?, stream, end, None);
    request.set_method(&Method::from(&parts.method)).map_err(|()| ErrorCode::HttpRequestMethodInvalid)?;
    target(&request, &parts.uri).map_err(|()| ErrorCode::HttpRequestUriInvalid)?;
    Ok(request)
}

fn target(request: &WasiRequest, uri: &Uri) -> Result<(), ()> {
    request.set_scheme(Some(&uri.scheme().map_or(Scheme::Http, Scheme::from)))?;
    request.set_authority(Some(uri.authority().ok_or(())?.as_str()))?;
    request.set_path_with_query(uri.path_and_query().map(|path| path.as_str()))
}

fn problem(uri: &Uri, error: ErrorCode) -> Problem {
    let host = uri.host().unwrap_or("a URI without a host");
    match error {
        ErrorCode::HttpRequestDenied => crate::denied::denied("calls to", host),
        ErrorCode::HttpRequestUriInvalid => Problem::internal(format!("{uri} is not a URI with a host")),
        ErrorCode::LoopDetected => Problem::new(
            508,
            "loop",
            "Functions call each other in a circle",
            format!("the call to {host} was one too many"),
        ),
        ErrorCode::HttpResponseTimeout | ErrorCode::ConnectionTimeout => {
            Problem::new(504, "timeout", "Something took too long", format!("{host} did not answer in time"))
        }
        ErrorCode::InternalError(Some(why)) => crate::denied::unavailable(host, &why),
        other => crate::denied::unavailable(host, &format!("{other:?}")),
    }
}

/// Calls one function by its name: a [`Transport`] for the clients of [`reel_api`].
///
/// `ContentClient::new(Function("content"))` sends to `http://content.internal`.
#[derive(Debug, Clone, Copy)]
pub struct Function(pub &'static str);

impl Transport for Function {
    async fn send(&self, mut request: http::Request<Bytes>) -> Result<http::Response<Bytes>, String> {
        let mut target = request.uri().clone().into_parts();
        target.scheme = Some(http::uri::Scheme::HTTP);
        target.authority = format!("{}.internal", self.0).parse().ok();
        *request.uri_mut() =
            Uri::from_parts(target).map_err(|e| format!("{} is not a function's path: {e}", request.uri()))?;
        send(request).await.map_err(|problem| problem.to_string())
    }
}
