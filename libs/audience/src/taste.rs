//! What a viewer likes.

use crate::chance::Chance;
use crate::film::{Film, HIDDEN};
use crate::household::Member;

/// What members of a household have in common, and what each has alone: squared they make 1.
const TOGETHER: f64 = 0.6;
const ALONE: f64 = 0.8;
/// How much what no genre tells and appeal count, where the genres count 1.
const HIDDEN_WEIGHT: f64 = 0.8;
const APPEAL_WEIGHT: f64 = 0.8;
/// What a title for children is to a child, and any other one.
const KIDS: (f64, f64) = (1.5, -4.0);

/// How much a viewer likes a title, without the moment's chance: about 0 for most, 3 for a favourite.
pub(crate) fn liking(member: &Member, film: &Film) -> f64 {
    let genres = film.genres.iter().map(|genre| weight(member, |chance| chance.of("genre").of(genre)));
    let genres: f64 = genres.sum::<f64>() / (film.genres.len().max(1) as f64).sqrt();
    let hidden = film
        .hidden
        .iter()
        .zip(0..)
        .map(|(value, place)| value * weight(member, |chance| chance.of("hidden").nth(place)));
    let hidden = hidden.sum::<f64>() / (HIDDEN as f64).sqrt();
    let age = match (member.kids, film.for_kids) {
        (true, true) => KIDS.0,
        (true, false) => KIDS.1,
        (false, _) => 0.0,
    };
    genres + HIDDEN_WEIGHT * hidden + APPEAL_WEIGHT * film.appeal + age
}

fn weight(member: &Member, of: impl Fn(Chance) -> Chance) -> f64 {
    TOGETHER * of(member.household.of("taste")).normal() + ALONE * of(member.chance.of("taste")).normal()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audience::tests::{catalogue, title};
    use crate::{Audience, households};

    fn correlation(a: &[f64], b: &[f64]) -> f64 {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (a_mean, b_mean) = (mean(a), mean(b));
        let product =
            |x: &[f64], xm: f64, y: &[f64], ym: f64| x.iter().zip(y).map(|(x, y)| (x - xm) * (y - ym)).sum::<f64>();
        product(a, a_mean, b, b_mean) / (product(a, a_mean, a, a_mean) * product(b, b_mean, b, b_mean)).sqrt()
    }

    #[test]
    fn a_household_agrees_more_than_strangers_do() {
        let audience = Audience::new(1, &catalogue(300));
        let all = households(1, 400);
        let likings = |member: &Member| audience.films().iter().map(|film| liking(member, film)).collect::<Vec<_>>();
        let pairs: Vec<_> = all.iter().filter(|household| household.members.len() >= 2).collect();
        let mean = |pairs: Vec<f64>| pairs.iter().sum::<f64>() / pairs.len() as f64;
        let together =
            mean(pairs.iter().map(|h| correlation(&likings(&h.members[0]), &likings(&h.members[1]))).collect());
        let apart = mean(
            pairs.windows(2).map(|h| correlation(&likings(&h[0].members[0]), &likings(&h[1].members[0]))).collect(),
        );
        assert!(together > apart + 0.15, "{together} {apart}");
    }

    #[test]
    fn a_child_wants_what_is_for_children() {
        let titles = [title(1, "A", &["Children & Family Movies"]), title(2, "B", &["Horror"])];
        let audience = Audience::new(1, &titles);
        let child = households(1, 400).into_iter().flat_map(|h| h.members).find(|member| member.kids).unwrap();
        let [for_kids, horror] = [0, 1].map(|at| liking(&child, &audience.films()[at]));
        assert!(for_kids > horror, "{for_kids} {horror}");
    }
}
