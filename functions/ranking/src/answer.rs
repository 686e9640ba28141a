//! A question, put to a model.

use crate::fresh;
use reel_api::TitleId;
use reel_api::ranking::{Question, Scored};
use reel_ranking::{TitleKey, TitleModel, Watched};

/// Of so many titles one may be new to the model.
const EVERY: usize = 3;

/// The titles that a model gives for a question.
pub(crate) fn of(model: &TitleModel, question: &Question) -> Vec<Scored> {
    let ranked = match question.watched.is_empty() {
        true => popular(model, question),
        false => next(model, question),
    };
    scored(ranked)
}

/// The titles that a scorer gives for a question, in place of the model's own.
pub(crate) fn by_scorer(model: Option<&TitleModel>, question: &Question, known: Vec<Scored>) -> Vec<Scored> {
    if question.watched.is_empty() {
        return model.map(|model| of(model, question)).unwrap_or_default();
    }
    let known: Vec<_> = known.iter().map(|scored| (*scored.title_id.as_bytes(), scored.score)).collect();
    // What is new to the model need not be to the scorer.
    let mut left_out = left_out(question);
    left_out.extend(known.iter().map(|(title, _)| title));
    let new = fresh::ranked(&watched(question), question.limit / EVERY, &left_out);
    scored(interleaved(known, new, question.limit))
}

fn scored(ranked: Vec<(TitleKey, f32)>) -> Vec<Scored> {
    ranked.into_iter().map(|(title, score)| Scored { title_id: TitleId::from_bytes(title), score }).collect()
}

fn watched(question: &Question) -> Vec<Watched> {
    let watched = question.watched.iter();
    watched.map(|liked| Watched { title: *liked.title_id.as_bytes(), weight: liked.weight }).collect()
}

fn next(model: &TitleModel, question: &Question) -> Vec<(TitleKey, f32)> {
    let (watched, left_out) = (watched(question), left_out(question));
    let known = model.rank(&watched, question.limit, &left_out);
    interleaved(known, fresh::ranked(&watched, question.limit / EVERY, &left_out), question.limit)
}

/// What the model ranks, and in every third place what it does not know yet: the scores of the two have
/// no common scale, so a new title has that of the title before it.
fn interleaved(known: Vec<(TitleKey, f32)>, new: Vec<(TitleKey, f32)>, limit: usize) -> Vec<(TitleKey, f32)> {
    let (mut known, mut new) = (known.into_iter().peekable(), new.into_iter());
    let mut ranked: Vec<(TitleKey, f32)> = Vec::new();
    while ranked.len() < limit {
        let is_new = known.peek().is_none() || ranked.len() % EVERY == EVERY - 1;
        let scored = |(title, score), ranked: &[(TitleKey, f32)]| (title, ranked.last().map_or(score, |last| last.1));
        let next = match is_new {
            true => new.next().map(|next| scored(next, &ranked)).or_else(|| known.next()),
            false => known.next(),
        };
        let Some(next) = next else { break };
        ranked.push(next);
    }
    ranked
}

fn popular(model: &TitleModel, question: &Question) -> Vec<(TitleKey, f32)> {
    let left_out = left_out(question);
    let popular = model.popular(question.limit + left_out.len()).into_iter();
    popular.filter(|(title, _)| !left_out.contains(title)).take(question.limit).collect()
}

fn left_out(question: &Question) -> Vec<TitleKey> {
    question.leave_out.iter().map(|title| *title.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::ranking::Liked;
    use reel_ranking::learn;

    fn id(n: u8) -> TitleId {
        TitleId::new(u64::from(n), &[n; 10])
    }

    /// Thirty viewers: those with even numbers watch titles of even numbers. Title 0 is watched most.
    fn model() -> TitleModel {
        let history = |viewer: u8| {
            let own = (0..20).filter(|n| *n == 0 || n % 2 == viewer % 2 && !(n / 2 + viewer / 2).is_multiple_of(5));
            own.map(|n| Watched { title: *id(n).as_bytes(), weight: 1.0 }).collect()
        };
        learn(&(0..30).map(history).collect::<Vec<_>>()).unwrap()
    }

    fn titles(question: &Question) -> Vec<TitleId> {
        of(&model(), question).into_iter().map(|scored| scored.title_id).collect()
    }

    #[test]
    fn what_the_like_minded_watched_comes_next_and_nothing_that_is_known() {
        let watched = [3, 5, 7].map(|n| Liked { title_id: id(n), weight: 1.0 }).to_vec();
        let next = titles(&Question { watched, leave_out: vec![id(0), id(9)], limit: 5 });
        assert!(next.len() == 5 && next[..4].iter().all(|next| next.as_bytes()[15] % 2 == 1), "{next:?}");
        assert!(![0, 3, 5, 7, 9].iter().any(|n| next.contains(&id(*n))));
    }

    #[test]
    fn every_third_title_may_be_new() {
        let list = |titles: &[u8]| titles.iter().map(|n| ([*n; 16], f32::from(*n))).collect::<Vec<_>>();
        let order = |known: &[u8], new: &[u8], limit| {
            let ranked = interleaved(list(known), list(new), limit);
            assert!(ranked.windows(2).all(|pair| pair[0].1 >= pair[1].1), "{ranked:?}");
            ranked.iter().map(|(title, _)| title[0]).collect::<Vec<_>>()
        };
        assert_eq!(order(&[9, 8, 7, 6], &[50, 40, 30], 5), [9, 8, 50, 7, 6]);
        assert_eq!(order(&[9, 8, 7], &[50], 9), [9, 8, 50, 7]);
        assert_eq!(order(&[9], &[], 9), [9]);
        assert_eq!(order(&[], &[50, 40], 9), [50, 40]);
    }

    #[test]
    fn a_scorers_list_takes_the_place_of_the_models() {
        let watched = vec![Liked { title_id: id(3), weight: 1.0 }];
        let question = Question { watched, limit: 2, ..Question::default() };
        let list = [8, 6, 4].map(|n| Scored { title_id: id(n), score: f32::from(n) });
        assert_eq!(by_scorer(Some(&model()), &question, list.to_vec()), list[..2]);
        assert_eq!(by_scorer(None, &question, list.to_vec()), list[..2]);
        let nobody = Question { limit: 1, ..Question::default() };
        let popular = by_scorer(Some(&model()), &nobody, Vec::new());
        assert!(popular[0].title_id == id(0) && by_scorer(None, &nobody, Vec::new()).is_empty());
    }

    #[test]
    fn of_nobody_in_particular_what_most_watch() {
        let all = titles(&Question { limit: 3, ..Question::default() });
        assert_eq!((all.len(), all[0]), (3, id(0)));
        assert_eq!(titles(&Question { limit: 2, leave_out: vec![id(0)], ..Question::default() }), all[1..]);
        let unknown = vec![Liked { title_id: id(99), weight: 1.0 }];
        assert!(titles(&Question { watched: unknown, limit: 3, ..Question::default() }).is_empty());
    }
}
