//! Rows of titles for a viewer.

#[cfg(test)]
mod bad_input;
mod catalogue;
mod rows;
mod similar;

use reel_api::history::History;
use reel_api::recommendation::{Home, Similar};
use reel_api::{CallError, Client, OnBehalf, Principal};
use reel_sdk::http::Function;
use reel_sdk::{Problem, Request, Response, clock, decode};
use similar::{GenreAndYear, most_alike};

const CONTENT: Function = Function("content");
const HISTORY: Function = Function("history");

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
    let titles = catalogue::titles(principal, now).await?;
    let plays = catalogue::plays(now).await.unwrap_or_else(|error| without("popular", &error));
    let history = history(principal).await.map(|history| history.entries);
    let history = history.unwrap_or_else(|error| without("continue-watching", &error));
    Response::json(200, &Home { rows: rows::rows(&titles, &history, &plays), source: "popular".into() })
}

async fn alike(principal: &Principal, id_or_slug: &str) -> Result<Response, Problem> {
    let titles = catalogue::titles(principal, clock::now_ms()).await?;
    let id = id_or_slug.parse().ok();
    let title = titles.iter().find(|title| Some(title.id) == id || title.slug == id_or_slug);
    let title =
        title.ok_or_else(|| Problem::not_found(format!("there is no title {id_or_slug:?} that can be played")))?;
    Response::json(200, &Similar { titles: most_alike(&GenreAndYear, title, &titles) })
}

async fn history(principal: &Principal) -> Result<History, CallError> {
    Client::new(OnBehalf::new(HISTORY, principal.clone())).history().await
}

fn without<T>(row: &str, error: &CallError) -> Vec<T> {
    eprintln!("row {row} is left out: {error}");
    Vec::new()
}
