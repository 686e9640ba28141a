//! Content keys for entitled players (Clear Key) and for the encoding workflow.
#![deny(missing_docs)]

mod derivation;
mod issue;

use derivation::Seed;
use reel_api::Client;
use reel_api::availability::COUNTRY_HEADER;
use reel_api::license::{KeyRequest, TrackKey};
use reel_delivery::{Claims, Keys};
use reel_sdk::http::Function;
use reel_sdk::{Problem, Request, Response, clock, secrets};

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    let answered = match (request.method().as_str(), &request.segments()[..]) {
        ("POST", ["v1", "license", token]) => license(&request, token).await,
        ("GET", ["v1", "license", token]) => bare_key(&request, token).await,
        ("POST", ["_reel", "key"]) => key(&request).await,
        _ => Err(Problem::not_found(format!(
            "there is no {}: POST a Clear Key request to /v1/license/TOKEN",
            request.path()
        ))),
    };
    let response = answered.unwrap_or_else(Response::from);
    // Keys must not stay in a cache.
    Ok(response.with_header("cache-control", "no-store"))
}

async fn license(request: &Request, token: &str) -> Result<Response, Problem> {
    let claims = admitted(request, token).await?;
    Response::json(200, &issue::license(&request.json()?, &claims, &seed().await?)?)
}

/// `GET …?kid=HEX`: the 16 bytes of a key, as HLS players without EME ask for it (RFC 8216,
/// section 4.3.2.4).
async fn bare_key(request: &Request, token: &str) -> Result<Response, Problem> {
    let claims = admitted(request, token).await?;
    let key = issue::bare_key(&request.query("kid").unwrap_or_default(), &claims, &seed().await?)?;
    Ok(Response::bytes(200, "application/octet-stream", key.to_vec()))
}

/// The claims of a token whose title its viewer may still see, here and now.
async fn admitted(request: &Request, token: &str) -> Result<Claims, Problem> {
    let claims = claims(token).await?;
    let title = Client::new(Function("content")).known_title(claims.title).await?;
    title.admit(&claims.audience.viewing(clock::now_ms(), request.header(COUNTRY_HEADER)))?;
    Ok(claims)
}

async fn claims(token: &str) -> Result<Claims, Problem> {
    let keys = Keys::from_bytes(&secrets::get("delivery-key").await?)?;
    Ok(Claims::open(token, clock::now_ms(), &keys)?)
}

async fn key(request: &Request) -> Result<Response, Problem> {
    let KeyRequest { title_id, revision, track } = request.json()?;
    let seed = seed().await?;
    let kid = seed.kid(title_id, revision, track);
    Response::json(200, &TrackKey { kid: hex::encode(kid), key: hex::encode(seed.key(&kid)) })
}

async fn seed() -> Result<Seed, Problem> {
    Seed::new(&secrets::get("content-key-seed").await?)
}
