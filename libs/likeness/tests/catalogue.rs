//! Likeness on a real catalogue, where there is one.

mod titles;

use reel_api::TitleId;
use reel_api::content::Title;
use reel_likeness::Likeness;
use std::collections::HashMap;
use titles::bare;

const CATALOGUE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/catalogue/netflix_titles.csv");

fn catalogue() -> Option<Vec<Title>> {
    let Ok(mut rows) = csv::Reader::from_path(CATALOGUE) else {
        println!("skipped: no catalogue at {CATALOGUE}");
        return None;
    };
    Some((0..).zip(rows.byte_records()).map(|(number, row)| title(number, &row.unwrap())).collect())
}

/// From the columns show_id, type, title, director, cast, country, date_added, release_year, rating, duration,
/// listed_in and description.
fn title(number: u64, row: &csv::ByteRecord) -> Title {
    let text = |column: usize| String::from_utf8_lossy(&row[column]).into_owned();
    let list = |column| text(column).split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Title {
        name: text(2),
        description: text(11),
        year: text(7).parse().ok(),
        genres: list(10),
        cast: list(4),
        directors: list(3),
        ..bare(number)
    }
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
