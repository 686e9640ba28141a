//! Profiles of an account, and what each of them keeps.

#[cfg(test)]
mod bad_input;
mod followers;
mod gone;
mod list;
mod part;
mod profiles;

use reel_api::media_type::expect_json;
use reel_sdk::{Problem, Request, Response};
use serde::de::DeserializeOwned;

reel_sdk::function!(handle, max_body = 16 * 1024);

async fn handle(request: Request) -> Result<Response, Problem> {
    match (request.method().as_str(), &request.segments()[..]) {
        ("GET", ["v1", "profiles"]) => profiles::list(&request).await,
        ("POST", ["v1", "profiles"]) => profiles::add(&request).await,
        ("PUT", ["v1", "profiles", id]) => profiles::change(&request, parse(id)?).await,
        ("DELETE", ["v1", "profiles", id]) => profiles::remove(&request, parse(id)?).await,
        ("PUT", ["v1", "profiles", id, "pin"]) => profiles::change_pin(&request, parse(id)?).await,
        ("GET", ["v1", "list"]) => list::show(&request).await,
        ("PUT", ["v1", "list", title]) => list::add(&request, parse(title)?).await,
        ("DELETE", ["v1", "list", title]) => list::remove(&request, parse(title)?).await,
        ("GET", ["_reel", "followers", title]) => followers::show(&request, parse(title)?).await,
        ("POST", ["_reel", "accounts", account]) => profiles::first(parse(account)?).await,
        ("POST", ["_reel", "accounts", account, "choice"]) => profiles::choose(parse(account)?, request.json()?).await,
        ("DELETE", ["_reel", "accounts", account, "pins", id]) => {
            profiles::forget_pin(parse(account)?, parse(id)?).await
        }
        ("GET", ["_reel", "accounts", account, "export"]) => part::export(parse(account)?).await,
        ("DELETE", ["_reel", "accounts", account]) => part::forget(parse(account)?).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

fn body<T: DeserializeOwned>(request: &Request) -> Result<T, Problem> {
    expect_json(request.header("content-type"))?;
    request.json()
}

fn parse<T: std::str::FromStr<Err = reel_api::id::IdError>>(id: &str) -> Result<T, Problem> {
    id.parse().map_err(|e: reel_api::id::IdError| Problem::invalid(e.to_string()))
}
