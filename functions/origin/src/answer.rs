//! What is answered: headers for caches and for pages of any origin.

use reel_sdk::http::HostResponse;
use reel_sdk::{Problem, Response};

/// A segment never changes: publishing again makes a new revision.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Hands an object on, unread.
pub(crate) fn of_object(stored: HostResponse, key: &str) -> Result<Response, Problem> {
    match stored.status() {
        200 | 206 | 304 => Ok(Response::forward(stored).with_header("cache-control", FOR_EVER)),
        416 => Ok(Response::forward(stored)),
        status => Err(failure(status, key)),
    }
}

/// What the store's other statuses mean to the caller.
fn failure(status: u16, key: &str) -> Problem {
    match status {
        404 => Problem::not_found(format!("there is no object {key}")),
        status => Problem::unavailable(format!("the store of segments answered {status}"), 1),
    }
}

/// Lets a page of any origin read the answer and how long it took: a token is the
/// permission, not a cookie.
pub(crate) fn readable_by_all(response: Response) -> Response {
    response
        .with_header("access-control-allow-origin", "*")
        .with_header("access-control-expose-headers", "content-length, content-range, x-reel-cache")
        .with_header("timing-allow-origin", "*")
}

/// The answer to a browser that asks before it sends a range.
pub(crate) fn preflight() -> Response {
    Response::empty(204)
        .with_header("access-control-allow-methods", "GET, HEAD, OPTIONS")
        .with_header("access-control-allow-headers", "range, if-range, if-none-match")
        .with_header("access-control-max-age", "86400")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_object_is_a_404_and_a_failing_store_a_503() {
        assert_eq!(failure(404, "a/b").status, 404);
        assert!(failure(404, "a/b").detail.contains("a/b"));
        assert_eq!(failure(500, "a/b").status, 503);
    }

    #[test]
    fn a_refusal_too_can_be_read_by_a_page() {
        let response = readable_by_all(Problem::forbidden("token-expired", "x").into()).into_http().unwrap();
        assert_eq!(response.status(), 403);
        assert_eq!(response.headers()["access-control-allow-origin"], "*");
    }
}
