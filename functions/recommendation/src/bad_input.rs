//! What is refused before anything is read or written.

use reel_sdk::testing::JSON;

/// The status and code of a refusal of a request with these headers.
fn refusal(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    reel_sdk::testing::refusal(super::handle, method, path, headers, body)
}

#[test]
fn nobody_is_recommended_nothing() {
    for path in ["/v1/home", "/v1/titles/x/similar", "/"] {
        assert_eq!(refusal("GET", path, &[JSON], "").0, 401, "{path}");
    }
    let broken = ("x-reel-principal", "{");
    assert_eq!(refusal("GET", "/v1/home", &[broken], ""), (500, "internal".into()));
}
