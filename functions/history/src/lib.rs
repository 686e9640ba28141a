//! What a profile watched, and where it stopped.

#[cfg(test)]
mod bad_input;
mod consume;
mod entry;
mod fresh;
mod gone;
mod part;
mod position;
mod rating;
mod registry;
mod store;
mod trending;
mod viewer;
mod watched;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::history::{History, NewRating, Popular, Ratings, SHARDS, Trending, Viewers};
use reel_api::media_type::expect_json;
use reel_api::{AccountId, TitleId};
use reel_sdk::{Problem, Request, Response, clock};
use viewer::Viewer;

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    if request.is_events() {
        return reel_sdk::events::consume(&request, consume::record).await;
    }
    match (request.method().as_str(), &request.segments()[..]) {
        ("GET", ["v1", "history"]) => list(&request).await,
        ("DELETE", ["v1", "history"]) => forget_all(&request).await,
        ("GET", ["v1", "history", "export"]) => export(&request).await,
        ("GET", ["v1", "history", title]) => show(&request, title).await,
        ("DELETE", ["v1", "history", title]) => forget(&request, title).await,
        ("GET", ["v1", "ratings"]) => ratings(&request).await,
        ("PUT", ["v1", "ratings", title]) => rate(&request, title).await,
        ("DELETE", ["v1", "ratings", title]) => unrate(&request, title).await,
        ("GET", ["_reel", "accounts", account, "export"]) => part::export(account_id(account)?).await,
        ("DELETE", ["_reel", "accounts", account]) => part::forget(account_id(account)?).await,
        ("GET", ["_reel", "popular"]) => Response::json(200, &Popular { titles: store::popular().await? }),
        ("GET", ["_reel", "trending"]) => trending().await,
        ("GET", ["_reel", "fresh"]) => fresh(&request).await,
        ("GET", ["_reel", "viewers"]) => viewers(&request).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

async fn list(request: &Request) -> Result<Response, Problem> {
    let viewer = Viewer::of(&request.principal()?)?;
    let cursor = request.query("cursor").map(|cursor| read_cursor(&cursor)).transpose()?;
    let (entries, cursor) = store::page(&viewer, cursor).await?;
    let entries = entries.iter().filter_map(entry::Entry::answer).collect();
    Response::json(200, &History { entries, cursor: cursor.map(|cursor| BASE64_URL_SAFE_NO_PAD.encode(cursor)) })
}

async fn show(request: &Request, title: &str) -> Result<Response, Problem> {
    let viewer = Viewer::of(&request.principal()?)?;
    let position = store::position(&viewer, &parse(title)?.to_string()).await?;
    Response::json(200, &position.map(|(position, _)| position).unwrap_or_default().answer())
}

async fn forget(request: &Request, title: &str) -> Result<Response, Problem> {
    let viewer = Viewer::of(&request.principal()?)?;
    store::forget(&viewer, &parse(title)?.to_string(), clock::now_ms()).await?;
    Ok(Response::empty(204))
}

async fn forget_all(request: &Request) -> Result<Response, Problem> {
    store::forget_all(&Viewer::of(&request.principal()?)?, clock::now_ms()).await?;
    Ok(Response::empty(204))
}

async fn export(request: &Request) -> Result<Response, Problem> {
    let answer = Response::json(200, &part::of(&Viewer::of(&request.principal()?)?).await?)?;
    Ok(answer.with_header("content-disposition", "attachment; filename=\"history.json\""))
}

async fn ratings(request: &Request) -> Result<Response, Problem> {
    let viewer = Viewer::of(&request.principal()?)?;
    Response::json(200, &Ratings { ratings: rating::all(&viewer).await? })
}

async fn rate(request: &Request, title: &str) -> Result<Response, Problem> {
    let viewer = Viewer::of(&request.principal()?)?;
    expect_json(request.header("content-type"))?;
    let NewRating { rating } = request.json()?;
    Response::json(200, &rating::put(&viewer, parse(title)?, rating, clock::now_ms()).await?)
}

async fn unrate(request: &Request, title: &str) -> Result<Response, Problem> {
    rating::delete(&Viewer::of(&request.principal()?)?, parse(title)?).await?;
    Ok(Response::empty(204))
}

async fn trending() -> Result<Response, Problem> {
    Response::json(200, &Trending { titles: trending::trending(clock::now_ms()).await? })
}

async fn fresh(request: &Request) -> Result<Response, Problem> {
    let since = request.query("since").and_then(|since| since.parse().ok());
    let since = since.ok_or_else(|| Problem::invalid("since is a time in Unix milliseconds"))?;
    Response::json(200, &fresh::since(since, clock::now_ms()).await?)
}

async fn viewers(request: &Request) -> Result<Response, Problem> {
    let shard = request.query("shard").and_then(|shard| shard.parse().ok()).filter(|shard| *shard < SHARDS);
    let shard = shard.ok_or_else(|| Problem::invalid(format!("shard is a number below {SHARDS}")))?;
    let cursor = request.query("cursor").map(|cursor| read_cursor(&cursor)).transpose()?;
    let page = registry::page(shard, cursor).await?;
    Response::json(200, &Viewers { cursor: page.cursor.map(|cursor| BASE64_URL_SAFE_NO_PAD.encode(cursor)), ..page })
}

fn parse(title: &str) -> Result<TitleId, Problem> {
    title.parse().map_err(|e: reel_api::id::IdError| Problem::invalid(e.to_string()))
}

fn account_id(account: &str) -> Result<AccountId, Problem> {
    account.parse().map_err(|e: reel_api::id::IdError| Problem::invalid(e.to_string()))
}

/// The store's cursor, which is sent in a form that needs no encoding in an address.
fn read_cursor(cursor: &str) -> Result<String, Problem> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(store::bad_cursor)
}
