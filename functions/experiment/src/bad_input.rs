//! What is refused before anything is read or written.

use reel_api::principal::PRINCIPAL_HEADER as PRINCIPAL;
use reel_sdk::testing::{JSON, principal};

/// The status and code of a refusal of a request with these headers.
fn refusal(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    reel_sdk::testing::refusal(super::handle, method, path, headers, body)
}

const TITLE: &str = "/v1/experiments/018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";

#[test]
fn only_an_editor_tests_pictures() {
    let viewer = (PRINCIPAL, &*principal("viewer", true));
    let log = "/v1/decisions?day=9";
    for (method, path) in
        [("GET", log), ("GET", "/v1/experiments"), ("POST", "/v1/experiments"), ("GET", TITLE), ("DELETE", TITLE)]
    {
        assert_eq!(refusal(method, path, &[JSON], "{}").0, 401, "{method} {path}");
        assert_eq!(refusal(method, path, &[JSON, viewer], "{}"), (403, "role".into()), "{method} {path}");
    }
}

#[test]
fn what_is_no_test_title_or_batch_is_refused() {
    let editor = (PRINCIPAL, &*principal("editor", false));
    assert_eq!(refusal("POST", "/v1/experiments", &[editor], "{}").0, 415);
    for body in ["", "{}", r#"{"title_id":"dark"}"#, r#"{"title_id":"018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f","x":1}"#] {
        assert_eq!(refusal("POST", "/v1/experiments", &[JSON, editor], body).0, 400, "{body}");
    }
    for path in [
        "/v1/experiments/dark",
        "/v1/decisions",
        "/v1/decisions?day=x",
        "/v1/decisions?day=9&cursor=x",
        "/v1/decisions?day=9&cursor=1.",
        "/v1/decisions?day=9&cursor=216.%25",
        "/v1/decisions?day=18446744073709551615",
    ] {
        assert_eq!(refusal("GET", path, &[editor], "").0, 400, "{path}");
    }
    assert_eq!(refusal("POST", "/_reel/pictures", &[JSON], "[]").0, 400);
    assert_eq!(refusal("POST", "/_reel/events", &[JSON], "{").0, 400);
    assert_eq!(refusal("PUT", TITLE, &[editor], "").0, 404);
}
