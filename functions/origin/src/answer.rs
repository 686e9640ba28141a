//! What is answered, with headers for caches.

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

/// Sends the caller to where the object is for a while.
pub(crate) fn elsewhere(url: &str) -> Response {
    Response::empty(307).with_header("location", url).with_header("cache-control", "no-store")
}

/// What the store's other statuses mean to the caller.
fn failure(status: u16, key: &str) -> Problem {
    match status {
        404 => Problem::not_found(format!("there is no object {key}")),
        status => Problem::unavailable(format!("the store of segments answered {status}"), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_keeps_where_an_object_is_for_a_while() {
        let answer = elsewhere("https://store.example/a?signature=b").into_http().unwrap();
        assert_eq!(
            (answer.status(), &answer.headers()["cache-control"]),
            (307.try_into().unwrap(), &"no-store".parse().unwrap())
        );
        assert_eq!(answer.headers()["location"], "https://store.example/a?signature=b");
    }

    #[test]
    fn a_missing_object_is_a_404_and_a_failing_store_a_503() {
        assert_eq!(failure(404, "a/b").status, 404);
        assert!(failure(404, "a/b").detail.contains("a/b"));
        assert_eq!(failure(500, "a/b").status, 503);
    }
}
