//! Which edge a player should use.
#![deny(missing_docs)]

mod beat;
mod manifest;
mod quality;
mod rank;
mod roster;

use reel_api::steering::{RankRequest, Ranking};
use reel_delivery::{Claims, Keys, heartbeat, platform_url};
use reel_sdk::{Problem, Request, Response, clock, config, secrets};
use std::net::IpAddr;

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    if request.is_events() {
        let known = roster::edges().await.into_iter().map(|edge| edge.id).collect();
        return quality::consume(&request.batch()?, &known).await;
    }
    match (request.method().as_str(), &request.segments()[..]) {
        ("PUT", ["v1", "edges", id]) => hear(&request, id).await,
        ("POST", ["_reel", "rank"]) => answer_rank(&request).await,
        ("GET", ["steering", token]) => steer(&request, token).await,
        _ => Err(Problem::not_found(format!("there is no {}: GET /steering/TOKEN", request.path()))),
    }
}

/// Keeps a heartbeat.
async fn hear(request: &Request, id: &str) -> Result<Response, Problem> {
    let key = secrets::get("edge-key").await?;
    let signature = request.header("authorization").unwrap_or_default();
    if !heartbeat::is_authorized(signature, request.body(), &key) {
        return Err(Problem::unauthenticated("sign the body with the edges' key: authorization: Edge SIGNATURE"));
    }
    let now = clock::now_ms();
    roster::keep(&beat::check(request.json()?, id, now)?, now).await?;
    Ok(Response::empty(204))
}

async fn answer_rank(request: &Request) -> Result<Response, Problem> {
    let RankRequest { client } = request.json()?;
    let pathways = ranked(client.parse().ok(), None).await?;
    Response::json(200, &Ranking { pathways })
}

async fn steer(request: &Request, token: &str) -> Result<Response, Problem> {
    let keys = Keys::from_bytes(&secrets::get("delivery-key").await?)?;
    Claims::open(token, clock::now_ms(), &keys)?;
    let client = request.header("x-reel-client").and_then(|address| address.parse().ok());
    let pathways = ranked(client, manifest::current_pathway(request).as_deref()).await?;
    let ttl = config::get_parsed("steering.ttl")?.unwrap_or(manifest::TTL_S);
    manifest::answer(&pathways, ttl, address(request)?.as_deref(), token)
}

/// The pathways for a client, best first, the origin last.
async fn ranked(client: Option<IpAddr>, current: Option<&str>) -> Result<Vec<reel_api::playback::Pathway>, Problem> {
    let edges = roster::edges().await;
    let origin = config::get("steering.origin-url")?.unwrap_or_default();
    let (quality, now) = (quality::recent().await, clock::now_ms());
    Ok(rank::pathways(&edges, client, current, origin, |edge| quality.cost(edge, now)))
}

/// The platform's URL, as the viewer sees it; none where nothing says so.
fn address(request: &Request) -> Result<Option<String>, Problem> {
    let configured = config::get("steering.base-url")?;
    let host = request.header("x-forwarded-host").unwrap_or(request.authority());
    Ok(platform_url(configured.as_deref(), request.header("x-forwarded-proto"), Some(host)))
}
