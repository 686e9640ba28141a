//! Plans, subscriptions, invoices, the ledger, and what an account is entitled to.

#[cfg(test)]
mod bad_input;
mod booked;
mod customer;
mod effects;
mod entitlement;
mod intent;
mod ledger;
mod outbox;
mod person;
mod plans;
mod price;
mod reconcile;
mod refresh;
mod refund;
mod settings;
mod stop;
mod store;
mod stripe;
mod subscription;
mod webhook;
mod work;

use reel_api::AccountId;
use reel_sdk::{Problem, Request, Response};

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    if request.is_events() {
        return reconcile::batch(&request).await;
    }
    match (request.method().as_str(), &request.segments()[..]) {
        ("GET", ["v1", "plans"]) => plans::list(&request).await,
        ("POST", ["v1", "stripe", "webhook"]) => webhook::receive(&request).await,
        ("GET", ["_reel", "entitlements", account]) => entitlement::of(account_id(account)?).await,
        ("GET", ["_reel", "accounts", account, "export"]) => person::export(account_id(account)?).await,
        ("DELETE", ["_reel", "accounts", account]) => person::forget(account_id(account)?).await,
        ("POST", ["v1", "refunds"]) => refund::make(&request).await,
        ("GET", ["v1", "billing", "report"]) => reconcile::report(&request).await,
        ("POST", ["v1", "billing", "reconciliation"]) => reconcile::run(&request).await,
        _ => of_account(&request).await,
    }
}

/// What an account asks about itself.
async fn of_account(request: &Request) -> Result<Response, Problem> {
    let account = || request.principal().map(|principal| principal.account);
    match (request.method().as_str(), &request.segments()[..]) {
        ("GET", ["v1", "subscription"]) => subscription::show(account()?).await,
        ("POST", ["v1", "subscription"]) => subscription::subscribe(request, account()?).await,
        ("PUT", ["v1", "subscription"]) => subscription::change(request, account()?).await,
        ("DELETE", ["v1", "subscription"]) => subscription::cancel(account()?).await,
        ("GET", ["v1", "subscription", "preview"]) => subscription::preview(request, account()?).await,
        ("POST", ["v1", "subscription", "resume"]) => subscription::resume(account()?).await,
        ("POST", ["v1", "payment-methods"]) => customer::set_up_card(account()?).await,
        ("PUT", ["v1", "payment-methods", "default"]) => subscription::change_card(request, account()?).await,
        ("GET", ["v1", "invoices"]) => subscription::invoices(account()?).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

fn account_id(account: &str) -> Result<AccountId, Problem> {
    account.parse().map_err(|e: reel_api::id::IdError| Problem::invalid(e.to_string()))
}
