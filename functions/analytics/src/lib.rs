//! What the events of players say, counted in windows of their own time.

#[cfg(test)]
mod bad_input;
mod consume;
mod period;
mod report;
mod store;

use period::Period;
use reel_sdk::{Problem, Request, Response, Role, clock};

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    if request.is_events() {
        return consume::batch(&request.batch()?).await;
    }
    match (request.method().as_str(), &request.segments()[..]) {
        ("GET", ["v1", "analytics", "series"]) => series(&request).await,
        ("GET", ["v1", "analytics", "report"]) => whole(&request).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

async fn series(request: &Request) -> Result<Response, Problem> {
    request.principal()?.require(Role::Operator)?;
    Response::json(200, &report::series(&Period::asked(request, clock::now_ms())?).await?)
}

async fn whole(request: &Request) -> Result<Response, Problem> {
    request.principal()?.require(Role::Operator)?;
    Response::json(200, &report::report(&Period::asked(request, clock::now_ms())?.with_parts()?).await?)
}
