//! What is refused before anything is read or written.

use reel_api::principal::PRINCIPAL_HEADER as PRINCIPAL;
use reel_sdk::testing::principal;

/// The status and code of a refusal of a request with these headers.
fn refusal(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    reel_sdk::testing::refusal(super::handle, method, path, headers, body)
}

#[test]
fn the_log_is_read_by_operators_alone() {
    for path in ["/v1/audit", "/v1/audit/verification"] {
        assert_eq!(refusal("GET", path, &[], "").0, 401, "{path}");
        for role in ["viewer", "editor"] {
            assert_eq!(
                refusal("GET", path, &[(PRINCIPAL, &principal(role, true))], ""),
                (403, "role".into()),
                "{path}"
            );
        }
    }
}

#[test]
fn what_is_no_act_place_or_hash_is_refused() {
    for body in ["", "{}", r#"{"kind":"begun"}"#, r#"{"kind":"edited","begun":1,"status":200}"#] {
        assert_eq!(refusal("POST", "/_reel/acts", &[], body).0, 400, "{body}");
    }
    let operator = (PRINCIPAL, &*principal("operator", true));
    for path in
        ["/v1/audit?before=x", "/v1/audit?before=-1", "/v1/audit/verification?after=x", "/v1/audit/verification?head=1"]
    {
        assert_eq!(refusal("GET", path, &[operator], "").0, 400, "{path}");
    }
    for method in ["PUT", "DELETE"] {
        assert_eq!(refusal(method, "/v1/audit", &[operator], "").0, 404);
    }
}
