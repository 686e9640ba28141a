//! What is refused before the log is asked.

use reel_api::principal::PRINCIPAL_HEADER as PRINCIPAL;
use reel_sdk::testing::principal;

#[test]
fn only_an_operator_sees_the_log() {
    let refusal =
        |headers: &[(&str, &str)]| reel_sdk::testing::refusal(super::handle, "GET", "/v1/streams", headers, "");
    assert_eq!(refusal(&[]).0, 401);
    for role in ["viewer", "editor"] {
        assert_eq!(refusal(&[(PRINCIPAL, &principal(role, true))]), (403, "role".into()), "{role}");
    }
}

#[test]
fn the_path_and_the_query_go_on_as_they_are() {
    let request = http::Request::get("/v1/streams/playback/records?after=3&wait_ms=1").body(Default::default());
    assert_eq!(super::uri(&request.unwrap().into()), "http://log.internal/streams/playback/records?after=3&wait_ms=1");
}
