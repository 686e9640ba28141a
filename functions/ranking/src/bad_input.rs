//! What is refused before any model is asked.

use reel_api::ranking::{MAX_NAMED, MAX_QUESTIONS, MAX_RANKED};

fn refusal(path: &str, body: &str) -> u16 {
    reel_sdk::testing::refusal(super::handle, "POST", path, &[], body).0
}

#[test]
fn what_is_no_question_or_too_much_is_refused() {
    let path = "/_reel/rank";
    let id = "\"018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f\"";
    let question =
        |limit: usize, named: usize| format!("{{\"limit\":{limit},\"leave_out\":[{}]}}", vec![id; named].join(","));
    let of = |questions: &[String]| format!("{{\"questions\":[{}]}}", questions.join(","));
    let many = vec![question(1, 0); MAX_QUESTIONS + 1];
    let wrong = [of(&many), of(&[question(MAX_RANKED + 1, 0)]), of(&[question(1, MAX_NAMED + 1)])];
    for body in
        ["", "{}", "{\"questions\":[{}]}", "{\"questions\":[{\"limit\":-1}]}"].iter().map(|s| (*s).into()).chain(wrong)
    {
        assert_eq!(refusal(path, &body), 400, "{}", &body[..body.len().min(80)]);
    }
    assert_eq!(refusal("/v1/rank", "{}"), 404);
}
