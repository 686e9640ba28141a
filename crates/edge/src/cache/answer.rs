//! What the cache answers. The worker hands it on unread, so that it is complete: with the
//! headers for players and for caches behind.

use super::fill::{Fill, FillError, Head};
use super::object::Object;
use super::range::{Part, part};
use bytes::Bytes;
use futures::TryStreamExt;
use http::header::{
    ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONTENT_LENGTH,
    CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, RANGE,
};
use http::{HeaderValue, Method, Response, StatusCode, request};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use reel_api::Problem;
use reel_api::problem::PROBLEM_JSON;
use std::ops::Range;
use std::sync::Arc;

/// The body of an answer. When it ends with an error the connection must be broken off.
pub type Body = UnsyncBoxBody<Bytes, Interrupted>;

/// A body that broke off, because its fill did.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the object broke off: {0}")]
pub struct Interrupted(#[from] FillError);

/// How the object was found: `hit`, `fill`, `coalesced`, `miss`, `absent` or `failed`.
const CACHE: HeaderName = HeaderName::from_static("x-reel-cache");
const TIMING: HeaderName = HeaderName::from_static("timing-allow-origin");
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ANY: HeaderValue = HeaderValue::from_static("*");

/// Where the bytes come from.
pub(crate) enum Source {
    /// From the store.
    Kept(Object),
    /// From a parent, while they come.
    Coming { fill: Arc<Fill>, head: Head, led: bool },
}

impl Source {
    fn length(&self) -> u64 {
        match self {
            Self::Kept(object) => object.body.len() as u64,
            Self::Coming { head, .. } => head.length,
        }
    }

    fn describe(&self) -> (&str, &str, &'static str) {
        match self {
            Self::Kept(object) => (&object.content_type, &object.etag, "hit"),
            Self::Coming { head, led: true, .. } => (&head.content_type, &head.etag, "fill"),
            Self::Coming { head, .. } => (&head.content_type, &head.etag, "coalesced"),
        }
    }

    fn body(self, part: Range<u64>) -> Body {
        match self {
            Self::Kept(object) => whole(object.body.slice(part.start as usize..part.end as usize)),
            Self::Coming { fill, .. } => {
                let frames = fill.read(part).map_ok(Frame::data).map_err(Interrupted);
                BodyExt::boxed_unsync(StreamBody::new(frames))
            }
        }
    }
}

/// The object, or the part of it that was asked for.
pub(crate) fn of(source: Source, request: &request::Parts) -> Response<Body> {
    let length = source.length();
    let range = request.headers.get(RANGE).and_then(|range| range.to_str().ok());
    let (status, part, content_range) = match part(range, length) {
        Part::Whole => (StatusCode::OK, 0..length, None),
        Part::Bytes(part) => {
            let content_range = format!("bytes {}-{}/{length}", part.start, part.end - 1);
            (StatusCode::PARTIAL_CONTENT, part, Some(content_range))
        }
        Part::Unsatisfiable => (StatusCode::RANGE_NOT_SATISFIABLE, 0..0, Some(format!("bytes */{length}"))),
    };
    let mut response = headed(&source, status, part.end - part.start);
    if let Some(range) = content_range.and_then(|range| range.parse().ok()) {
        response.headers_mut().insert(CONTENT_RANGE, range);
    }
    let part = if request.method == Method::HEAD { 0..0 } else { part };
    response.map(|()| source.body(part))
}

fn headed(source: &Source, status: StatusCode, length: u64) -> Response<()> {
    let (content_type, etag, found) = source.describe();
    let mut response = Response::new(());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, text) in [(CONTENT_TYPE, content_type), (ETAG, etag)] {
        if let Some(value) = HeaderValue::from_str(text).ok().filter(|value| !value.is_empty()) {
            headers.insert(name, value);
        }
    }
    headers.insert(CONTENT_LENGTH, length.into());
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CACHE_CONTROL, FOR_EVER);
    mark(response, found)
}

/// Sets what every answer has: how the object was found, and leave for pages of any origin.
fn mark<B>(mut response: Response<B>, found: &'static str) -> Response<B> {
    let headers = response.headers_mut();
    headers.insert(CACHE, HeaderValue::from_static(found));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    headers
        .insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("content-length, content-range, x-reel-cache"));
    headers.insert(TIMING, ANY);
    response
}

/// It is not kept here.
pub(crate) fn absent(key: &str) -> Response<Body> {
    problem(Problem::not_found(format!("{key} is not in the cache")), "miss")
}

/// No parent gave it.
pub(crate) fn failed(error: &FillError, key: &str) -> Response<Body> {
    match error {
        FillError::Absent => problem(Problem::not_found(format!("there is no object {key}")), "absent"),
        FillError::Timeout(_) => {
            problem(Problem::new(504, "parent-timeout", "The parent did not answer", error.to_string()), "failed")
        }
        FillError::Failed(_) => {
            problem(Problem::new(502, "parent-failed", "The parent failed", error.to_string()), "failed")
        }
        FillError::Busy => problem(Problem::unavailable(error.to_string(), 1), "failed"),
    }
}

fn problem(problem: Problem, found: &'static str) -> Response<Body> {
    let mut response = Response::new(whole(serde_json::to_vec(&problem).unwrap_or_default().into()));
    *response.status_mut() = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    mark(response, found)
}

pub(crate) fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}
