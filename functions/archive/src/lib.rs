//! Every event, kept as Parquet in bucket `archive`: `TYPE=…/DATE=…/HOUR=…/STREAM-POSITION.parquet`,
//! which DuckDB, Spark and Athena read as one table with the three as columns.

#[cfg(test)]
mod bad_input;
mod columns;
mod consume;
mod file;
mod list;
mod partition;

use reel_sdk::{Problem, Request, Response};

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    if request.is_events() {
        return consume::batch(&request.batch()?).await;
    }
    match (request.method().as_str(), &request.segments()[..]) {
        ("GET", ["v1", "archive"]) => list::list(&request).await,
        _ => Err(not_found(&request)),
    }
}

fn not_found(request: &Request) -> Problem {
    Problem::not_found(format!("there is no {} {}", request.method(), request.path()))
}
