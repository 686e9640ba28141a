//! What is refused before anything is read or written.

use reel_api::principal::PRINCIPAL_HEADER as PRINCIPAL;
use reel_sdk::testing::{JSON, principal};

/// The status and code of a refusal of a request with these headers.
fn refusal(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    reel_sdk::testing::refusal(super::handle, method, path, headers, body)
}

#[test]
fn nobody_has_a_subscription() {
    for (method, path) in [
        ("GET", "/v1/subscription"),
        ("POST", "/v1/subscription"),
        ("PUT", "/v1/subscription"),
        ("DELETE", "/v1/subscription"),
        ("GET", "/v1/subscription/preview?plan=basic"),
        ("POST", "/v1/subscription/resume"),
        ("POST", "/v1/payment-methods"),
        ("PUT", "/v1/payment-methods/default"),
        ("GET", "/v1/invoices"),
        ("POST", "/v1/refunds"),
        ("GET", "/v1/billing/report?month=2026-11"),
        ("POST", "/v1/billing/reconciliation"),
    ] {
        assert_eq!(refusal(method, path, &[JSON], "{}").0, 401, "{method} {path}");
    }
}

#[test]
fn only_an_operator_sees_the_books_and_sends_money_back() {
    for role in ["viewer", "editor"] {
        let who = (PRINCIPAL, &*principal(role, true));
        for (method, path) in
            [("POST", "/v1/refunds"), ("GET", "/v1/billing/report"), ("POST", "/v1/billing/reconciliation")]
        {
            assert_eq!(refusal(method, path, &[JSON, who], "{}"), (403, "role".into()), "{role} {method} {path}");
        }
    }
}

#[test]
fn what_is_asked_has_to_be_json_and_say_so() {
    let viewer = (PRINCIPAL, &*principal("viewer", true));
    for (method, path) in
        [("POST", "/v1/subscription"), ("PUT", "/v1/subscription"), ("PUT", "/v1/payment-methods/default")]
    {
        assert_eq!(refusal(method, path, &[viewer], "{}").0, 415, "{method} {path}");
        for body in ["", "[]", "{}", r#"{"plan":"gold"}"#, r#"{"plan":"basic","price":1}"#] {
            assert_eq!(refusal(method, path, &[viewer, JSON], body).0, 400, "{method} {path} {body}");
        }
    }
    let elsewhere = r#"{"plan":"basic","country":"US","payment_method":"pm_1/../../refunds"}"#;
    assert_eq!(refusal("POST", "/v1/subscription", &[viewer, JSON], elsewhere).0, 400);
    assert_eq!(refusal("GET", "/v1/subscription/preview?plan=gold", &[viewer], "").0, 400);
}

#[test]
fn a_refund_needs_a_key_and_an_invoice() {
    let operator = (PRINCIPAL, &*principal("operator", true));
    for body in [
        r#"{"key":"short","invoice":"in_1"}"#,
        r#"{"key":"long enough","invoice":"in_1"}"#,
        r#"{"key":"long-enough","invoice":"sub_1"}"#,
        r#"{"key":"long-enough","invoice":"in_1","amount":0}"#,
        r#"{"key":"long-enough","invoice":"in_1","amount":-5}"#,
        r#"{"key":"long-enough","invoice":"in_1","amount":1.5}"#,
    ] {
        assert_eq!(refusal("POST", "/v1/refunds", &[operator, JSON], body).0, 400, "{body}");
    }
    assert_eq!(refusal("GET", "/v1/billing/report?month=2026-1x", &[operator], "").0, 400);
}

#[test]
fn an_account_is_an_id() {
    for (method, path) in
        [("GET", "/_reel/entitlements/x"), ("DELETE", "/_reel/accounts/x"), ("GET", "/_reel/accounts/x/export")]
    {
        assert_eq!(refusal(method, path, &[], "").0, 400, "{method} {path}");
    }
    assert_eq!(refusal("POST", "/v1/plans", &[], "").0, 404);
}
