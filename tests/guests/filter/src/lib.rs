//! A filter for the tests of the host: leaves its mark on request and answer.

use reel_sdk::{FilterRequest, Problem, Response};

reel_sdk::filter!(handle);

async fn handle(mut request: FilterRequest) -> Result<Response, Problem> {
    if request.header("x-refuse").is_some() {
        return Err(Problem::forbidden("refused", "the request asked to be refused"));
    }
    let trail = request.header("x-trail").unwrap_or_default();
    request.set("x-trail", &format!("{trail}>"))?;
    request.remove("x-secret");
    Ok(request.next().await?.with_header("x-filtered", "yes"))
}
