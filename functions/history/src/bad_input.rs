//! What is refused before anything is read or written.

use reel_api::principal::PRINCIPAL_HEADER as PRINCIPAL;
use reel_sdk::testing::{JSON, principal};

/// The status and code of a refusal of a request with these headers.
fn refusal(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    reel_sdk::testing::refusal(super::handle, method, path, headers, body)
}

#[test]
fn only_a_profile_has_a_history() {
    let title = "/v1/history/018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";
    let rating = title.replace("history", "ratings");
    for (method, path) in [
        ("GET", "/v1/history"),
        ("DELETE", "/v1/history"),
        ("GET", "/v1/history/export"),
        ("GET", title),
        ("DELETE", title),
        ("GET", "/v1/ratings"),
        ("PUT", &rating),
        ("DELETE", &rating),
    ] {
        assert_eq!(refusal(method, path, &[], "").0, 401, "{method} {path}");
        let viewer = (PRINCIPAL, &*principal("viewer", false));
        assert_eq!(refusal(method, path, &[viewer], ""), (403, "profile-needed".into()), "{method} {path}");
    }
}

#[test]
fn what_is_no_title_cursor_or_batch_is_refused() {
    let viewer = (PRINCIPAL, &*principal("viewer", true));
    assert_eq!(refusal("GET", "/v1/history/tt0944947", &[viewer], "").0, 400);
    assert_eq!(refusal("GET", "/v1/history?cursor=%00", &[viewer], "").0, 400);
    let rating = "/v1/ratings/018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";
    assert_eq!(refusal("PUT", rating, &[viewer], r#"{"rating":"like"}"#).0, 415);
    for (path, body) in [(rating, "{}"), (rating, r#"{"rating":"love"}"#), ("/v1/ratings/x", r#"{"rating":"like"}"#)] {
        assert_eq!(refusal("PUT", path, &[JSON, viewer], body).0, 400, "{path} {body}");
    }
    assert_eq!(refusal("POST", "/_reel/events", &[JSON], "{").0, 400);
    assert_eq!(refusal("GET", "/_reel/fresh?since=yesterday", &[], "").0, 400);
    assert_eq!(refusal("DELETE", "/_reel/accounts/x", &[], "").0, 400);
    for query in ["", "?shard=16", "?shard=-1", "?shard=0&cursor=%00"] {
        assert_eq!(refusal("GET", &format!("/_reel/viewers{query}"), &[], "").0, 400, "{query}");
    }
}
