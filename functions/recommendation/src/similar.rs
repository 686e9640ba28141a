//! Titles that are like a title.

use reel_api::content::Title;
use std::collections::HashSet;

/// How many titles are answered.
const MOST: usize = 12;

/// Tells how alike two titles are.
pub(crate) trait Scorer {
    /// From 0 for not at all to 1.
    fn score(&self, title: &Title, other: &Title) -> f64;
}

/// By the genres that two titles share, and by how far apart they came out.
pub(crate) struct GenreAndYear;

/// How much of the score is the genres'.
const GENRE_WEIGHT: f64 = 0.8;
/// So many years apart, two titles are of different times.
const YEARS: f64 = 20.0;

impl Scorer for GenreAndYear {
    fn score(&self, title: &Title, other: &Title) -> f64 {
        let genres = jaccard(&genres(title), &genres(other));
        if genres == 0.0 {
            return 0.0;
        }
        GENRE_WEIGHT * genres + (1.0 - GENRE_WEIGHT) * same_time(title.year, other.year)
    }
}

/// The other titles that are like a title, most alike first; of equals the newer first,
/// as they came.
pub(crate) fn most_alike(scorer: &impl Scorer, title: &Title, titles: &[Title]) -> Vec<Title> {
    let others = titles.iter().filter(|other| other.id != title.id);
    let scored = others.map(|other| (scorer.score(title, other), other));
    let mut scored: Vec<_> = scored.filter(|(score, _)| *score > 0.0).collect();
    scored.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    scored.into_iter().take(MOST).map(|(_, other)| other.clone()).collect()
}

fn genres(title: &Title) -> HashSet<String> {
    title.genres.iter().map(|genre| genre.to_lowercase()).collect()
}

/// The share of what two sets have in common (Jaccard); 0 for two empty ones.
fn jaccard(a: &HashSet<String>, b: &HashSet<String>) -> f64 {
    match a.union(b).count() {
        0 => 0.0,
        all => a.intersection(b).count() as f64 / all as f64,
    }
}

fn same_time(a: Option<u16>, b: Option<u16>) -> f64 {
    let (Some(a), Some(b)) = (a, b) else { return 0.0 };
    (1.0 - f64::from(a.abs_diff(b)) / YEARS).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::title;

    fn alike(title: &Title, titles: &[Title]) -> Vec<String> {
        most_alike(&GenreAndYear, title, titles).into_iter().map(|title| title.slug).collect()
    }

    #[test]
    fn shared_genres_count_most_then_the_year() {
        let stranger_things = title(1, Some(2016), &["Drama", "Fantasy", "Horror"]);
        let titles = [
            stranger_things.clone(),
            title(2, Some(1950), &["horror", "drama", "fantasy"]),
            title(3, Some(2017), &["Drama", "Horror"]),
            title(4, Some(2015), &["Drama", "Fantasy", "Horror"]),
            title(5, Some(2016), &["Comedy"]),
            title(6, None, &["Drama", "Comedy"]),
            title(7, Some(2016), &[]),
        ];
        assert_eq!(alike(&stranger_things, &titles), ["t-4", "t-2", "t-3", "t-6"]);
    }

    #[test]
    fn a_title_without_genres_is_like_none() {
        let bare = title(1, Some(2016), &[]);
        assert!(alike(&bare, &[bare.clone(), title(2, Some(2016), &[])]).is_empty());
    }

    #[test]
    fn a_score_lies_between_0_and_1() {
        let (a, b) = (title(1, Some(2016), &["Drama"]), title(2, Some(2016), &["drama"]));
        assert!((GenreAndYear.score(&a, &b) - 1.0).abs() < 1e-9);
    }
}
