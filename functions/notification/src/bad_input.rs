//! What is refused before anything is read or written.

use reel_api::principal::PRINCIPAL_HEADER as PRINCIPAL;
use reel_sdk::testing::{JSON, principal};

const ID: &str = "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";

/// The status of a refusal of a request with these headers.
fn refusal(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> u16 {
    reel_sdk::testing::refusal(super::handle, method, path, headers, body).0
}

#[test]
fn nobody_has_no_inbox_and_no_preferences() {
    for (method, path) in [
        ("GET", "/v1/notifications/preferences"),
        ("PUT", "/v1/notifications/preferences"),
        ("POST", "/v1/notifications/deliveries"),
        ("GET", "/v1/push/key"),
        ("POST", "/v1/push/subscriptions"),
        ("DELETE", "/v1/push/subscriptions/x"),
        ("GET", "/v1/inbox"),
        ("GET", "/v1/inbox/unread"),
        ("POST", "/v1/inbox/read"),
        ("POST", &format!("/v1/inbox/{ID}/read")),
        ("DELETE", &format!("/v1/inbox/{ID}")),
    ] {
        assert_eq!(refusal(method, path, &[], ""), 401, "{method} {path}");
    }
}

#[test]
fn what_is_no_id_is_refused() {
    let viewer = (PRINCIPAL, &*principal("viewer", true));
    assert_eq!(refusal("DELETE", "/v1/inbox/x", &[viewer], ""), 400);
    assert_eq!(refusal("POST", "/v1/inbox/x/read", &[viewer], ""), 400);
    assert_eq!(refusal("PUT", "/_reel/contacts/x", &[JSON], r#"{"email":"a@b","verified":true,"language":"en"}"#), 400);
}

#[test]
fn what_is_no_contact_and_no_notice_is_refused() {
    let contact = format!("/_reel/contacts/{ID}");
    for body in ["", "{}", r#"{"email":"a","verified":true,"language":"en"}"#] {
        assert_eq!(refusal("PUT", &contact, &[JSON], body), 400, "{body}");
    }
    let notice = |key: &str, news: &str| format!(r#"{{"key":"{key}","account":"{ID}","news":{news}}}"#);
    for body in [
        notice("", r#"{"kind":"welcome"}"#),
        notice(&"k".repeat(201), r#"{"kind":"welcome"}"#),
        notice("k", r#"{"kind":"birthday"}"#),
        notice("k", r#"{"kind":"verify_email"}"#),
    ] {
        assert_eq!(refusal("POST", "/_reel/notices", &[JSON], &body), 400, "{body}");
    }
}

#[test]
fn only_operators_have_things_delivered() {
    let viewer = (PRINCIPAL, &*principal("viewer", true));
    assert_eq!(refusal("POST", "/v1/notifications/deliveries", &[viewer], ""), 403);
}

#[test]
fn preferences_and_subscriptions_are_json_and_say_so() {
    let viewer = (PRINCIPAL, &*principal("viewer", true));
    let (preferences, subscriptions) = ("/v1/notifications/preferences", "/v1/push/subscriptions");
    for (method, path) in [("PUT", preferences), ("POST", subscriptions)] {
        assert_eq!(refusal(method, path, &[viewer], "{}"), 415, "{path}");
        assert_eq!(refusal(method, path, &[JSON, viewer], "{}"), 400, "{path}");
    }
    for body in [
        r#"{"version":0,"topics":[{"topic":"love","email":true,"push":true}]}"#,
        r#"{"version":0,"topics":[{"topic":"reminders","email":true}]}"#,
        r#"{"version":0,"topics":[],"account":"x"}"#,
    ] {
        assert_eq!(refusal("PUT", preferences, &[JSON, viewer], body), 400, "{body}");
    }
}
