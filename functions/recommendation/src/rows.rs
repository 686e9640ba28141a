//! The rows of a viewer's first page.

use crate::catalogue::Shelf;
use crate::level::Level;
use crate::ranked::Ranked;
use crate::taste::Taste;
use crate::{Known, editorial};
use reel_api::TitleId;
use reel_api::content::{Title, TitleStatus};
use reel_api::recommendation::{Card, Row};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// How many titles the rows of new and of popular ones have, and of what is like one.
const SHORT: usize = 10;
/// How many titles any other row has.
const LONG: usize = 20;
/// How many genres have a row: those of the most titles.
const GENRES: usize = 12;
/// How many titles that were watched have a row of what is like them.
const REASONS: usize = 2;
/// A row of what is like a title, or of what is trending, has so many at least.
const ENOUGH: usize = 4;
/// What counts as begun and not ended, in percent.
const BEGUN: std::ops::Range<u8> = 1..95;
/// What stands above what was chosen by hand.
const EDITORIAL: &str = "Our picks";

/// The rows, top first. A title that is being watched stands in that row and in one other; any other
/// stands in one row.
pub(crate) fn rows(shelf: &Shelf, known: &Known) -> Vec<Row> {
    // What this viewer may not see is as what was shown already.
    let mut shown = known.hidden.clone();
    let mut rows = vec![row("continue-watching", "Continue watching", begun(shelf, known))];
    if let Some(taste) = &known.taste {
        rows.extend(personal(shelf, taste, known.ranked.as_ref(), &mut shown));
    }
    let popular = known.popular.as_deref().unwrap_or_default();
    let trending = known.trending.as_deref().unwrap_or_default();
    rows.push(row("popular", "Top 10", take(on(shelf, popular), &mut shown, SHORT)));
    let fresh = on(shelf, trending).filter(|title| !shown.contains(&title.id)).count();
    if fresh >= ENOUGH || known.popular.is_none() {
        rows.push(row("trending", "Trending now", take(on(shelf, trending), &mut shown, SHORT)));
    }
    if Level::of(known) == Level::Editorial {
        rows.push(row("editorial", EDITORIAL, take(editorial::seen(shelf).into_iter(), &mut shown, LONG)));
    }
    let titles = &shelf.titles[..];
    rows.push(row("new", "New", take(titles.iter().filter(|title| plays_now(title)), &mut shown, SHORT)));
    rows.extend(of_genres(titles, popular, &mut shown));
    rows.push(row("announced", "Coming later", take(titles.iter(), &mut shown, LONG)));
    rows.retain(|row| !row.items.is_empty());
    rows
}

/// The one row that needs nobody.
pub(crate) fn unseen() -> Vec<Row> {
    vec![row("editorial", EDITORIAL, editorial::unseen().iter().map(card).collect())]
}

/// The titles that have a row of what follows from them.
pub(crate) fn reasons(shelf: &Shelf, taste: &Taste) -> Vec<TitleId> {
    taste.reasons().filter(|id| shelf.title(*id).is_some()).take(REASONS).collect()
}

/// The rows that follow from what the viewer watched or rated.
fn personal(shelf: &Shelf, taste: &Taste, ranked: Option<&Ranked>, shown: &mut HashSet<TitleId>) -> Vec<Row> {
    let reasons = reasons(shelf, taste);
    let because = reasons.into_iter().enumerate().filter_map(|(at, reason)| {
        let ranked = ranked.and_then(|ranked| ranked.because.get(at)).map_or(&[][..], Vec::as_slice);
        because(shelf, taste, shelf.title(reason)?, ranked, shown)
    });
    let because: Vec<_> = because.collect();
    let ranked = ranked.map_or(&[][..], |ranked| &ranked.picks);
    let picks = taste.picks(shelf, ranked, LONG + REASONS * SHORT);
    let mut rows = vec![row("picks", "Picked for you", take(picks.into_iter(), shown, LONG))];
    rows.extend(because);
    rows
}

/// What follows from a title that was watched; none when it is too little.
fn because(
    shelf: &Shelf,
    taste: &Taste,
    title: &Title,
    ranked: &[TitleId],
    shown: &mut HashSet<TitleId>,
) -> Option<Row> {
    let like = taste.like(shelf, title.id, ranked, REASONS * SHORT);
    let fresh = like.iter().filter(|title| !shown.contains(&title.id)).count();
    let (id, name) = (format!("because:{}", title.slug), format!("Because you watched {}", title.name));
    (fresh >= ENOUGH).then(|| row(&id, &name, take(like.into_iter(), shown, SHORT)))
}

