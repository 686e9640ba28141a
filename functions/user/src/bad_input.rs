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

#[test]
fn what_is_no_title_pin_or_choice_is_refused() {
    let viewer = principal("viewer", true);
    let headers = [(PRINCIPAL, &*viewer), JSON];
    let pin = "/v1/profiles/018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f/pin";
    for (method, path, body) in [
        ("PUT", "/v1/list/tt0944947", ""),
        ("DELETE", "/v1/list/x", ""),
        ("GET", "/v1/list?cursor=%00", ""),
        ("PUT", pin, r#"{"pin":"12"}"#),
        ("PUT", pin, r#"{"pin":1234}"#),
        ("POST", "/_reel/accounts/018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f/choice", "{}"),
        ("DELETE", "/_reel/accounts/x", ""),
        ("GET", "/_reel/accounts/x/export", ""),
    ] {
        assert_eq!(refusal(method, path, &headers, body).0, 400, "{method} {path} {body}");
    }
}

#[test]
fn only_a_profile_has_a_list() {
    let path = "/v1/list/018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";
    for (method, path) in [("GET", "/v1/list"), ("PUT", path), ("DELETE", path)] {
        assert_eq!(refusal(method, path, &[], "").0, 401, "{method}");
        let viewer = (PRINCIPAL, &*principal("viewer", false));
        assert_eq!(refusal(method, path, &[viewer], ""), (403, "profile-needed".into()), "{method}");
    }
}
