//! The place of the first page that tries titles of which little is known.

use crate::EXPERIMENT;
use crate::catalogue::Shelf;
use reel_api::content::TitleStatus;
use reel_api::experiment::{ChoiceFor, Chosen, MAX_CANDIDATES};
use reel_api::recommendation::{Card, Row};
use reel_api::{CallError, Client, Principal, TitleId};
use std::collections::HashSet;

/// What the log calls it.
const SLOT: &str = "discover";
/// In which of these rows it is, the first that is there, and in what place.
const ROWS: [&str; 2] = ["picks", "new"];
const PLACE: usize = 2;

/// Puts one of the newest titles that the viewer does not know into the slot, marked as such. Rows without two of
/// those stay as they are.
pub(crate) async fn explore(
    rows: &mut Vec<Row>,
    shelf: &Shelf,
    principal: &Principal,
    genres: &[String],
    known: &HashSet<TitleId>,
) -> Result<(), CallError> {
    let candidates = candidates(shelf, known);
    let (Some(profile), Some(row)) = (principal.profile, place(rows)) else { return Ok(()) };
    if candidates.len() < 2 {
        return Ok(());
    }
    let asked =
        ChoiceFor { account: principal.account, profile, slot: SLOT.into(), genres: genres.to_vec(), candidates };
    let chosen = Client::new(EXPERIMENT).choice(&asked).await?;
    put(rows, shelf, row, &chosen);
    Ok(())
}

/// The newest titles that play and that the viewer does not know.
fn candidates(shelf: &Shelf, known: &HashSet<TitleId>) -> Vec<TitleId> {
    let plays = shelf.titles.iter().filter(|title| title.status == TitleStatus::Published);
    plays.map(|title| title.id).filter(|id| !known.contains(id)).take(MAX_CANDIDATES).collect()
}

/// The row that has the slot.
fn place(rows: &[Row]) -> Option<usize> {
    ROWS.iter().find_map(|id| rows.iter().position(|row| row.id == *id))
}

/// Puts the chosen title's card into its place, and takes it out of any other.
fn put(rows: &mut Vec<Row>, shelf: &Shelf, row: usize, chosen: &Chosen) {
    let Some(title) = shelf.title(chosen.title_id) else { return };
    let card = Card { decision: Some(chosen.decision), ..crate::rows::card(title) };
    rows.iter_mut().for_each(|row| row.items.retain(|other| other.title.id != title.id));
    let items = &mut rows[row].items;
    items.insert(PLACE.min(items.len()), card);
    rows.retain(|row| !row.items.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::{id, title};
    use reel_api::DecisionId;
    use reel_api::content::Title;

    fn row(name: &str, titles: std::ops::RangeInclusive<u8>) -> Row {
        let cards = titles.map(|n| crate::rows::card(&title(n, None, &[])));
        Row { id: name.into(), name: name.into(), items: cards.collect() }
    }

    fn slugs(row: &Row) -> Vec<&str> {
        row.items.iter().map(|card| card.title.slug.as_str()).collect()
    }

    #[test]
    fn the_newest_that_play_and_are_unknown_are_tried() {
        let announced = Title { status: TitleStatus::Announced, ..title(1, None, &[]) };
        let shelf = Shelf::new([announced].into_iter().chain((2..=60).map(|n| title(n, None, &[]))).collect());
        let candidates = candidates(&shelf, &HashSet::from([id(2)]));
        assert_eq!((candidates.len(), candidates[0]), (MAX_CANDIDATES, id(3)));
    }

    #[test]
    fn the_chosen_title_is_marked_and_stands_there_alone() {
        let shelf = Shelf::new((1..=9).map(|n| title(n, None, &[])).collect());
        let chosen = Chosen { title_id: id(7), decision: DecisionId::new(1, &[1; 10]) };
        let mut rows = vec![row("because:x", 1..=2), row("picks", 3..=6), row("new", 7..=7)];
        let at = place(&rows).unwrap();
        put(&mut rows, &shelf, at, &chosen);
        assert_eq!(rows.len(), 2, "a row that has no title left is gone");
        assert_eq!(slugs(&rows[1]), ["t-3", "t-4", "t-7", "t-5", "t-6"]);
        let marked: Vec<_> = rows[1].items.iter().filter_map(|card| card.decision).collect();
        assert_eq!(marked, [chosen.decision]);
        let mut short = vec![row("new", 7..=8)];
        put(&mut short, &shelf, 0, &chosen);
        assert_eq!(slugs(&short[0]), ["t-8", "t-7"]);
    }
}
