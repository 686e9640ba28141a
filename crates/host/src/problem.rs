//! Problems of the host's own, as answers.

use crate::body::{Body, full};
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use reel_api::Problem;
use reel_api::problem::PROBLEM_JSON;
use std::time::Duration;

/// A problem as an answer (RFC 9457).
pub fn problem_response(problem: &Problem) -> Response<Body> {
    let mut response = Response::new(full(serde_json::to_vec(problem).unwrap_or_default()));
    *response.status_mut() = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if let Some(seconds) = problem.retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

pub(crate) fn crashed(function: &str) -> Problem {
    Problem::new(
        500,
        "crashed",
        "Something is wrong on our side",
        format!("{function} crashed while it handled this request"),
    )
}

pub(crate) fn timed_out(function: &str, after: Duration) -> Problem {
    Problem::new(
        504,
        "timeout",
        "It took too long",
        format!("{function} did not answer within {} ms", after.as_millis()),
    )
}

pub(crate) fn overloaded(function: &str) -> Problem {
    Problem::unavailable(format!("{function} is at its limit"), 1)
}

pub(crate) fn looping(hops: u32) -> Problem {
    let detail = format!(
        "the request passed {hops} functions and filters, and may not pass more: do they call each other in a circle?"
    );
    Problem::new(508, "loop", "Functions call each other in a circle", detail)
}

pub(crate) fn too_large(max: u64) -> Problem {
    Problem::new(413, "too-large", "The body is too large", format!("this path takes at most {max} bytes"))
}
