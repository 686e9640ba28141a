//! What is refused before anything is looked for.

use reel_api::principal::PRINCIPAL_HEADER as PRINCIPAL;
use reel_sdk::testing::principal;

fn refusal(method: &str, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
    reel_sdk::testing::refusal(super::handle, method, path, headers, "")
}

#[test]
fn nobody_finds_nothing() {
    for path in ["/v1/search?q=dark", "/v1/search/suggestions?q=da"] {
        assert_eq!(refusal("GET", path, &[]).0, 401, "{path}");
    }
}

#[test]
fn what_no_search_has_is_named() {
    let viewer = (PRINCIPAL, &*principal("viewer", true));
    let long = format!("q={}", "x".repeat(201));
    for query in [&*long, "from=never", "from=1600", "to=99999", "limit=0", "limit=61", "playable=perhaps"] {
        assert_eq!(refusal("GET", &format!("/v1/search?{query}"), &[viewer]).0, 400, "{query}");
    }
    assert_eq!(refusal("GET", &format!("/v1/search/suggestions?{long}"), &[viewer]).0, 400);
    assert_eq!(refusal("POST", "/v1/search?q=dark", &[viewer]).0, 404);
}
