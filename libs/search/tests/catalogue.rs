//! Search on a real catalogue, where there is one.

use reel_api::TitleId;
use reel_search::{Document, Index, Query};
use serde_json::{Map, Value};

const CATALOGUE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/catalogue/netflix_titles.csv");
/// A title has to be among so many.
const TOP: usize = 3;

fn catalogue() -> Option<Vec<Document>> {
    let Ok(file) = std::fs::File::open(CATALOGUE) else {
        println!("skipped: no catalogue at {CATALOGUE}");
        return None;
    };
    let rows = reel_import::Table::open(file).unwrap().read();
    Some((0..).zip(rows).map(|(number, row)| document(number, &row.unwrap().unwrap().fields)).collect())
}

fn document(number: u64, row: &Map<String, Value>) -> Document {
    let text = |column: &str| row.get(column).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |column: &str| {
        let names = row.get(column).and_then(Value::as_array).into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    Document {
        id: TitleId::new(number, &[0; 10]),
        name: text("name"),
        other_names: vec![],
        description: text("description"),
        year: row.get("year").and_then(Value::as_u64).and_then(|year| year.try_into().ok()),
        genres: list("genres"),
        cast: list("cast"),
        directors: list("directors"),
        kind: Some(text("kind")),
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
