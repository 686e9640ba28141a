//! Filter: refuses a caller who asks too often.
//!
//! Requests are counted in fixed windows, for each account that is signed in and else for
//! each address. Without its cache the filter lets everybody through.

mod limit;

use limit::{Class, Limit, Window};
use reel_sdk::cache::Cache;
use reel_sdk::{FilterRequest, Problem, Response, clock, config};

const COUNTERS: Cache = Cache("rate-limit");

reel_sdk::filter!(handle);

async fn handle(request: FilterRequest) -> Result<Response, Problem> {
    let class = Class::of(&request.path());
    let window = setting(class)?.window(clock::now_ms());
    match count(class, &window, &caller(&request)).await {
        Some(requests) if !window.admits(requests) => Ok(refusal(class, &window)),
        _ => request.next().await,
    }
}

/// The limit of a class, as the settings have it now.
fn setting(class: Class) -> Result<Limit, Problem> {
    let default = class.default_limit();
    let requests = config::get_parsed(class.requests_setting())?.unwrap_or(default.requests);
    let window_ms = config::get_parsed(class.window_setting())?.unwrap_or(default.window_ms);
    Ok(Limit::new(requests, window_ms))
}

/// The account that is signed in, else the client's address.
fn caller(request: &FilterRequest) -> String {
    match request.principal() {
        Ok(principal) => principal.account.to_string(),
        Err(_) => request.header("x-reel-client").unwrap_or_default(),
    }
}

/// How many requests the caller has made in this window; none when nobody can tell.
async fn count(class: Class, window: &Window, caller: &str) -> Option<i64> {
    let key = window.key(class, caller);
    match COUNTERS.increment(&key, 1, window.limit.window_ms).await {
        Ok(requests) => Some(requests),
        Err(error) => {
            eprintln!("requests are not counted now: {error:?}");
            None
        }
    }
}

fn refusal(class: Class, window: &Window) -> Response {
    let seconds = window.seconds_left();
    let detail =
        format!("{} requests in {} ms are allowed: wait {seconds} s", window.limit.requests, window.limit.window_ms);
    let problem = Problem::new(429, "too-many-requests", "Too many requests", detail);
    Response::from(Problem { retry_after: Some(seconds), ..problem })
        .with_header("ratelimit", &format!("\"{}\";r=0;t={seconds}", class.name()))
        .with_header("ratelimit-policy", &window.limit.policy(class))
}
