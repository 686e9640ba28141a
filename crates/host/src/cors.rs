//! Routes that pages of other origins may use (CORS, in the Fetch standard): those that the
//! manifest marks. Credentials of a browser, such as cookies, are never allowed: the
//! permission is a token in the path or in `Authorization`.

use crate::body::{Body, empty};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HeaderName, ORIGIN,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use reel_app::Router;

const ANY: HeaderValue = HeaderValue::from_static("*");
/// How long browsers may remember a preflight, in seconds; most do so for two hours.
const MAX_AGE: HeaderValue = HeaderValue::from_static("86400");
/// What a page may send to any such route.
const SENT: HeaderValue = HeaderValue::from_static("content-type, if-none-match, if-range, range");
/// What it may also send where filters look for a token.
const SENT_SIGNED_IN: HeaderValue =
    HeaderValue::from_static("authorization, content-type, if-none-match, if-range, range");
const READ: HeaderValue = HeaderValue::from_static("content-length, content-range, retry-after");
const TIMING: HeaderName = HeaderName::from_static("timing-allow-origin");

/// The answer to a browser that asks whether a page may send a request; none for any other
/// request, and none where pages of other origins have no business.
pub(crate) fn preflight(router: &Router, request: &Request<Body>) -> Option<Response<Body>> {
    if request.method() != Method::OPTIONS || !request.headers().contains_key(ORIGIN) {
        return None;
    }
    let method = request.headers().get(ACCESS_CONTROL_REQUEST_METHOD)?;
    let wanted = Method::from_bytes(method.as_bytes()).ok()?;
    let route = router.find(&wanted, request.uri().path()).ok().filter(|route| route.cors)?;
    let mut response = Response::new(empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let sent = if route.chain.is_empty() { SENT } else { SENT_SIGNED_IN };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, method.clone());
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, sent);
    headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    Some(response)
}

/// Lets a page of any origin read an answer, and how long it took.
pub(crate) fn readable(headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, READ);
    headers.insert(TIMING, ANY);
}
