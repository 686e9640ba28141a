//! What is refused before anything is read or written.

use reel_api::principal::PRINCIPAL_HEADER as PRINCIPAL;
use reel_sdk::testing::{JSON, principal};

/// The status and code of a refusal of a request with these headers.
fn refusal(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    reel_sdk::testing::refusal(super::handle, method, path, headers, body)
}

#[test]
fn only_an_operator_reads_figures() {
    for path in ["/v1/analytics/series", "/v1/analytics/report"] {
        assert_eq!(refusal("GET", path, &[], "").0, 401, "{path}");
        for role in ["viewer", "editor"] {
            assert_eq!(refusal("GET", path, &[(PRINCIPAL, &principal(role, true))], ""), (403, "role".into()));
        }
    }
}

#[test]
fn what_is_no_batch_is_refused() {
    assert_eq!(refusal("POST", "/_reel/events", &[JSON], "{").0, 400);
    assert_eq!(refusal("GET", "/v1/analytics/nothing", &[], "").0, 404);
}