/// A row for each genre: what plays, what is popular in this region first, then what is new.
fn of_genres(titles: &[Title], popular: &[TitleId], shown: &mut HashSet<TitleId>) -> Vec<Row> {
    let places: HashMap<TitleId, usize> = popular.iter().copied().zip(0..).collect();
    let of_genre = |(genre, mut titles): (&str, Vec<&Title>)| {
        titles.sort_by_key(|title| (!plays_now(title), places.get(&title.id).copied().unwrap_or(usize::MAX)));
        row(&format!("genre:{genre}"), genre, take(titles.into_iter(), shown, LONG))
    };
    genres(titles).into_iter().take(GENRES).map(of_genre).collect()
}

/// The titles that viewers see.
fn on<'a>(shelf: &'a Shelf, titles: &'a [TitleId]) -> impl Iterator<Item = &'a Title> {
    titles.iter().filter_map(|title| shelf.title(shelf.listed(*title)))
}

fn row(id: &str, name: &str, items: Vec<Card>) -> Row {
    Row { id: id.into(), name: name.into(), items }
}

/// Titles whose latest play neither ended nor only began.
fn begun(shelf: &Shelf, known: &Known) -> Vec<Card> {
    let mut seen = known.hidden.clone();
    // Of a series the episode that was watched last stands for all.
    let latest = known.history.iter().filter(|entry| seen.insert(shelf.listed(entry.content_id)));
    let begun = latest.filter(|entry| BEGUN.contains(&entry.progress_pct));
    let cards = begun.filter_map(|entry| {
        let id = entry.content_id;
        let title = shelf.title(id).or_else(|| shelf.episodes.get(&id)).filter(|_| !known.hidden.contains(&id))?;
        Some(Card { progress_pct: Some(entry.progress_pct), ..card(title) })
    });
    cards.take(LONG).collect()
}

fn take<'a>(titles: impl Iterator<Item = &'a Title>, shown: &mut HashSet<TitleId>, most: usize) -> Vec<Card> {
    let fresh = titles.filter(|title| shown.insert(title.id)).take(most);
    fresh.map(card).collect()
}

