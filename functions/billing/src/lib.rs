//! Plans, subscriptions, invoices, the ledger, and what an account is entitled to.

mod entitlement;
mod plans;
mod settings;
mod store;

use reel_api::AccountId;
use reel_sdk::{Problem, Request, Response};

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    match (request.method().as_str(), &request.segments()[..]) {
        ("GET", ["v1", "plans"]) => plans::list(&request).await,
        ("GET", ["_reel", "entitlements", account]) => entitlement::of(account_id(account)?).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

fn account_id(account: &str) -> Result<AccountId, Problem> {
    account.parse().map_err(|e: reel_api::id::IdError| Problem::invalid(e.to_string()))
}
