//! Profiles of an account.

#[cfg(test)]
mod bad_input;
mod roster;
mod store;

use reel_api::media_type::expect_json;
use reel_api::user::{ProfileChange, Profiles};
use reel_api::{AccountId, ProfileId};
use reel_sdk::{Problem, Request, Response, clock, random};

reel_sdk::function!(handle, max_body = 16 * 1024);

async fn handle(request: Request) -> Result<Response, Problem> {
    match (request.method().as_str(), &request.segments()[..]) {
        ("GET", ["v1", "profiles"]) => list(&request).await,
        ("POST", ["v1", "profiles"]) => add(&request).await,
        ("PUT", ["v1", "profiles", id]) => change(&request, parse(id)?).await,
        ("DELETE", ["v1", "profiles", id]) => remove(&request, parse(id)?).await,
        ("POST", ["_reel", "accounts", account]) => first(parse(account)?).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

async fn list(request: &Request) -> Result<Response, Problem> {
    let account = request.principal()?.account;
    let (roster, _) = store::read(account).await?;
    Response::json(200, &Profiles { profiles: roster.profiles() })
}

async fn add(request: &Request) -> Result<Response, Problem> {
    let account = request.principal()?.account;
    let wish = body(request)?;
    let id = new_id();
    let profile = store::update(account, |roster| roster.add(id, &wish)).await?;
    Response::json(201, &profile)
}

async fn change(request: &Request, id: ProfileId) -> Result<Response, Problem> {
    let account = request.principal()?.account;
    let wish = body(request)?;
    let profile = store::update(account, |roster| roster.change(id, &wish)).await?;
    Response::json(200, &profile)
}

async fn remove(request: &Request, id: ProfileId) -> Result<Response, Problem> {
    let account = request.principal()?.account;
    store::update(account, |roster| roster.remove(id)).await?;
    Ok(Response::empty(204))
}

async fn first(account: AccountId) -> Result<Response, Problem> {
    let id = new_id();
    let profile = store::update(account, |roster| Ok(roster.first_or_new(id))).await?;
    Response::json(200, &profile)
}

fn body(request: &Request) -> Result<ProfileChange, Problem> {
    expect_json(request.header("content-type"))?;
    request.json()
}

fn new_id() -> ProfileId {
    ProfileId::new(clock::now_ms(), &random::bytes())
}

fn parse<T: std::str::FromStr<Err = reel_api::id::IdError>>(id: &str) -> Result<T, Problem> {
    id.parse().map_err(|e: reel_api::id::IdError| Problem::invalid(e.to_string()))
}
