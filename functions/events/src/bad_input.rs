//! What is refused before anything is read or written.

use reel_api::principal::PRINCIPAL_HEADER as PRINCIPAL;
use reel_sdk::testing::{JSON, principal};

/// The status and code of a refusal of a request with these headers.
fn refusal(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    reel_sdk::testing::refusal(super::handle, method, path, headers, body)
}

#[test]
fn nobody_sends_events_and_a_viewer_with_a_profile_does() {
    let batch = r#"{"events":[{}]}"#;
    assert_eq!(refusal("POST", "/v1/events", &[JSON], batch).0, 401);
    let viewer = (PRINCIPAL, &*principal("viewer", false));
    assert_eq!(refusal("POST", "/v1/events", &[JSON, viewer], batch), (403, "profile-needed".into()));
}

#[test]
fn a_batch_has_to_be_json_and_say_so() {
    let viewer = (PRINCIPAL, &*principal("viewer", true));
    assert_eq!(refusal("POST", "/v1/events", &[viewer], r#"{"events":[{}]}"#).0, 415);
    let many = format!(r#"{{"events":[{}]}}"#, vec!["1"; 501].join(","));
    for body in ["", "[]", "{}", r#"{"events":[]}"#, r#"{"events":[1],"more":1}"#, &many] {
        assert_eq!(refusal("POST", "/v1/events", &[JSON, viewer], body).0, 400, "{body:.40}");
    }
}
