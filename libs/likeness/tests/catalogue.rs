//! Likeness on a real catalogue, where there is one.

mod titles;

use reel_api::TitleId;
use reel_api::content::{NewTitle, Title};
use reel_import::Row;
use reel_likeness::Likeness;
use std::collections::HashMap;
use titles::bare;

const CATALOGUE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/catalogue/netflix_titles.csv");

fn catalogue() -> Option<Vec<Title>> {
    let Ok(file) = std::fs::File::open(CATALOGUE) else {
        println!("skipped: no catalogue at {CATALOGUE}");
        return None;
    };
    let rows = reel_import::Table::open(file).unwrap().read();
    Some((0..).zip(rows).map(|(number, row)| title(number, row.unwrap().unwrap())).collect())
}

fn title(number: u64, row: Row) -> Title {
    let NewTitle { name, description, year, genres, cast, directors, .. } = row.new_title().unwrap();
    Title { name, description, year, genres, cast, directors, ..bare(number) }
}

#[test]
fn titles_lead_to_those_a_viewer_would_call_alike() {
    let Some(titles) = catalogue() else { return };
    let likeness = Likeness::build(&titles);
    let ids: HashMap<&str, TitleId> = titles.iter().map(|title| (title.name.as_str(), title.id)).collect();
    for (from, to) in [
        ("Stranger Things", "Dark"),
        ("Dark", "Stranger Things"),
        ("Narcos", "El Chapo"),
        ("Chef's Table", "The Mind of a Chef"),
        ("The Haunting of Hill House", "The Haunting of Bly Manor"),
    ] {
        let alike = likeness.alike(ids[from], 10);
        assert!(alike.iter().any(|alike| alike.id == ids[to]), "{from} leads to {to}");
    }
}
