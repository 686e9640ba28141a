//! Likeness on a real catalogue, where there is one.

use reel_api::TitleId;
use reel_api::content::{Title, TitleStatus};
use reel_likeness::Likeness;
use std::collections::HashMap;

const CATALOGUE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/catalogue/netflix_titles.csv");

fn catalogue() -> Option<Vec<Title>> {
    let Ok(mut rows) = csv::Reader::from_path(CATALOGUE) else {
        println!("skipped: no catalogue at {CATALOGUE}");
        return None;
    };
    let rows = rows.byte_records().map(|row| title(&row.unwrap()));
    Some((0..).zip(rows).map(|(number, title)| Title { id: TitleId::new(number, &[0; 10]), ..title }).collect())
}

/// From the columns show_id, type, title, director, cast, country, date_added, release_year, rating, duration,
/// listed_in and description.
fn title(row: &csv::ByteRecord) -> Title {
    let text = |column: usize| String::from_utf8_lossy(&row[column]).into_owned();
    let list = |column| text(column).split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Title {
        id: TitleId::new(0, &[0; 10]),
        slug: String::new(),
        name: text(2),
        description: text(11),
        year: text(7).parse().ok(),
        genres: list(10),
        cast: list(4),
        directors: list(3),
        credit: None,
        status: TitleStatus::Published,
        failure: None,
        duration_ms: None,
        revision: None,
        artwork: None,
        created_at: String::new(),
        published_at: None,
        version: 1,
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
