//! The event log, for operators: the host keeps it, and this admits who may ask.

#[cfg(test)]
mod bad_input;

use reel_sdk::http::fetch;
use reel_sdk::{Problem, Request, Response, Role};

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    request.principal()?.require(Role::Operator)?;
    let asked = http::Request::builder().method(request.method().clone()).uri(uri(&request));
    let asked = asked.body(request.body().clone()).map_err(|e| Problem::invalid(e.to_string()))?;
    Ok(Response::forward(fetch(asked).await.map_err(elsewhere)?))
}

/// The same path, without its version, at the host's own service.
fn uri(request: &Request) -> String {
    let path = request.path().trim_start_matches("/v1");
    let query = request.raw_query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("http://log.internal{path}{query}")
}

/// A platform of AWS keeps its log in Kinesis, and lends no such service.
fn elsewhere(problem: Problem) -> Problem {
    if problem.status == 503 {
        return problem;
    }
    let detail = "the log of this platform is not kept here: on AWS ask Kinesis, and `reel dead-records`";
    Problem::new(501, "log-elsewhere", "The log is kept elsewhere", detail)
}
