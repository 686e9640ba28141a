//! What was chosen by hand: it can be shown whoever fails.

use crate::catalogue::Shelf;
use reel_api::TitleId;
use reel_api::content::Title;
use serde::Deserialize;

/// The list, part of the program.
const CHOSEN: &str = include_str!("editorial.json");

/// A title that was chosen.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pick {
    slug: String,
    name: String,
    description: String,
    year: u16,
    genres: Vec<String>,
}

/// The chosen titles that viewers see, in the order of the list.
pub(crate) fn seen(shelf: &Shelf) -> Vec<&Title> {
    chosen().iter().filter_map(|pick| shelf.titles.iter().find(|title| title.slug == pick.slug)).collect()
}

/// The chosen titles as the list has them, for when not even the catalogue answers: with nothing to
/// play and no pictures, found again by their slugs.
pub(crate) fn unseen() -> Vec<Title> {
    (1..).zip(chosen()).map(|(place, pick)| pick.title(place)).collect()
}

fn chosen() -> Vec<Pick> {
    // A test reads it, so that it can be read.
    serde_json::from_str(CHOSEN).unwrap_or_default()
}

impl Pick {
    /// The title at a place of the list: its id is no title's, and no other pick's.
    fn title(self, place: u128) -> Title {
        Title {
            description: self.description,
            year: Some(self.year),
            genres: self.genres,
            version: 0,
            ..Title::announced(TitleId::from_bytes(place.to_be_bytes()), self.slug, self.name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::title;

    #[test]
    fn the_list_can_be_read_and_its_slugs_are_ones() {
        let picks: Vec<Pick> = serde_json::from_str(CHOSEN).unwrap();
        assert!(picks.len() >= 5);
        let ids: std::collections::HashSet<_> = unseen().iter().map(|title| title.id).collect();
        assert_eq!(ids.len(), picks.len());
        for pick in picks {
            assert_eq!(reel_api::content::slug_of(&pick.name).as_deref(), Ok(&*pick.slug));
        }
    }

    #[test]
    fn what_viewers_do_not_see_is_not_among_the_seen() {
        let mut known = title(1, None, &[]);
        known.slug = unseen()[1].slug.clone();
        let shelf = Shelf::new(vec![title(2, None, &[]), known]);
        assert_eq!(seen(&shelf).iter().map(|title| &title.slug).collect::<Vec<_>>(), [&unseen()[1].slug]);
    }
}
