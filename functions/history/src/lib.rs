//! What a profile watched, and where it stopped.

#[cfg(test)]
mod bad_input;
mod consume;
mod entry;
mod position;
mod store;
mod viewer;
mod watched;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::TitleId;
use reel_api::history::{History, Popular};
use reel_sdk::{Problem, Request, Response, clock};
use viewer::Viewer;

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    if request.is_events() {
        return reel_sdk::events::consume(&request, consume::record).await;
    }
    match (request.method().as_str(), &request.segments()[..]) {
        ("GET", ["v1", "history"]) => list(&request).await,
        ("GET", ["v1", "history", title]) => show(&request, title).await,
        ("DELETE", ["v1", "history", title]) => forget(&request, title).await,
        ("GET", ["_reel", "popular"]) => Response::json(200, &Popular { titles: store::popular().await? }),
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

fn parse(title: &str) -> Result<TitleId, Problem> {
    title.parse().map_err(|e: reel_api::id::IdError| Problem::invalid(e.to_string()))
}

/// The store's cursor, which is sent in a form that needs no encoding in an address.
fn read_cursor(cursor: &str) -> Result<String, Problem> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(store::bad_cursor)
}
