//! Starts trainings, and gathers what they learn from.

#[cfg(test)]
mod bad_input;
mod gather;
mod progress;
mod told;

use reel_api::Role;
use reel_api::ranking::Shard;
use reel_sdk::{Problem, Request, Response, clock, random};

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    if request.is_task() {
        let shard: Shard = request.json()?;
        return Response::json(200, &gather::shard(&shard).await?);
    }
    request.principal()?.require(Role::Owner)?;
    match (request.method().as_str(), &request.segments()[..]) {
        ("POST", ["v1", "trainings"]) => start().await,
        ("GET", ["v1", "trainings", name]) => progress::show(name).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

async fn start() -> Result<Response, Problem> {
    let [a, b] = random::bytes();
    let name = format!("{:013}-{a:02x}{b:02x}", clock::now_ms());
    progress::TRAINING.start(&name, &serde_json::json!({})).await?;
    progress::show(&name).await
}
