//! Two opinions of titles made one: what the model ranks and what titles are like.
//!
//! By reciprocal ranks (Cormack, Clarke and Büttcher): the scores of the two have no common scale,
//! and their orders have. A title that only one of them knows, as a new one without viewers, stands
//! where that one puts it.

use reel_api::TitleId;
use reel_likeness::Alike;
use std::collections::HashMap;

/// How much less the first ranks stand out: as in the paper.
const DAMPING: f32 = 60.0;

/// The titles of both lists, best first, each with a score up to 1.
pub(crate) fn mixed(model: &[TitleId], alike: &[Alike]) -> Vec<Alike> {
    let mut scores: HashMap<TitleId, f32> = HashMap::new();
    let alike = alike.iter().map(|alike| alike.id);
    for (rank, id) in model.iter().copied().enumerate().chain(alike.enumerate()) {
        *scores.entry(id).or_default() += (DAMPING + 1.0) / (DAMPING + 1.0 + rank as f32) / 2.0;
    }
    let mut mixed: Vec<Alike> = scores.into_iter().map(|(id, score)| Alike { id, score }).collect();
    mixed.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
    mixed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::id;

    #[test]
    fn what_both_like_comes_first_and_what_one_alone_knows_is_there() {
        let alike = [4, 2, 3].map(|n| Alike { id: id(n), score: 1.0 });
        let mixed = mixed(&[1, 2, 3].map(id), &alike);
        let order: Vec<TitleId> = mixed.iter().map(|alike| alike.id).collect();
        assert_eq!(order, [2, 3, 1, 4].map(id));
        assert!(mixed.iter().all(|alike| alike.score <= 1.0));
        assert_eq!(super::mixed(&[], &alike).iter().map(|alike| alike.id).collect::<Vec<_>>(), [4, 2, 3].map(id));
    }
}
