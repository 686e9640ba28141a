//! What a viewer watched and rated, as a model learns from it.

use reel_api::TitleId;
use reel_api::history::{Rating, Told};
use reel_ranking::{RATED, Watched, played};
use std::collections::BTreeMap;

/// The titles of a viewer that tell something, each once: by the play that came farthest, unless
/// it was rated. What is disliked is as if it was not watched.
pub(crate) fn history(told: &Told) -> Vec<Watched> {
    let mut weights: BTreeMap<TitleId, f32> = BTreeMap::new();
    for came in &told.plays {
        if let Some(weight) = played(came.progress_pct) {
            let most = weights.entry(came.title_id).or_default();
            *most = most.max(weight);
        }
    }
    for (title, rating) in &told.ratings {
        match rating {
            Rating::Like => weights.insert(*title, RATED),
            Rating::Dislike => weights.remove(title),
        };
    }
    weights.into_iter().map(|(title, weight)| Watched { title: *title.as_bytes(), weight }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::history::Came;

    #[test]
    fn the_farthest_play_counts_and_a_rating_more() {
        let id = |n: u8| TitleId::new(u64::from(n), &[n; 10]);
        let came = |n, progress_pct| Came { title_id: id(n), progress_pct };
        let plays = vec![came(1, 30), came(1, 90), came(2, 10), came(3, 100), came(4, 100)];
        let ratings = vec![(id(3), Rating::Dislike), (id(4), Rating::Like), (id(5), Rating::Like)];
        let watched = history(&Told { plays, ratings });
        let expected = [(1, 0.9), (4, RATED), (5, RATED)];
        assert_eq!(watched, expected.map(|(n, weight)| Watched { title: *id(n).as_bytes(), weight }));
    }
}
