//! What is refused before anything is read or written.

use reel_api::principal::PRINCIPAL_HEADER as PRINCIPAL;
use reel_sdk::testing::{JSON, principal};

/// The status and code of a refusal of a request with these headers.
fn refusal(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    reel_sdk::testing::refusal(super::handle, method, path, headers, body)
}

const UPLOAD: &str =
    r#"{"title_id":"018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f","file_name":"a.mp4","size":0,"fingerprint":"f"}"#;

#[test]
fn only_an_editor_uploads() {
    for (method, path) in [
        ("POST", "/v1/uploads"),
        ("GET", "/v1/uploads/x"),
        ("POST", "/v1/uploads/x/complete"),
        ("GET", "/v1/encodings/x/y"),
    ] {
        assert_eq!(refusal(method, path, &[JSON], UPLOAD).0, 401, "{method} {path}");
        let viewer = (PRINCIPAL, &*principal("viewer", false));
        assert_eq!(refusal(method, path, &[JSON, viewer], UPLOAD), (403, "role".into()), "{method} {path}");
    }
}

#[test]
fn a_body_has_to_be_json_and_say_so() {
    let editor = (PRINCIPAL, &*principal("editor", true));
    assert_eq!(refusal("POST", "/v1/uploads", &[editor], UPLOAD).0, 415);
    assert_eq!(refusal("POST", "/v1/uploads/x/complete", &[editor], "{}").0, 415);
    for body in ["", "{", "{}", UPLOAD, &UPLOAD.replace("018f", "tt"), &UPLOAD.replace('0', "-1")] {
        assert_eq!(refusal("POST", "/v1/uploads", &[JSON, editor], body).0, 400, "{body}");
    }
    assert_eq!(refusal("POST", "/v1/uploads/x/complete", &[JSON, editor], r#"{"revision":1}"#).0, 400);
}

#[test]
fn an_id_that_is_none_is_refused() {
    let editor = (PRINCIPAL, &*principal("editor", true));
    assert_eq!(refusal("GET", "/v1/encodings/x/y", &[editor], "").0, 400);
    assert_eq!(refusal("GET", &format!("/v1/uploads/{}", "x".repeat(65)), &[editor], "").0, 404);
}