/// Who made a title and plays in it stands on its own page.
pub(crate) fn card(title: &Title) -> Card {
    Card {
        title: Title { cast: Vec::new(), directors: Vec::new(), ..title.clone() },
        progress_pct: None,
        picture: None,
        decision: None,
    }
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
    use reel_api::history::{HistoryEntry, Rated, Rating};

    pub(crate) fn id(n: u8) -> TitleId {
        TitleId::new(u64::from(n), &[n; 10])
    }

    pub(crate) fn title(n: u8, year: Option<u16>, genres: &[&str]) -> Title {
        Title {
            year,
            genres: genres.iter().map(|genre| (*genre).into()).collect(),
            status: TitleStatus::Published,
            duration_ms: Some(1),
            ..Title::announced(id(n), format!("t-{n}"), format!("T {n}"))
        }
    }

    pub(crate) fn rated(n: u8, rating: Rating) -> Rated {
        Rated { content_id: id(n), rating, rated_at: String::new() }
    }

    fn known(history: &[HistoryEntry], popular: &[u8]) -> Known {
        Known {
            catalogue: true,
            history: history.to_vec(),
            taste: Some(Taste::of(history, &[])),
            ranked: None,
            popular: Some(popular.iter().map(|n| id(*n)).collect()),
            trending: None,
            hidden: HashSet::new(),
        }
    }

    /// The rows of a viewer who rated nothing.
    fn rows(titles: &[Title], history: &[HistoryEntry], popular: &[u8]) -> Vec<Row> {
        super::rows(&Shelf::new(titles.to_vec()), &known(history, popular))
    }

    pub(crate) fn watched(n: u8, progress_pct: u8) -> HistoryEntry {
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
        let rows = rows(&titles, &[watched(1, 10)], &[30]);
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
    fn what_was_watched_leads_to_rows_of_its_like() {
        let genres = |n: u8| if n <= 60 { ["Drama", "Crime"] } else { ["Comedy", "Romance"] };
        let titles: Vec<_> = (1..=120).map(|n| title(n, Some(2000), &genres(n))).collect();
        let rows = rows(&titles, &[watched(1, 100), watched(70, 5)], &[]);
        let because = rows.iter().find(|row| row.id == "because:t-1").unwrap();
        assert_eq!((rows[1].id.as_str(), because.name.as_str()), ("picks", "Because you watched T 1"));
        let (picks, because) = (&rows[1].items, &because.items);
        assert!(picks.iter().chain(because).all(|card| card.title.genres == ["Drama", "Crime"]));
        assert!(picks.len() == LONG && because.len() == SHORT);
        assert!(super::tests::rows(&titles, &[watched(1, 5)], &[]).iter().all(|row| row.id != "picks"));
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

    #[test]
    fn the_model_s_choice_is_in_the_rows_and_nothing_twice() {
        let genres = |n: u8| if n <= 60 { ["Drama", "Crime"] } else { ["Comedy", "Romance"] };
        let titles: Vec<_> = (1..=120).map(|n| title(n, Some(2000), &genres(n))).collect();
        let ranked = Ranked { version: "1".into(), picks: vec![id(100), id(99)], because: vec![vec![id(98)]] };
        let trending = Some([98, 97, 95, 94, 93, 92].map(id).to_vec());
        let known = Known { ranked: Some(ranked), trending, ..known(&[watched(1, 90)], &[97, 96]) };
        let rows = super::rows(&Shelf::new(titles), &known);
        let of = |row: &str| rows.iter().find(|found| found.id == row).map(|row| &row.items).unwrap();
        let has = |row: &str, n: u8| of(row).iter().any(|card| card.title.id == id(n));
        assert!(has("picks", 100) && has("picks", 99) && has("because:t-1", 98));
        assert_eq!((of("trending")[0].title.id, of("popular")[0].title.id), (id(95), id(97)));
        let mut seen = HashSet::new();
        assert!(rows[1..].iter().flat_map(|row| &row.items).all(|card| seen.insert(card.title.id)));
    }

    #[test]
    fn a_genre_shows_what_is_popular_first() {
        let titles: Vec<_> = (1..=40).map(|n| title(n, None, &["Drama"])).collect();
        let popular: Vec<u8> = (20..=31).collect();
        let rows = rows(&titles, &[], &popular);
        assert_eq!(ids(&rows)[0].0, "popular");
        assert_eq!(ids(&rows)[2].1[..3], ["t-30", "t-31", "t-11"]);
    }

    #[test]
    fn a_series_stands_there_and_the_episode_that_was_begun() {
        use reel_api::content::{EpisodeOf, TitleKind};
        let series = Title { kind: TitleKind::Series, ..title(1, None, &[]) };
        let episode = |n: u8| {
            let place = EpisodeOf { id: id(1), season: 1, number: n.into() };
            (id(n), Title { kind: TitleKind::Episode, series: Some(place), ..title(n, None, &[]) })
        };
        let shelf =
            Shelf::new(vec![series, title(2, None, &[])]).with_episodes(HashMap::from([episode(11), episode(12)]));
        let history = [watched(12, 30), watched(11, 40), watched(2, 100)];
        let of = |known: &Known| {
            ids(&super::rows(&shelf, known)).into_iter().map(|(id, t)| (id.to_owned(), t.join(" "))).collect::<Vec<_>>()
        };
        let taste = || Some(Taste::of(&crate::of_series(&history, Some(&shelf)), &[]));
        let rows = of(&Known { taste: taste(), ..known(&history, &[12, 11, 2]) });
        assert_eq!(rows[0], ("continue-watching".into(), "t-12".into()));
        assert_eq!(rows[1], ("popular".into(), "t-1 t-2".into()));
        let hidden = HashSet::from([id(1), id(11), id(12)]);
        assert_eq!(
            of(&Known { hidden, taste: taste(), ..known(&history, &[12, 2]) }),
            [("popular".into(), "t-2".into())]
        );
    }

    #[test]
    fn what_was_chosen_by_hand_is_shown_when_nothing_else_is_known() {
        let chosen = Title { slug: editorial::unseen()[0].slug.clone(), ..title(3, None, &[]) };
        let titles = [title(1, None, &[]), title(2, None, &[]), chosen];
        let nobody = Known { history: Vec::new(), taste: None, popular: None, ..known(&[], &[]) };
        let rows = super::rows(&Shelf::new(titles.to_vec()), &nobody);
        assert_eq!(ids(&rows)[0], ("editorial", vec!["big-buck-bunny"]));
        assert_eq!(unseen()[0].items.len(), editorial::unseen().len());
    }
}
