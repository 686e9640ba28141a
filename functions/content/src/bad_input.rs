//! What is refused before anything is read or written.

use reel_api::principal::PRINCIPAL_HEADER as PRINCIPAL;
use reel_sdk::testing::{JSON, principal};

/// The status and code of a refusal of a request with these headers.
fn refusal(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    reel_sdk::testing::refusal(super::handle, method, path, headers, body)
}

#[test]
fn nobody_sees_or_makes_titles() {
    for (method, path) in [("GET", "/v1/titles"), ("GET", "/v1/titles/x"), ("POST", "/v1/titles")] {
        assert_eq!(refusal(method, path, &[JSON], r#"{"name":"Bunny"}"#).0, 401, "{method} {path}");
    }
}

#[test]
fn a_viewer_makes_none_and_lists_no_drafts() {
    let viewer = (PRINCIPAL, &*principal("viewer", false));
    assert_eq!(refusal("POST", "/v1/titles", &[JSON, viewer], r#"{"name":"Bunny"}"#), (403, "role".into()));
    assert_eq!(refusal("POST", "/v1/imports", &[JSON, viewer], r#"{"rows":[]}"#), (403, "role".into()));
    let path = "/v1/titles/018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";
    assert_eq!(refusal("PUT", path, &[JSON, viewer], r#"{"title":{"name":"B"}}"#), (403, "role".into()));
    assert_eq!(refusal("DELETE", path, &[viewer], ""), (403, "role".into()));
    assert_eq!(refusal("GET", &format!("{path}/changes"), &[viewer], ""), (403, "role".into()));
    assert_eq!(refusal("GET", "/v1/titles?status=all", &[viewer], ""), (403, "role".into()));
    assert_eq!(refusal("GET", "/v1/titles?cursor=%00", &[viewer], "").0, 400);
}

#[test]
fn a_body_has_to_be_json_and_say_so() {
    let editor = (PRINCIPAL, &*principal("editor", false));
    assert_eq!(refusal("POST", "/v1/titles", &[editor], r#"{"name":"Bunny"}"#).0, 415);
    for body in [
        "",
        "{",
        r#"{"name":""}"#,
        r#"{"name":"B","year":"x"}"#,
        r#"{"name":"B","id":"tt1234"}"#,
        r#"{"name":"B","status":"published"}"#,
    ] {
        assert_eq!(refusal("POST", "/v1/titles", &[JSON, editor], body).0, 400, "{body}");
    }
    let many = format!(r#"{{"rows":[{}]}}"#, [r#"{"name":"B"}"#; 201].join(","));
    assert_eq!(refusal("POST", "/v1/imports", &[JSON, editor], &many).0, 400);
    let csv = ("content-type", "text/csv; charset=utf-8");
    assert_eq!(refusal("POST", "/v1/imports", &[csv, editor], &format!("name\n{}", "B\n".repeat(201))).0, 400);
    assert_eq!(refusal("POST", "/v1/imports?first=x", &[csv, editor], "name\nB\n").0, 400);
    assert_eq!(refusal("POST", "/v1/imports", &[editor], "name\nB\n").0, 415);
    let path = "/v1/titles/018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";
    for (status, body) in [
        (428, r#"{"title":{"name":"B"}}"#),
        (400, r#"{"version":1,"title":{"name":"B","status":"published"}}"#),
        (400, r#"{"version":1,"title":{"name":"B","revision":null}}"#),
        (400, r#"{"version":1,"title":{"name":""}}"#),
        (400, r#"{"version":1,"by":"me","title":{"name":"B"}}"#),
        (400, r#"{"version":1,"title":{"name":"B","id":"018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6e"}}"#),
    ] {
        assert_eq!(refusal("PUT", path, &[JSON, editor], body).0, status, "{body}");
    }
    assert_eq!(refusal("PUT", "/v1/titles/bunny", &[JSON, editor], r#"{"version":1,"title":{"name":"B"}}"#).0, 400);
    assert_eq!(refusal("GET", "/v1/titles?language=german", &[editor], "").0, 400);
    assert_eq!(refusal("GET", "/_reel/catalogue?cursor=eA", &[], "").0, 400);
    assert_eq!(refusal("GET", "/_reel/changes?since=yesterday", &[], "").0, 400);
    assert_eq!(refusal("POST", "/_reel/encoding", &[JSON], r#"{"stage":"eaten"}"#).0, 400);
}

#[test]
fn a_picture_outside_is_none() {
    for path in ["/artwork", "/artwork/../secrets", "/artwork/%2e%2e/secrets", "/artwork/a//b"] {
        assert_eq!(refusal("GET", path, &[], "").0, 404, "{path}");
    }
}
