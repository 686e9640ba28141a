//! What is refused before anything is read or written.

use reel_api::principal::PRINCIPAL_HEADER as PRINCIPAL;
use reel_sdk::testing::{JSON, principal};

/// The status and code of a refusal of a request with these headers.
fn refusal(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    reel_sdk::testing::refusal(super::handle, method, path, headers, body)
}

#[test]
fn nobody_has_no_profiles() {
    for (method, path) in [
        ("GET", "/v1/profiles"),
        ("POST", "/v1/profiles"),
        ("DELETE", "/v1/profiles/018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f"),
    ] {
        assert_eq!(refusal(method, path, &[JSON], r#"{"name":"Ada"}"#).0, 401, "{method}");
    }
}

#[test]
fn a_body_has_to_be_json_and_say_so() {
    let viewer = principal("viewer", false);
    let asked = |content_type, body| {
        refusal("POST", "/v1/profiles", &[(PRINCIPAL, &viewer), ("content-type", content_type)], body).0
    };
    assert_eq!(asked("text/plain", r#"{"name":"Ada"}"#), 415);
    for body in [
        "",
        "{",
        r#"{"name":"Ada","avatar":256}"#,
        r#"{"name":"Ada","owner":true}"#,
        r#"{"kids":true}"#,
        r#"{"name":"Ada","pin":true}"#,
    ] {
        assert_eq!(asked("application/json", body), 400, "{body}");
    }
}

#[test]
fn an_id_that_is_none_is_refused() {
    let viewer = principal("viewer", false);
    assert_eq!(refusal("DELETE", "/v1/profiles/x", &[(PRINCIPAL, &viewer)], "").0, 400);
    assert_eq!(refusal("POST", "/_reel/accounts/x", &[], "").0, 400);
}
