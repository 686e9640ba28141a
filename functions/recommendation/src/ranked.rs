//! What the model of `ranking` would have a viewer watch next.

use crate::RANKING;
use crate::taste::Taste;
use reel_api::ranking::{Liked, MAX_NAMED, NO_MODEL, Question, Rankings, Scored};
use reel_api::{CallError, Client, TitleId};
use reel_sdk::clock;

/// How long the page waits for the model, in milliseconds.
const PATIENCE_MS: u64 = 150;
/// How many titles are asked for each list: more than are shown, to be mixed with others.
const ASKED: usize = 200;

/// What the model says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ranked {
    /// Which one it is.
    pub(crate) version: String,
    /// What to watch after all that was watched, best first.
    pub(crate) picks: Vec<TitleId>,
    /// What to watch after each of the reasons alone, in their order.
    pub(crate) because: Vec<Vec<TitleId>>,
}

/// What the model says to a taste, and to each of some titles; none when it does not answer in time,
/// or when there is none.
pub(crate) async fn ask(taste: &Taste, reasons: &[TitleId]) -> Option<Ranked> {
    let questions = questions(taste, reasons);
    let client = Client::new(RANKING);
    match clock::within(PATIENCE_MS, client.rank(questions)).await {
        Some(Ok(rankings)) => read(rankings, reasons.len()),
        // Before the first training that is as it should be.
        Some(Err(CallError::Problem(problem))) if problem.code == NO_MODEL => None,
        Some(Err(error)) => without(&error.to_string()),
        None => without(&format!("it did not answer within {PATIENCE_MS} ms")),
    }
}

fn questions(taste: &Taste, reasons: &[TitleId]) -> Vec<Question> {
    let watched: Vec<_> =
        taste.liked().map(|(title_id, weight)| Liked { title_id, weight }).take(MAX_NAMED / 2).collect();
    let leave_out: Vec<_> = taste.known().iter().copied().take(MAX_NAMED / 2).collect();
    let because = reasons.iter().map(|title| vec![Liked { title_id: *title, weight: 1.0 }]);
    let all = std::iter::once(watched).chain(because);
    all.map(|watched| Question { watched, leave_out: leave_out.clone(), limit: ASKED }).collect()
}

fn read(rankings: Rankings, reasons: usize) -> Option<Ranked> {
    let Rankings { version, answers } = rankings;
    let mut answers = answers.into_iter().map(titles);
    let picks = answers.next()?;
    let because: Vec<_> = answers.take(reasons).collect();
    // A model that knows nothing of what was watched says nothing.
    (!picks.is_empty()).then_some(Ranked { version, picks, because })
}

/// The titles of an answer, best first.
pub(crate) fn titles(answer: Vec<Scored>) -> Vec<TitleId> {
    answer.into_iter().map(|scored| scored.title_id).collect()
}

fn without(why: &str) -> Option<Ranked> {
    eprintln!("the rows go without the model: {why}");
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::{id, rated, watched};
    use reel_api::history::Rating;

    #[test]
    fn the_model_is_asked_of_what_was_liked_and_disliked_and_of_each_reason() {
        let taste = Taste::of(&[watched(1, 90), watched(2, 5)], &[rated(3, Rating::Dislike)]);
        let asked = questions(&taste, &[id(1)]);
        let told = |question: &Question| {
            question.watched.iter().map(|liked| (liked.title_id, liked.weight > 0.0)).collect::<Vec<_>>()
        };
        let expected = [vec![(id(1), true), (id(3), false)], vec![(id(1), true)]];
        assert_eq!(asked.iter().map(told).collect::<Vec<_>>(), expected);
        assert!(asked.iter().all(|question| [1, 2, 3].iter().all(|n| question.leave_out.contains(&id(*n)))));
    }

    #[test]
    fn a_model_that_knows_nothing_of_the_viewer_says_nothing() {
        let scored = |n: u8| Scored { title_id: id(n), score: 1.0 };
        let of = |answers| read(Rankings { version: "v".into(), answers }, 1);
        assert_eq!(of(vec![vec![], vec![scored(1)]]), None);
        assert_eq!(of(vec![]), None);
        let said = of(vec![vec![scored(2)], vec![]]).unwrap();
        assert_eq!((said.picks, said.because), (vec![id(2)], vec![vec![]]));
    }
}
