//! Search on a real catalogue, where there is one.

use reel_api::TitleId;
use reel_search::{Document, Index, Query};

const CATALOGUE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/catalogue/netflix_titles.csv");
/// A title has to be among so many.
const TOP: usize = 3;

fn catalogue() -> Option<Vec<Document>> {
    let Ok(mut rows) = csv::Reader::from_path(CATALOGUE) else {
        println!("skipped: no catalogue at {CATALOGUE}");
        return None;
    };
    Some((0..).zip(rows.byte_records()).map(|(number, row)| document(number, &row.unwrap())).collect())
}

/// From the columns show_id, type, title, director, cast, country, date_added, release_year, rating, duration,
/// listed_in and description.
fn document(number: u64, row: &csv::ByteRecord) -> Document {
    let text = |column: usize| String::from_utf8_lossy(&row[column]).into_owned();
    let list = |column| text(column).split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Document {
        id: TitleId::new(number, &[0; 10]),
        name: text(2),
        description: text(11),
        year: text(7).parse().ok(),
        genres: list(10),
        cast: list(4),
        directors: list(3),
        kind: Some(text(1)),
        playable: true,
    }
}

/// The share of titles, every 7th of all, that are in the top 3 for what is made of their names; one
/// of the same name, but for case, space and signs, will do.
fn share(documents: &[Document], index: &Index, typed: impl Fn(usize, &[char]) -> Option<String>) -> f64 {
    let plain = |name: &str| -> String { name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect() };
    let (mut asked, mut found) = (0, 0);
    for (at, document) in documents.iter().enumerate().step_by(7) {
        let letters: Vec<char> = document.name.chars().collect();
        let Some(text) = typed(at, &letters) else { continue };
        let hits = index.search(&Query { text: &text, limit: TOP, ..Query::default() }).unwrap().hits;
        let name = |id: TitleId| plain(&documents[id.made_at() as usize].name);
        asked += 1;
        found += usize::from(hits.iter().any(|hit| name(hit.id) == plain(&document.name)));
    }
    found as f64 / f64::from(asked)
}

/// A name with a typo, of the kind and at the letter that a number picks.
fn mistyped(at: usize, name: &[char]) -> Option<String> {
    let places: Vec<usize> = (0..name.len()).filter(|place| name[*place].is_alphanumeric()).collect();
    let place = *places.get(at * 31 % places.len().max(4))?;
    let mut text = name.to_vec();
    let letter = char::from(b'a' + (at * 17 % 26) as u8);
    match at % 4 {
        0 => text[place] = letter,
        1 => drop(text.remove(place)),
        2 => text.insert(place, letter),
        _ if place + 1 < text.len() => text.swap(place, place + 1),
        _ => return None,
    }
    Some(text.into_iter().collect())
}

#[test]
fn titles_are_found_as_they_are_and_with_a_typo() {
    let Some(documents) = catalogue() else { return };
    let index = Index::build(documents.iter().cloned()).unwrap();
    let whole = share(&documents, &index, |_, name| Some(name.iter().collect()));
    assert!(whole >= 0.999, "whole titles: {whole}");
    let typo = share(&documents, &index, mistyped);
    assert!(typo >= 0.97, "titles with a typo: {typo}");
}
