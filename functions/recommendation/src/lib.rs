//! Rows of titles for a viewer.

#[cfg(test)]
mod bad_input;
mod catalogue;
mod pictures;
mod rows;
mod taste;

use catalogue::Shelf;
use reel_api::content::Title;
use reel_api::history::{HistoryEntry, Rated};
use reel_api::recommendation::{Home, Similar};
use reel_api::{CallError, Client, OnBehalf, Principal};
use reel_sdk::http::Function;
use reel_sdk::{Problem, Request, Response, clock, decode};
use taste::Taste;

const CONTENT: Function = Function("content");
const EXPERIMENT: Function = Function("experiment");
const HISTORY: Function = Function("history");
/// How many titles are told that are like one.
const ALIKE: usize = 12;

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    let principal = request.principal()?;
    match (request.method().as_str(), &request.segments()[..]) {
        ("GET", ["v1", "home"]) => home(&principal).await,
        ("GET", ["v1", "titles", id_or_slug, "similar"]) => alike(&principal, &decode(id_or_slug)).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

/// The rows of a viewer's first page. One that cannot be had is left out.
async fn home(principal: &Principal) -> Result<Response, Problem> {
    let now = clock::now_ms();
    let shelf = catalogue::shelf(principal, now).await?;
    let plays = catalogue::plays(now).await.unwrap_or_else(|error| without("popular", &error));
    let history = history(principal).await.unwrap_or_else(|error| without("continue-watching", &error));
    let ratings = ratings(principal).await.unwrap_or_else(|error| without("picks", &error));
    let taste = Taste::of(&history, &ratings);
    let mut rows = rows::rows(&shelf, &history, &taste, &plays);
    if let Some(profile) = principal.profile {
        let hung = pictures::hang(&mut rows, profile, pictures::segment(&shelf, &taste)).await;
        hung.unwrap_or_else(|error| eprintln!("titles are shown by their posters: {error}"));
    }
    let source = if rows::are_personal(&rows) { "personalised" } else { "popular" };
    Response::json(200, &Home { rows, source: source.into() })
}

async fn alike(principal: &Principal, id_or_slug: &str) -> Result<Response, Problem> {
    let shelf = catalogue::shelf(principal, clock::now_ms()).await?;
    let id = id_or_slug.parse().ok();
    let title = shelf.titles.iter().find(|title| Some(title.id) == id || title.slug == id_or_slug);
    let title = title.ok_or_else(|| Problem::not_found(format!("there is no title {id_or_slug:?}")))?;
    Response::json(200, &Similar { titles: most_alike(&shelf, title) })
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

fn without<T>(row: &str, error: &CallError) -> Vec<T> {
    eprintln!("row {row} is left out: {error}");
    Vec::new()
}
