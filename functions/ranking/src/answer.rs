//! A question, put to a model.

use reel_api::TitleId;
use reel_api::ranking::{Question, Scored};
use reel_ranking::{TitleKey, TitleModel, Watched};

/// The titles that a model gives for a question.
pub(crate) fn of(model: &TitleModel, question: &Question) -> Vec<Scored> {
    let ranked = match question.watched.is_empty() {
        true => popular(model, question),
        false => next(model, question),
    };
    ranked.into_iter().map(|(title, score)| Scored { title_id: TitleId::from_bytes(title), score }).collect()
}

fn next(model: &TitleModel, question: &Question) -> Vec<(TitleKey, f32)> {
    let watched = question.watched.iter();
    let watched: Vec<_> =
        watched.map(|liked| Watched { title: *liked.title_id.as_bytes(), weight: liked.weight }).collect();
    model.rank(&watched, question.limit, &left_out(question))
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
            let own = (0..20).filter(|n| *n == 0 || n % 2 == viewer % 2 && (n / 2 + viewer / 2) % 5 != 0);
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
    fn of_nobody_in_particular_what_most_watch() {
        let all = titles(&Question { limit: 3, ..Question::default() });
        assert_eq!((all.len(), all[0]), (3, id(0)));
        assert_eq!(titles(&Question { limit: 2, leave_out: vec![id(0)], ..Question::default() }), all[1..]);
        let unknown = vec![Liked { title_id: id(99), weight: 1.0 }];
        assert!(titles(&Question { watched: unknown, limit: 3, ..Question::default() }).is_empty());
    }
}
