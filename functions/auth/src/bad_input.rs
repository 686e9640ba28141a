//! What is refused before anything is read or written.

use reel_api::principal::PRINCIPAL_HEADER as PRINCIPAL;
use reel_sdk::testing::{JSON, principal};

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

const ID: &str = "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";

#[test]
fn what_is_an_accounts_own_needs_who_it_is() {
    let (session, role, passkey) =
        (format!("/v1/auth/sessions/{ID}"), format!("/v1/accounts/{ID}/role"), "/v1/auth/passkeys/abc".to_owned());
    let name = r#"{"name":"Key"}"#;
    for (method, path, body) in [
        ("POST", "/v1/auth/verify-email/resend", ""),
        ("GET", "/v1/auth/sessions", ""),
        ("DELETE", "/v1/auth/sessions", ""),
        ("DELETE", &session, ""),
        ("PUT", "/v1/auth/password", r#"{"password":"long enough","new_password":"long enough"}"#),
        ("PUT", "/v1/auth/email", r#"{"password":"long enough","email":"a@b.c"}"#),
        ("PUT", "/v1/auth/language", r#"{"language":"de"}"#),
        ("PUT", "/v1/auth/pin", &format!(r#"{{"password":"long enough","profile":"{ID}"}}"#)),
        ("GET", "/v1/auth/passkeys", ""),
        ("PUT", &passkey, name),
        ("DELETE", &passkey, ""),
        ("GET", "/v1/account/export", ""),
        ("DELETE", "/v1/account", r#"{"password":"long enough"}"#),
        ("GET", "/v1/accounts?email=a@b.c", ""),
        ("PUT", &role, r#"{"role":"owner"}"#),
    ] {
        assert_eq!(refusal(method, path, &[JSON], body).0, 401, "{method} {path}");
    }
}

#[test]
fn roles_are_given_by_owners_alone() {
    for role in ["viewer", "editor", "operator"] {
        let principal = principal(role, true);
        let headers = [(PRINCIPAL, &*principal), JSON];
        assert_eq!(refusal("GET", "/v1/accounts?email=a@b.c", &headers, ""), (403, "role".into()));
        let path = format!("/v1/accounts/{ID}/role");
        assert_eq!(refusal("PUT", &path, &headers, r#"{"role":"owner"}"#), (403, "role".into()));
    }
    let owner = principal("owner", true);
    let headers = [(PRINCIPAL, &*owner), JSON];
    for path in ["/v1/accounts", "/v1/accounts?email=x"] {
        assert_eq!(refusal("GET", path, &headers, "").0, 400, "{path}");
    }
    for body in ["{}", r#"{"role":"root"}"#, r#"{"role":"owner","email":"a@b.c"}"#] {
        assert_eq!(refusal("PUT", &format!("/v1/accounts/{ID}/role"), &headers, body).0, 400, "{body}");
    }
    assert_eq!(refusal("PUT", "/v1/accounts/x/role", &headers, r#"{"role":"owner"}"#).0, 400);
}

#[test]
fn what_is_no_address_password_or_deletion_is_refused() {
    let viewer = principal("viewer", true);
    let headers = [(PRINCIPAL, &*viewer), JSON];
    for (method, path, body) in [
        ("POST", "/v1/auth/password/forgot", r#"{"email":"nobody"}"#),
        ("POST", "/v1/auth/password/reset", r#"{"token":"x","password":"short"}"#),
        ("PUT", "/v1/auth/password", r#"{"password":"long enough","new_password":"short"}"#),
        ("PUT", "/v1/auth/email", r#"{"password":"long enough","email":"nobody"}"#),
        ("PUT", "/v1/auth/language", r#"{"language":"tlh"}"#),
        ("PUT", "/v1/auth/passkeys/abc", r#"{"name":" "}"#),
        ("DELETE", "/v1/account", "{}"),
        ("DELETE", "/v1/account", r#"{"password":"x","email":"a@b.c"}"#),
        ("POST", "/v1/auth/verify-email", r#"{"token":"x"}"#),
        ("POST", "/v1/auth/passkeys/sign-in", "{}"),
    ] {
        assert_eq!(refusal(method, path, &headers, body).0, 400, "{method} {path} {body}");
    }
}
