//! What a function answers.

use crate::body;
use crate::http::HostResponse;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use http::{StatusCode, response};
use reel_api::Problem;
use reel_api::problem::PROBLEM_JSON;
use serde::Serialize;
use wasip3::http::types::{ErrorCode, Fields, Response as WasiResponse};

/// An answer.
#[derive(Debug)]
pub struct Response {
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
}

#[derive(Debug)]
enum Body {
    /// Bytes that the function made.
    Own(Bytes),
    /// A response of the host's, whose bytes the function never touches. `headers`
    /// are those to set over its own.
    Host(HostResponse),
}

impl Response {
    /// An answer in JSON. A `status` that is none becomes 500.
    ///
    /// # Errors
    /// A 500 problem when the value has no JSON form.
    pub fn json(status: u16, value: &impl Serialize) -> Result<Self, Problem> {
        let body =
            serde_json::to_vec(value).map_err(|e| Problem::internal(format!("the answer has no JSON form: {e}")))?;
        Ok(Self::bytes(status, "application/json", body))
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, headers: HeaderMap::new(), body: Body::Own(Bytes::new()) }
    }

    /// An answer of this media type, for example `application/dash+xml`.
    pub fn bytes(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut response = Self { body: Body::Own(body.into()), ..Self::empty(status) };
        response.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        response
    }

    /// An answer in plain text.
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        Self::bytes(status, "text/plain; charset=utf-8", body.into())
    }

    /// Hands a response of [`crate::http::fetch`] on, unread: the host moves its bytes.
    pub fn forward(response: HostResponse) -> Self {
        Self { body: Body::Host(response), ..Self::empty(200) }
    }

    /// The status.
    pub fn status(&self) -> u16 {
        match &self.body {
            Body::Own(_) => self.status.as_u16(),
            Body::Host(response) => response.status(),
        }
    }

    /// Sets a header; one that is not a header's name and value is left out.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Adds a header beside others of its name, as `set-cookie` needs it.
    #[must_use]
    pub fn with_added_header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            self.headers.append(name, value);
        }
        self
    }

    /// The answer as it is sent, for tests; none when it is the host's response.
    pub fn into_http(self) -> Option<http::Response<Bytes>> {
        let Body::Own(body) = self.body else { return None };
        let (mut parts, ()): (response::Parts, ()) = http::Response::new(()).into_parts();
        (parts.status, parts.headers) = (self.status, self.headers);
        Some(http::Response::from_parts(parts, body))
    }

    pub(crate) fn into_wasi(self) -> Result<WasiResponse, ErrorCode> {
        match self.body {
            Body::Own(body) => own(self.status, self.headers, body),
            Body::Host(response) => response.into_wasi(self.headers),
        }
    }
}

impl From<Problem> for Response {
    fn from(problem: Problem) -> Self {
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let response = Self::bytes(problem.status, PROBLEM_JSON, body);
        match problem.retry_after {
            Some(seconds) => response.with_header(RETRY_AFTER.as_str(), &seconds.to_string()),
            None => response,
        }
    }
}

fn own(status: StatusCode, mut headers: HeaderMap, body: Bytes) -> Result<WasiResponse, ErrorCode> {
    if !body.is_empty() {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    let (stream, end) = match body.is_empty() {
        true => (None, body::whole()),
        false => {
            let (stream, end) = body::write(body.into());
            (Some(stream), end)
        }
    };
    let (response, _sent) = WasiResponse::new(fields(headers)?, stream, end);
    response.set_status_code(status.as_u16()).map_err(|()| ErrorCode::HttpProtocolError)?;
    Ok(response)
}

pub(crate) fn fields(headers: HeaderMap) -> Result<Fields, ErrorCode> {
    Fields::try_from(headers).map_err(|e| ErrorCode::InternalError(Some(format!("a header cannot be sent: {e:?}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_answered_as_one() {
        let response = Response::from(Problem::unavailable("busy", 3)).into_http().unwrap();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "3");
        assert_eq!(response.headers()["content-type"], PROBLEM_JSON);
        let problem: Problem = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(problem.code, "unavailable");
    }

    #[test]
    fn what_is_no_header_is_left_out() {
        let response = Response::empty(204).with_header("x-a", "1").with_header("x b", "2").with_header("x-c", "3\n");
        let response = response.into_http().unwrap();
        assert_eq!(response.headers().len(), 1);
        assert_eq!(response.status(), 204);
    }
}
