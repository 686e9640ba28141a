//! How near two titles stand that viewers would call alike, by their attributes alone, where there is a table of real
//! titles.

use reel_api::TitleId;
use reel_api::content::{NewTitle, Title};
use reel_import::{Fault, Row, Table, TableError};
use reel_likeness::Likeness;
use serde::Serialize;
use std::path::PathBuf;

/// `REEL_CATALOGUE` names another table of the same columns.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/catalogue/netflix_titles.csv");
/// From one title to the other; the first pair is the source document's.
const PAIRS: [(&str, &str); 5] = [
    ("Stranger Things", "Dark"),
    ("Dark", "Stranger Things"),
    ("Narcos", "El Chapo"),
    ("Chef's Table", "The Mind of a Chef"),
    ("The Haunting of Hill House", "The Haunting of Bly Manor"),
];

/// Where a title stands among those like another.
#[derive(Serialize)]
pub(crate) struct Place {
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    /// From 1; none when it is not like it at all.
    pub(crate) place: Option<usize>,
    /// How many titles there are.
    pub(crate) of: usize,
}

/// The place of each pair; none without a table.
pub(crate) fn places() -> Result<Option<Vec<Place>>, String> {
    let table = std::env::var_os("REEL_CATALOGUE").map_or_else(|| PathBuf::from(TABLE), PathBuf::from);
    if !table.is_file() {
        eprintln!("there is no table of real titles at {}: likeness is left out", table.display());
        return Ok(None);
    }
    let named = |why: String| format!("{}: {why}", table.display());
    let file = std::fs::File::open(&table).map_err(|why| named(why.to_string()))?;
    let rows = Table::open(file).map_err(|why| named(why.to_string()))?.read();
    let titles: Result<Vec<Title>, String> = (0..).zip(rows).map(|(number, row)| title(number, row)).collect();
    let titles = titles.map_err(named)?;
    let likeness = Likeness::build(&titles);
    Ok(Some(PAIRS.iter().map(|(from, to)| place(&titles, &likeness, from, to)).collect()))
}

fn place(titles: &[Title], likeness: &Likeness, from: &'static str, to: &'static str) -> Place {
    let id = |name: &str| titles.iter().find(|title| title.name == name).map(|title| title.id);
    let alike = id(from).map(|from| likeness.alike(from, titles.len())).unwrap_or_default();
    let place = id(to).and_then(|to| alike.iter().position(|alike| alike.id == to));
    Place { from, to, place: place.map(|place| place + 1), of: titles.len() }
}

fn title(number: u64, row: Result<Result<Row, Vec<Fault>>, TableError>) -> Result<Title, String> {
    let row = row.map_err(|why| why.to_string())?.map_err(|faults| format!("row {number}: {faults:?}"))?;
    let NewTitle { name, description, year, genres, cast, directors, .. } =
        row.new_title().map_err(|why| why.to_string())?;
    let announced = Title::announced(TitleId::new(number, &[0; 10]), "", name);
    Ok(Title { description, year, genres, cast, directors, ..announced })
}
