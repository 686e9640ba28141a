//! Accounts, sign-in, sessions and the keys that sign tokens.

mod account;
#[cfg(test)]
mod bad_input;
mod carried;
mod email;
mod issue;
mod keys;
mod operator;
mod password;
mod profiles;
mod refresh;
mod session;
mod sign_in;
mod store;

use reel_api::media_type::expect_json;
use reel_sdk::{Problem, Request, Response, clock};
use serde::de::DeserializeOwned;

// 16 KiB is far more than credentials take: nobody makes us hash a megabyte.
reel_sdk::function!(handle, max_body = 16 * 1024);

async fn handle(request: Request) -> Result<Response, Problem> {
    match (request.method().as_str(), &request.segments()[..]) {
        ("POST", ["v1", "auth", "sign-up"]) => sign_in::sign_up(&request).await,
        ("POST", ["v1", "auth", "sign-in"]) => sign_in::sign_in(&request).await,
        ("POST", ["v1", "auth", "refresh"]) => refresh::refresh(&request).await,
        ("POST", ["v1", "auth", "sign-out"]) => refresh::sign_out(&request).await,
        ("POST", ["v1", "auth", "token"]) => operator::token(&request).await,
        ("GET", ["v1", "auth", "jwks"]) => keys::jwks().await,
        ("GET", ["_reel", "sessions", id]) => session_lives(id).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

async fn session_lives(id: &str) -> Result<Response, Problem> {
    let id = id.parse().map_err(|e: reel_api::id::IdError| Problem::invalid(e.to_string()))?;
    match store::session(id).await? {
        Some(_) => Ok(Response::empty(204)),
        None => Err(Problem::not_found(format!(
            "there is no session {id}, or it was ended before {}",
            reel_api::rfc3339(clock::now_ms())
        ))),
    }
}

/// The body, which has to be declared as JSON.
fn body<T: DeserializeOwned>(request: &Request) -> Result<T, Problem> {
    expect_json(request.header("content-type"))?;
    request.json()
}
