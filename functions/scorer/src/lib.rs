//! Ranks titles by the newest ONNX model of the operator's own.

#[cfg(test)]
mod bad_input;
mod held;
#[cfg(test)]
#[path = "../../../tests/src/onnx.rs"]
#[allow(unreachable_pub)]
mod onnx;
mod scorer;
mod setting;
mod wire;

use reel_api::Role;
use reel_api::ranking::{Rank, Rankings};
use reel_sdk::{Problem, Request, Response, clock};

reel_sdk::function!(handle, max_body = reel_api::ranking::MAX_SCORER);

async fn handle(request: Request) -> Result<Response, Problem> {
    let (method, segments) = (request.method().as_str(), request.segments());
    if (method, &segments[..]) == ("POST", &["_reel", "score"]) {
        return score(&request).await;
    }
    request.principal()?.require(Role::Owner)?;
    match (method, &segments[..]) {
        ("GET", ["v1", "scorer"]) => setting::show().await,
        ("PUT", ["v1", "scorer"]) => setting::set(request.body()).await,
        ("DELETE", ["v1", "scorer"]) => setting::remove().await,
        _ => Err(Problem::not_found(format!("there is no {method} {}", request.path()))),
    }
}

async fn score(request: &Request) -> Result<Response, Problem> {
    let rank: Rank = request.json()?;
    rank.check()?;
    let held = held::current(clock::now_ms()).await?;
    let fails = |why| Problem::internal(format!("the scorer {} fails: {why}", held.version));
    let answers = held.content.rank(&rank.questions).map_err(fails)?;
    Response::json(200, &Rankings { version: held.version.clone(), answers })
}
