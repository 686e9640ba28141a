//! Accounts, sign-in, sessions and the keys that sign tokens.

mod account;
mod attempts;
#[cfg(test)]
mod bad_input;
mod carried;
mod credentials;
mod email;
mod issue;
mod keys;
mod mac;
mod mail;
mod operator;
mod passkey;
mod password;
mod person;
mod profiles;
mod refresh;
mod roles;
mod session;
mod settings;
mod sign_in;
mod store;
mod tell;

use reel_api::SessionId;
use reel_api::auth::LiveSession;
use reel_api::id::IdError;
use reel_api::media_type::expect_json;
use reel_sdk::{Problem, Request, Response, clock};
use serde::de::DeserializeOwned;
use std::str::FromStr;
use store::{accounts, sessions};

// 16 KiB is far more than credentials take: nobody makes us hash a megabyte.
reel_sdk::function!(handle, max_body = 16 * 1024);

async fn handle(request: Request) -> Result<Response, Problem> {
    match (request.method().as_str(), &request.segments()[..]) {
        ("POST", ["v1", "auth", "sign-up"]) => sign_in::sign_up(&request).await,
        ("POST", ["v1", "auth", "sign-in"]) => sign_in::sign_in(&request).await,
        ("POST", ["v1", "auth", "refresh"]) => refresh::refresh(&request).await,
        ("POST", ["v1", "auth", "sign-out"]) => refresh::sign_out(&request).await,
        ("POST", ["v1", "auth", "verify-email"]) => mail::verify(&request).await,
        ("POST", ["v1", "auth", "verify-email", "resend"]) => mail::resend(&request).await,
        ("POST", ["v1", "auth", "password", "forgot"]) => mail::forgot(&request).await,
        ("POST", ["v1", "auth", "password", "reset"]) => mail::reset(&request).await,
        ("PUT", ["v1", "auth", "password"]) => credentials::change_password(&request).await,
        ("PUT", ["v1", "auth", "email"]) => credentials::change_email(&request).await,
        ("PUT", ["v1", "auth", "pin"]) => settings::forget_pin(&request).await,
        ("PUT", ["v1", "auth", "language"]) => settings::change_language(&request).await,
        ("POST", ["v1", "auth", "passkeys", "registration"]) => passkey::begin(&request).await,
        ("POST", ["v1", "auth", "passkeys", "challenge"]) => passkey::ask().await,
        ("POST", ["v1", "auth", "passkeys", "sign-in"]) => passkey::sign_in(&request).await,
        ("POST", ["v1", "auth", "passkeys"]) => passkey::add(&request).await,
        ("GET", ["v1", "auth", "passkeys"]) => passkey::list(&request).await,
        ("PUT", ["v1", "auth", "passkeys", id]) => passkey::rename(&request, id).await,
        ("DELETE", ["v1", "auth", "passkeys", id]) => passkey::remove(&request, id).await,
        ("GET", ["v1", "account", "export"]) => person::export(&request).await,
        ("DELETE", ["v1", "account"]) => person::delete(&request).await,
        ("GET", ["v1", "accounts"]) => roles::find(&request).await,
        ("PUT", ["v1", "accounts", id, "role"]) => roles::change(&request, parse(id)?).await,
        ("GET", ["v1", "auth", "sessions"]) => session::list(&request).await,
        ("DELETE", ["v1", "auth", "sessions"]) => session::end_others(&request).await,
        ("DELETE", ["v1", "auth", "sessions", id]) => session::end(&request, parse(id)?).await,
        ("POST", ["v1", "auth", "token"]) => operator::token(&request).await,
        ("GET", ["v1", "auth", "jwks"]) => keys::jwks().await,
        ("GET", ["_reel", "sessions", id]) => session_lives(parse(id)?).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

async fn session_lives(id: SessionId) -> Result<Response, Problem> {
    let session = sessions::find(id).await?;
    let account = match session {
        Some((session, _)) => accounts::find(session.account).await?,
        None => None,
    };
    match account {
        Some((account, _)) => Response::json(200, &LiveSession { role: account.role }),
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

fn parse<T: FromStr<Err = IdError>>(id: &str) -> Result<T, Problem> {
    id.parse().map_err(|e: IdError| Problem::invalid(e.to_string()))
}
