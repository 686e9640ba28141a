//! What is refused before anything is read or written.

use crate::onnx::Onnx;
use reel_api::ranking::{MAX_NAMED, MAX_QUESTIONS, MAX_RANKED, SCORE_PATH, SCORER_PATH};
use reel_sdk::testing::principal;

const PRINCIPAL: &str = reel_api::principal::PRINCIPAL_HEADER;
const ID: &str = "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";

fn refusal(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    reel_sdk::testing::refusal(super::handle, method, path, headers, body)
}

#[test]
fn only_an_owner_sets_shows_and_removes_a_scorer() {
    for method in ["GET", "PUT", "DELETE"] {
        assert_eq!(refusal(method, SCORER_PATH, &[], "").0, 401, "{method}");
        for role in ["viewer", "editor", "operator"] {
            let principal = (PRINCIPAL, &*principal(role, true));
            assert_eq!(refusal(method, SCORER_PATH, &[principal], "").0, 403, "{method} {role}");
        }
    }
    let owner = (PRINCIPAL, &*principal("owner", true));
    assert_eq!(refusal("POST", SCORER_PATH, &[owner], "").0, 404);
}

#[test]
fn what_is_no_scorer_is_refused() {
    let owner = (PRINCIPAL, &*principal("owner", true));
    let onnx = String::from_utf8_lossy(&Onnx::product(2, vec![0.0; 4]).bytes()).into_owned();
    for body in ["", "\n", "\n\n", ID, &format!("{ID}\n\n"), &format!("{ID}\n\ngarbage"), &format!("{ID}\n\n{onnx}")] {
        assert_eq!(refusal("PUT", SCORER_PATH, &[owner], body), (400, "invalid".into()), "{body:?}");
    }
}

#[test]
fn what_is_no_question_or_too_much_is_refused() {
    let question = |limit: usize, named: usize| {
        format!("{{\"limit\":{limit},\"leave_out\":[{}]}}", vec![format!("{ID:?}"); named].join(","))
    };
    let of = |questions: &[String]| format!("{{\"questions\":[{}]}}", questions.join(","));
    let many = vec![question(1, 0); MAX_QUESTIONS + 1];
    let wrong = [of(&many), of(&[question(MAX_RANKED + 1, 0)]), of(&[question(1, MAX_NAMED + 1)])];
    for body in ["", "{}", "{\"questions\":[{}]}"].iter().map(|text| (*text).to_owned()).chain(wrong) {
        assert_eq!(refusal("POST", SCORE_PATH, &[], &body).0, 400, "{}", &body[..body.len().min(80)]);
    }
}
