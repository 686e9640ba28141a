//! Rows of titles for a viewer.

#[cfg(test)]
mod bad_input;
mod catalogue;
mod editorial;
mod everybody;
mod level;
mod mix;
mod pictures;
mod ranked;
mod rows;
mod slot;
mod taste;

use catalogue::Shelf;
use level::Level;
use ranked::Ranked;
use reel_api::availability::{COUNTRY_HEADER, Viewing};
use reel_api::catalogue::hidden;
use reel_api::content::{Title, languages_of};
use reel_api::history::{HistoryEntry, Rated};
use reel_api::recommendation::{Home, Row, Similar};
use reel_api::{CallError, Client, Millis, OnBehalf, Principal, TitleId};
use reel_sdk::http::Function;
use reel_sdk::{Problem, Request, Response, clock, decode};
use std::collections::HashSet;
use taste::Taste;

const CONTENT: Function = Function("content");
const EXPERIMENT: Function = Function("experiment");
const HISTORY: Function = Function("history");
const RANKING: Function = Function("ranking");
/// How long the page waits for the viewer's history, in milliseconds, and for the others.
const PATIENCE_MS: u64 = 1_000;
/// How many titles are told that are like one.
const ALIKE: usize = 12;

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    let principal = request.principal()?;
    match (request.method().as_str(), &request.segments()[..]) {
        ("GET", ["v1", "home"]) => home(&principal, &Viewer::of(&request, &principal)).await,
        ("GET", ["v1", "titles", id_or_slug, "similar"]) => {
            alike(&principal, &decode(id_or_slug), &Viewer::of(&request, &principal)).await
        }
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

/// What is known for a viewer's first page; what could not be had is none, or empty.
struct Known {
    /// Whether it is known what viewers see.
    catalogue: bool,
    /// What the viewer watched, latest first.
    history: Vec<HistoryEntry>,
    /// What the viewer likes.
    taste: Option<Taste>,
    /// What the model says to that.
    ranked: Option<Ranked>,
    /// What is played most in this region.
    popular: Option<Vec<TitleId>>,
    /// What is played most everywhere these days.
    trending: Option<Vec<TitleId>>,
    /// What this viewer may not see.
    hidden: HashSet<TitleId>,
}

/// Who is shown titles, as far as that decides which, and in which language.
struct Viewer {
    viewing: Viewing,
    languages: Vec<String>,
}

impl Viewer {
    fn of(request: &Request, principal: &Principal) -> Self {
        let viewing = Viewing::of(principal, clock::now_ms(), request.header(COUNTRY_HEADER));
        Self { viewing, languages: languages_of(request.header("accept-language").unwrap_or_default()) }
    }

    fn hidden(&self, shelf: &Shelf) -> HashSet<TitleId> {
        hidden(shelf.titles.iter().chain(shelf.episodes.values()), &self.viewing)
    }
}

/// The rows of a viewer's first page. It answers whoever else fails, and says how the rows came about.
async fn home(principal: &Principal, viewer: &Viewer) -> Result<Response, Problem> {
    let now = viewer.viewing.now;
    let shelf = in_time("the catalogue", catalogue::shelf(principal, now)).await;
    let hidden = shelf.as_deref().map(|shelf| viewer.hidden(shelf)).unwrap_or_default();
    let known = known(principal, shelf.as_deref(), hidden, now).await;
    let level = Level::of(&known);
    let mut rows = match &shelf {
        Some(shelf) => rows::rows(shelf, &known),
        None => rows::unseen(),
    };
    if let Some(shelf) = &shelf {
        experiment(&mut rows, shelf, principal, &known).await;
    }
    for card in rows.iter_mut().flat_map(|row| &mut row.items) {
        card.title = card.title.clone().in_language(&viewer.languages);
        card.title.texts.clear();
    }
    let model = known.ranked.map(|ranked| ranked.version);
    Response::json(200, &Home { rows, source: level.name().into(), model })
}

async fn known(principal: &Principal, shelf: Option<&Shelf>, hidden: HashSet<TitleId>, now: Millis) -> Known {
    let history = in_time("what was watched", history(principal)).await;
    let taste = match &history {
        Some(history) => {
            let ratings = in_time("what was rated", ratings(principal)).await.unwrap_or_default();
            Some(Taste::of(&of_series(history, shelf), &ratings))
        }
        None => None,
    };
    let popular = in_time("what is popular", everybody::popular(now)).await;
    let trending = in_time("what is played these days", everybody::trending()).await;
    let reasons = shelf.zip(taste.as_ref()).map(|(shelf, taste)| rows::reasons(shelf, taste)).unwrap_or_default();
    let ranked = match &taste {
        Some(taste) if !reasons.is_empty() => ranked::ask(taste, &reasons).await,
        _ => None,
    };
    let (catalogue, history) = (shelf.is_some(), history.unwrap_or_default());
    Known { catalogue, history, taste, ranked, popular, trending, hidden }
}

/// A history in which episodes count for their series.
fn of_series(history: &[HistoryEntry], shelf: Option<&Shelf>) -> Vec<HistoryEntry> {
    let listed = |id| shelf.map_or(id, |shelf| shelf.listed(id));
    history.iter().map(|entry| HistoryEntry { content_id: listed(entry.content_id), ..entry.clone() }).collect()
}

/// What is answered in time; else none, and why goes to the log.
async fn in_time<T>(what: &str, answer: impl Future<Output = Result<T, CallError>>) -> Option<T> {
    match clock::within(PATIENCE_MS, answer).await {
        Some(Ok(answer)) => return Some(answer),
        Some(Err(error)) => eprintln!("{what} is not known: {error}"),
        None => eprintln!("{what} is not known within {PATIENCE_MS} ms"),
    }
    None
}

/// Tries titles of which little is known, and pictures. While `experiment` is away, the page goes without.
async fn experiment(rows: &mut Vec<Row>, shelf: &Shelf, principal: &Principal, known: &Known) {
    let Some(profile) = principal.profile else { return };
    let taste = known.taste.as_ref();
    let genres = taste.map(|taste| pictures::favourites(shelf, taste)).unwrap_or_default();
    if let Some(taste) = taste {
        let untried = taste.known().union(&known.hidden).copied().collect();
        in_time("which title is tried", slot::explore(rows, shelf, principal, &genres, &untried)).await;
    }
    in_time("by which pictures titles are shown", pictures::hang(rows, profile, &genres)).await;
}

async fn alike(principal: &Principal, id_or_slug: &str, viewer: &Viewer) -> Result<Response, Problem> {
    let shelf = catalogue::shelf(principal, viewer.viewing.now).await?;
    // What is like an episode is like its series.
    let named = shelf.episodes.values().find(|episode| episode.slug == id_or_slug).map(|episode| episode.id);
    let id = id_or_slug.parse().ok().or(named).map(|id| shelf.listed(id));
    let title = shelf.titles.iter().find(|title| Some(title.id) == id || title.slug == id_or_slug);
    let title = title.ok_or_else(|| Problem::not_found(format!("there is no title {id_or_slug:?}")))?;
    let hidden = viewer.hidden(&shelf);
    let alike = most_alike(&shelf, title).into_iter().filter(|title| !hidden.contains(&title.id));
    Response::json(200, &Similar { titles: alike.map(|title| title.in_language(&viewer.languages)).collect() })
}

/// The titles most like one, by what is known of them alone.
fn most_alike(shelf: &Shelf, title: &Title) -> Vec<Title> {
    let alike = shelf.likeness.alike(title.id, ALIKE).into_iter().filter(|alike| alike.score > 0.0);
    alike.filter_map(|alike| shelf.title(alike.id).cloned()).collect()
}

async fn history(principal: &Principal) -> Result<Vec<HistoryEntry>, CallError> {
    Ok(Client::new(OnBehalf::new(HISTORY, principal.clone())).history().await?.entries)
}

async fn ratings(principal: &Principal) -> Result<Vec<Rated>, CallError> {
    Ok(Client::new(OnBehalf::new(HISTORY, principal.clone())).ratings().await?.ratings)
}
