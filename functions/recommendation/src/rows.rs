//! The rows of a viewer's first page.

use reel_api::TitleId;
use reel_api::content::{Title, TitleStatus};
use reel_api::history::{HistoryEntry, Plays};
use reel_api::recommendation::{Card, Row};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// How many titles the rows of new and of popular ones have.
const SHORT: usize = 10;
/// How many titles any other row has.
const LONG: usize = 20;
/// How many genres have a row: those of the most titles.
const GENRES: usize = 12;
/// What counts as begun and not ended, in percent.
const BEGUN: std::ops::Range<u8> = 1..95;

/// The rows, top first. Titles come newest first, history latest first. A title that is
/// being watched stands in that row and in one other; any other stands in one row.
pub(crate) fn rows(titles: &[Title], history: &[HistoryEntry], plays: &[Plays]) -> Vec<Row> {
    let by_id: HashMap<TitleId, &Title> = titles.iter().map(|title| (title.id, title)).collect();
    let mut shown = HashSet::new();
    let mut rows = vec![row("continue-watching", "Continue watching", begun(&by_id, history))];
    let popular = plays.iter().filter(|title| title.plays > 0).filter_map(|title| by_id.get(&title.title_id).copied());
    rows.push(row("popular", "Popular", take(popular, &mut shown, SHORT)));
    rows.push(row("new", "New", take(titles.iter().filter(|title| plays_now(title)), &mut shown, SHORT)));
    for (genre, titles) in genres(titles).into_iter().take(GENRES) {
        let (now, later): (Vec<_>, Vec<_>) = titles.into_iter().partition(|title| plays_now(title));
        let titles = take(now.into_iter().chain(later), &mut shown, LONG);
        rows.push(row(&format!("genre:{genre}"), genre, titles));
    }
    rows.push(row("announced", "Coming later", take(titles.iter(), &mut shown, LONG)));
    rows.retain(|row| !row.items.is_empty());
    rows
}

fn row(id: &str, name: &str, items: Vec<Card>) -> Row {
    Row { id: id.into(), name: name.into(), items }
}

/// Titles whose latest play neither ended nor only began.
fn begun(by_id: &HashMap<TitleId, &Title>, history: &[HistoryEntry]) -> Vec<Card> {
    let mut seen = HashSet::new();
    let latest = history.iter().filter(|entry| seen.insert(entry.content_id));
    let begun = latest.filter(|entry| BEGUN.contains(&entry.progress_pct));
    let cards = begun.filter_map(|entry| {
        let title = by_id.get(&entry.content_id)?;
        Some(Card { progress_pct: Some(entry.progress_pct), ..card(title) })
    });
    cards.take(LONG).collect()
}

fn take<'a>(titles: impl Iterator<Item = &'a Title>, shown: &mut HashSet<TitleId>, most: usize) -> Vec<Card> {
    let fresh = titles.filter(|title| shown.insert(title.id)).take(most);
    fresh.map(card).collect()
}

/// Who made a title and plays in it stands on its own page.
fn card(title: &Title) -> Card {
    Card { title: Title { cast: Vec::new(), directors: Vec::new(), ..title.clone() }, progress_pct: None }
}

fn plays_now(title: &Title) -> bool {
    title.status == TitleStatus::Published
}

/// The titles of each genre, the genre with most titles first. Its case does not matter.
fn genres(titles: &[Title]) -> Vec<(&str, Vec<&Title>)> {
    let mut genres: HashMap<String, (&str, Vec<&Title>)> = HashMap::new();
    for title in titles {
        for genre in &title.genres {
            genres.entry(genre.to_lowercase()).or_insert((genre, Vec::new())).1.push(title);
        }
    }
    let mut genres: Vec<_> = genres.into_values().collect();
    genres.sort_by_key(|(name, titles)| (Reverse(titles.len()), name.to_lowercase()));
    genres
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn id(n: u8) -> TitleId {
        TitleId::new(u64::from(n), &[n; 10])
    }

    pub(crate) fn title(n: u8, year: Option<u16>, genres: &[&str]) -> Title {
        Title {
            id: id(n),
            slug: format!("t-{n}"),
            name: format!("T {n}"),
            description: String::new(),
            year,
            genres: genres.iter().map(|genre| (*genre).into()).collect(),
            cast: Vec::new(),
            directors: Vec::new(),
            credit: None,
            status: TitleStatus::Published,
            failure: None,
            duration_ms: Some(1),
            revision: None,
            artwork: None,
            created_at: String::new(),
            published_at: None,
            version: 1,
        }
    }

    fn watched(n: u8, progress_pct: u8) -> HistoryEntry {
        HistoryEntry { content_id: id(n), watched_at: String::new(), progress_pct, device: "web".into() }
    }

    fn ids(rows: &[Row]) -> Vec<(&str, Vec<&str>)> {
        rows.iter()
            .map(|row| (row.id.as_str(), row.items.iter().map(|card| card.title.slug.as_str()).collect()))
            .collect()
    }

    #[test]
    fn a_title_stands_in_one_row_beside_what_is_being_watched() {
        let titles: Vec<_> =
            (1..=30).map(|n| title(n, None, if n % 2 == 0 { &["Drama"] } else { &["drama", "Comedy"] })).collect();
        let rows = rows(
            &titles,
            &[watched(1, 40)],
            &[Plays { title_id: id(30), plays: 9 }, Plays { title_id: id(29), plays: 0 }],
        );
        let names: Vec<_> = rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(names, ["continue-watching", "popular", "new", "genre:drama"]);
        let mut seen = HashSet::new();
        assert!(rows[1..].iter().flat_map(|row| &row.items).all(|card| seen.insert(card.title.id)));
        assert_eq!(ids(&rows)[1].1, ["t-30"]);
        assert_eq!((rows[2].items.len(), rows[3].items.len()), (SHORT, 19));
    }

    #[test]
    fn only_a_begun_title_is_continued_and_its_latest_play_tells() {
        let titles: Vec<_> = (1..=5).map(|n| title(n, None, &[])).collect();
        let history = [watched(3, 95), watched(2, 10), watched(3, 40), watched(2, 80), watched(4, 0), watched(9, 50)];
        let rows = rows(&titles, &history, &[]);
        assert_eq!(ids(&rows)[0], ("continue-watching", vec!["t-2"]));
        assert_eq!(rows[0].items[0].progress_pct, Some(10));
    }

    #[test]
    fn what_is_announced_comes_after_what_plays_and_is_not_new() {
        let announced = |title| Title { status: TitleStatus::Announced, cast: vec!["A".into()], ..title };
        let titles = [
            announced(title(1, None, &["Drama"])),
            title(2, None, &[]),
            announced(title(3, None, &[])),
            announced(title(4, None, &["Drama"])),
        ];
        let mut titles = titles.to_vec();
        titles.extend((5..=15).map(|n| title(n, None, &["Drama"])));
        let rows = rows(&titles, &[], &[]);
        let last = |at: usize| ids(&rows)[at].1.last().copied().unwrap_or_default();
        assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["new", "genre:Drama", "announced"]);
        assert_eq!(ids(&rows)[1].1, ["t-14", "t-15", "t-1", "t-4"]);
        assert_eq!((last(0), last(2)), ("t-13", "t-3"));
        assert!(rows[1].items.iter().all(|card| card.title.cast.is_empty()));
    }

    #[test]
    fn an_empty_row_is_left_out() {
        assert!(rows(&[], &[watched(1, 50)], &[]).is_empty());
        assert_eq!(ids(&rows(&[title(1, None, &["Drama"])], &[], &[])), [("new", vec!["t-1"])]);
    }
}
