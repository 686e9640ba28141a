//! Titles from a table in CSV (RFC 4180).

use anyhow::{Context, ensure};
use csv::StringRecord;
use reel_api::TitleId;
use reel_api::content::{MAX_CAST, MAX_DIRECTORS, MAX_GENRES, NewTitle, slug_of};
use sha2::{Digest, Sha256};
use std::io::Read;

/// The names that a column may have, in lower case.
const TITLE: &[&str] = &["title", "name"];
const YEAR: &[&str] = &["year", "release_year"];
const GENRES: &[&str] = &["genres", "genre", "listed_in"];
const CAST: &[&str] = &["cast", "actors"];
const DIRECTORS: &[&str] = &["directors", "director"];
const DESCRIPTION: &[&str] = &["description", "overview"];
/// When the ids of announced titles were made, as far as they tell: all at once.
const MADE_AT: u64 = 0;

/// The titles of a table, in its order, each with an id that is the same whenever the table is read.
///
/// # Errors
/// That there is no column of titles, or the line that is no row.
pub(super) fn titles(table: impl Read) -> anyhow::Result<Vec<NewTitle>> {
    let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(table);
    let header = table.headers()?.clone();
    let column = |names: &[&str]| header.iter().position(|name| names.contains(&&*plain(name)));
    let title = column(TITLE).context("its header has no column `title`")?;
    let (year, description) = (column(YEAR), column(DESCRIPTION));
    let (genres, cast, directors) = (column(GENRES), column(CAST), column(DIRECTORS));
    let mut titles = Vec::new();
    for row in table.records() {
        let row = row?;
        let field = |column: Option<usize>| column.and_then(|at| row.get(at)).unwrap_or_default().trim();
        let name = field(Some(title)).split_whitespace().collect::<Vec<_>>().join(" ");
        ensure!(!name.is_empty(), "line {} has no title", line(&row));
        let year: Option<u16> = field(year).parse().ok();
        titles.push(NewTitle {
            id: Some(id(&name, year, field(description))),
            slug: slug_of(&name).is_err().then(|| other_slug(&name)),
            name,
            description: field(description).into(),
            year,
            genres: names(field(genres), MAX_GENRES),
            cast: names(field(cast), MAX_CAST),
            directors: names(field(directors), MAX_DIRECTORS),
            announced: true,
            ..NewTitle::default()
        });
    }
    Ok(titles)
}

/// A header's name, without the mark that some programs write before the first.
fn plain(name: &str) -> String {
    name.trim_start_matches('\u{feff}').trim().to_lowercase()
}

fn line(row: &StringRecord) -> u64 {
    row.position().map_or(0, csv::Position::line)
}

fn names(field: &str, most: usize) -> Vec<String> {
    field.split(',').map(str::trim).filter(|name| !name.is_empty()).take(most).map(Into::into).collect()
}

fn id(name: &str, year: Option<u16>, description: &str) -> TitleId {
    let digest = Sha256::digest(format!("{name}\n{year:?}\n{description}"));
    let mut random = [0; 10];
    random.copy_from_slice(&digest[..10]);
    TitleId::new(MADE_AT, &random)
}

/// For a name without a Latin letter.
fn other_slug(name: &str) -> String {
    format!("title-{}", hex::encode(&Sha256::digest(name)[..6]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_by_the_names_of_its_columns() {
        let table = "\u{feff}Title,Release_Year,listed_in,cast,director,other\n\
            \"Dark\",2017,\"TV Dramas, TV Mysteries\",\"Louis Hofmann, Oliver Masucci\",,x\n\
            \"Crème, \"\"brûlée\"\"\",soon,,\n";
        let titles = titles(table.as_bytes()).unwrap();
        assert_eq!((titles[0].name.as_str(), titles[0].year), ("Dark", Some(2017)));
        assert_eq!((titles[0].genres.len(), titles[0].cast.len(), titles[0].directors.len()), (2, 2, 0));
        assert_eq!((titles[1].name.as_str(), titles[1].year), ("Crème, \"brûlée\"", None));
        assert!(titles.iter().all(|title| title.announced && title.slug.is_none()));
    }

    #[test]
    fn the_same_row_is_the_same_title_and_has_a_slug() {
        let table = "name\nDark\nDARK\n\u{7535}\u{5f71}\n";
        let (first, second) = (titles(table.as_bytes()).unwrap(), titles(table.as_bytes()).unwrap());
        assert!(first.iter().zip(&second).all(|(a, b)| a.id == b.id));
        assert_ne!(first[0].id, first[1].id);
        assert!(first[2].slug.as_ref().is_some_and(|slug| slug.starts_with("title-")));
    }

    #[test]
    fn what_is_no_table_of_titles_is_refused() {
        for (table, why) in [("a,b\n1,2\n", "no column `title`"), ("title,year\n,2017\n", "line 2 has no title")] {
            assert!(titles(table.as_bytes()).unwrap_err().to_string().contains(why), "{table}");
        }
    }
}
