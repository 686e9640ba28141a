//! What is refused before anything is read or written.

use reel_sdk::testing::JSON;

/// The status and code of a refusal of a request with these headers.
fn refusal(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    reel_sdk::testing::refusal(super::handle, method, path, headers, body)
}

#[test]
fn a_body_has_to_be_json_and_say_so() {
    let credentials = r#"{"email":"a@b.c","password":"long enough"}"#;
    for path in ["/v1/auth/sign-up", "/v1/auth/sign-in", "/v1/auth/token"] {
        assert_eq!(refusal("POST", path, &[], credentials).0, 415, "{path}");
        assert_eq!(refusal("POST", path, &[("content-type", "text/plain")], credentials).0, 415, "{path}");
        for body in ["", "{", "[]", r#"{"email":1}"#, r#"{"email":"a@b.c","password":"long enough","admin":true}"#] {
            assert_eq!(refusal("POST", path, &[JSON], body).0, 400, "{path} {body}");
        }
    }
}

#[test]
fn an_account_needs_an_address_and_a_password() {
    for body in [r#"{"email":"nobody","password":"long enough"}"#, r#"{"email":"a@b.c","password":"short"}"#] {
        assert_eq!(refusal("POST", "/v1/auth/sign-up", &[JSON], body).0, 400, "{body}");
    }
}

#[test]
fn a_refresh_needs_a_token_and_a_cookie_its_own_page() {
    for path in ["/v1/auth/refresh", "/v1/auth/sign-out"] {
        assert_eq!(refusal("POST", path, &[], "").0, 401);
        assert_eq!(refusal("POST", path, &[JSON], r#"{"profile":null}"#).0, 401);
        assert_eq!(refusal("POST", path, &[("cookie", "reel-refresh=x")], ""), (403, "cross-site".into()));
    }
}

#[test]
fn a_path_or_session_that_is_none_is_refused() {
    assert_eq!(refusal("GET", "/v1/auth/sign-up", &[], "").0, 404);
    assert_eq!(refusal("GET", "/_reel/sessions/x", &[], "").0, 400);
}
