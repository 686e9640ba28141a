//! Uploads of source films, and the start and progress of their encoding.

#[cfg(test)]
mod bad_input;
mod begin;
mod complete;
mod parts;
mod progress;
mod source;
mod store;
mod upload;

use reel_api::content::Title;
use reel_api::ingest::Complete;
use reel_api::media_type::expect_json;
use reel_api::{CallError, Client, OnBehalf, Principal, Role, TitleId};
use reel_sdk::http::Function;
use reel_sdk::{Problem, Request, Response};
use serde::de::DeserializeOwned;

const CONTENT: Function = Function("content");

reel_sdk::function!(handle, max_body = 16 * 1024);

async fn handle(request: Request) -> Result<Response, Problem> {
    let principal = request.principal()?;
    principal.require(Role::Editor)?;
    match (request.method().as_str(), &request.segments()[..]) {
        ("POST", ["v1", "uploads"]) => begin::begin(principal, body(&request)?).await,
        ("GET", ["v1", "uploads", id]) => begin::resume(id).await,
        ("DELETE", ["v1", "uploads", id]) => begin::abandon(id).await,
        ("POST", ["v1", "uploads", id, "complete"]) => {
            let Complete {} = body(&request)?;
            complete::complete(id).await
        }
        ("GET", ["v1", "encodings", title, revision]) => progress::show(parse(title)?, parse(revision)?).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

/// The title that a film is for, as the editor may see it.
async fn title(principal: Principal, id: TitleId) -> Result<Title, CallError> {
    Client::new(OnBehalf::new(CONTENT, principal)).title(&id.to_string()).await
}

fn body<T: DeserializeOwned>(request: &Request) -> Result<T, Problem> {
    expect_json(request.header("content-type"))?;
    request.json()
}

fn parse<T: std::str::FromStr<Err = reel_api::id::IdError>>(id: &str) -> Result<T, Problem> {
    id.parse().map_err(|e: reel_api::id::IdError| Problem::invalid(e.to_string()))
}
