//! By which pictures titles are shown, where they are tested.

use crate::EXPERIMENT;
use crate::catalogue::Shelf;
use crate::taste::Taste;
use reel_api::experiment::PicturesFor;
use reel_api::recommendation::Row;
use reel_api::{CallError, Client, ProfileId, TitleId};
use std::collections::{BTreeSet, HashMap};

/// How many of the titles that were liked tell a taste.
const TELLING: usize = 20;
/// Each title further back counts so much of the one after it.
const FADES: f32 = 0.9;
/// How many genres name a taste.
const GENRES: usize = 2;

/// Gives each card the picture that the viewer is shown its title by. A card that has none shows its poster.
/// Tastes are told apart by the genres liked most: `History + Period Drama`.
pub(crate) async fn hang(rows: &mut [Row], profile: ProfileId, genres: &[String]) -> Result<(), CallError> {
    let cards = || rows.iter().flat_map(|row| &row.items);
    let titles: BTreeSet<TitleId> = cards().map(|card| card.title.id).collect();
    let taste = (!genres.is_empty()).then(|| genres.join(" + "));
    let asked = PicturesFor { profile, taste, titles: titles.into_iter().collect() };
    let hung = Client::new(EXPERIMENT).pictures(&asked).await?.pictures;
    let hung: HashMap<_, _> = hung.into_iter().map(|hung| (hung.title_id, hung.picture)).collect();
    for card in rows.iter_mut().flat_map(|row| &mut row.items) {
        card.picture = hung.get(&card.title.id).cloned();
    }
    Ok(())
}

/// The genres that a viewer likes most, in the order of their names; none when nothing is known of the viewer.
pub(crate) fn favourites(shelf: &Shelf, taste: &Taste) -> Vec<String> {
    let mut liked: HashMap<&str, f32> = HashMap::new();
    let mut weight = 1.0;
    for title in taste.reasons().filter_map(|id| shelf.title(id)).take(TELLING) {
        title.genres.iter().for_each(|genre| *liked.entry(genre).or_default() += weight);
        weight *= FADES;
    }
    let mut genres: Vec<_> = liked.into_iter().collect();
    genres.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    let mut names: Vec<_> = genres.into_iter().take(GENRES).map(|(genre, _)| genre.to_owned()).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::{rated, title, watched};
    use reel_api::history::Rating;

    #[test]
    fn a_taste_is_named_by_what_was_liked_most() {
        let genres: [&[&str]; 4] = [&["Comedy"], &["Period Drama", "History"], &["History"], &[]];
        let shelf = Shelf::new((1_u8..).zip(genres).map(|(n, genres)| title(n, None, genres)).collect());
        let named = |history: &[_], ratings: &[_]| favourites(&shelf, &Taste::of(history, ratings)).join(" + ");
        assert_eq!(named(&[], &[]), "");
        assert_eq!(named(&[watched(4, 100)], &[]), "");
        assert_eq!(named(&[watched(1, 90), watched(2, 5)], &[]), "Comedy");
        let all = [watched(1, 90), watched(2, 90), watched(3, 90)];
        assert_eq!(named(&all, &[]), "Comedy + History");
        assert_eq!(named(&all, &[rated(1, Rating::Dislike)]), "History + Period Drama");
        assert_eq!(named(&[], &[rated(2, Rating::Like)]), named(&all, &[rated(1, Rating::Dislike)]));
    }
}
