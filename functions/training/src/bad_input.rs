//! What is refused before anything is read or written.

use reel_api::internal::TASK_PATH;
use reel_api::principal::PRINCIPAL_HEADER as PRINCIPAL;
use reel_sdk::testing::principal;

fn refusal(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    reel_sdk::testing::refusal(super::handle, method, path, headers, body)
}

#[test]
fn only_an_owner_trains() {
    for (method, path) in [("POST", "/v1/trainings"), ("GET", "/v1/trainings/x")] {
        assert_eq!(refusal(method, path, &[], "").0, 401, "{method} {path}");
        let editor = (PRINCIPAL, &*principal("editor", true));
        assert_eq!(refusal(method, path, &[editor], "").0, 403, "{method} {path}");
    }
}

#[test]
fn a_run_whose_name_is_no_part_of_a_key_is_refused() {
    for run in ["", "a/b", "..", "ü", &"x".repeat(81)] {
        let body = format!("{{\"run\":{run:?},\"shard\":1}}");
        assert_eq!(refusal("POST", TASK_PATH, &[], &body), (400, "invalid".into()), "{run}");
    }
    assert_eq!(refusal("POST", TASK_PATH, &[], "{}").0, 400);
}
