//! The scorer of the operator's own, which is asked before the trained model.

use reel_api::ranking::{NO_SCORER, Question, Rankings, SCORER_PATIENCE_MS};
use reel_api::{CallError, Client, Millis};
use reel_sdk::http::Function;
use reel_sdk::{background, clock};
use std::cell::Cell;

const SCORER: Function = Function("scorer");
/// For how long one that is not there, or does not answer, is let be, in milliseconds.
const REST_MS: Millis = 3_000;
/// How long is waited to hear whether there is one; nobody waits for that, in milliseconds.
const LOOK_MS: u64 = 10_000;

thread_local! {
    static STATE: State = const { State { answers: Cell::new(false), looked: Cell::new(None) } };
}

/// What the scorer ranks; none when there is none, when it knows nothing of what was watched, or when it fails
/// or takes too long. Whether there is one is found out beside the requests.
pub(crate) async fn ask(questions: &[Question], now: Millis) -> Option<Rankings> {
    if questions.iter().all(|question| question.watched.is_empty()) {
        return None;
    }
    if STATE.with(|state| state.is_due(now)) {
        background(look());
    }
    if !STATE.with(|state| state.answers.get()) {
        return None;
    }
    match clock::within(SCORER_PATIENCE_MS, Client::new(SCORER).score(questions.to_vec())).await {
        Some(Ok(rankings)) => return knows(rankings, questions.len()),
        Some(Err(error)) => say(&error),
        None => eprintln!("the scorer did not answer within {SCORER_PATIENCE_MS} ms: the trained model does"),
    }
    STATE.with(|state| state.rest(clock::now_ms()));
    None
}

/// Finds out whether there is one.
async fn look() {
    match clock::within(LOOK_MS, Client::new(SCORER).score(Vec::new())).await {
        Some(Ok(_)) => STATE.with(|state| state.answers.set(true)),
        Some(Err(error)) => say(&error),
        None => eprintln!("the scorer did not answer within {LOOK_MS} ms"),
    }
}

fn say(error: &CallError) {
    match error {
        // That nobody set one is as it should be.
        CallError::Problem(problem) if problem.code == NO_SCORER => {}
        other => eprintln!("the scorer does not answer, the trained model does: {other}"),
    }
}

fn knows(rankings: Rankings, questions: usize) -> Option<Rankings> {
    let answers = &rankings.answers;
    (answers.len() == questions && answers.iter().any(|answer| !answer.is_empty())).then_some(rankings)
}

/// Whether there is a scorer that answers.
struct State {
    answers: Cell<bool>,
    /// When it was last found not to, or looked for.
    looked: Cell<Option<Millis>>,
}

impl State {
    /// Whether it is time to look for one: whoever is told so does.
    fn is_due(&self, now: Millis) -> bool {
        let lately = self.looked.get().is_some_and(|at| now.saturating_sub(at) < REST_MS);
        let is_due = !self.answers.get() && !lately;
        if is_due {
            self.looked.set(Some(now));
        }
        is_due
    }

    fn rest(&self, now: Millis) {
        self.answers.set(false);
        self.looked.set(Some(now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::TitleId;
    use reel_api::ranking::Scored;

    #[test]
    fn one_that_is_not_there_is_looked_for_now_and_then() {
        let state = State { answers: Cell::new(false), looked: Cell::new(None) };
        assert!(state.is_due(10_000) && !state.is_due(12_999) && state.is_due(13_000));
        state.answers.set(true);
        assert!(!state.is_due(99_000), "it answers");
        state.rest(99_000);
        assert!(!state.answers.get() && !state.is_due(101_999) && state.is_due(102_000));
    }

    #[test]
    fn one_that_knows_nothing_of_what_was_watched_leaves_it_to_the_trained_model() {
        let scored = Scored { title_id: TitleId::new(1, &[1; 10]), score: 1.0 };
        let of = |answers| knows(Rankings { version: "v".into(), answers }, 2);
        assert!(of(vec![vec![], vec![scored]]).is_some());
        assert!(of(vec![vec![], vec![]]).is_none() && of(vec![vec![scored]]).is_none());
    }
}
