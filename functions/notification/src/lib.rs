//! What people are told, by e-mail, by push and in their inbox.

mod accept;
#[cfg(test)]
mod bad_input;
mod contact;
mod deliver;
mod digest;
mod due;
mod episodes;
mod inbox;
mod language;
mod outbox;
mod person;
mod plan;
mod preferences;
mod store;
mod subscriptions;
mod sweep;
mod unsubscribe;
mod watching;

use reel_api::id::IdError;
use reel_events::stream::CATALOGUE;
use reel_sdk::events::consume;
use reel_sdk::{Problem, Request, Response};
use std::str::FromStr;

reel_sdk::function!(handle, max_body = 64 * 1024);

async fn handle(request: Request) -> Result<Response, Problem> {
    if request.is_events() {
        return match request.batch()?.stream.as_str() {
            CATALOGUE => consume(&request, episodes::record).await,
            _ => consume(&request, watching::record).await,
        };
    }
    if request.is_task() {
        return sweep::sweep().await;
    }
    match (request.method().as_str(), &request.segments()[..]) {
        ("POST", ["_reel", "notices"]) => accept::notice(request.json()?).await,
        ("PUT", ["_reel", "contacts", account]) => contact::set(parse(account)?, &request.json()?).await,
        ("DELETE", ["_reel", "contacts" | "accounts", account]) => person::forget(parse(account)?).await,
        ("GET", ["_reel", "accounts", account, "export"]) => person::export(parse(account)?).await,
        ("GET", ["v1", "inbox"]) => inbox::list(&request).await,
        ("GET", ["v1", "inbox", "unread"]) => inbox::unread(&request).await,
        ("POST", ["v1", "inbox", "read"]) => inbox::read_all(&request).await,
        ("POST", ["v1", "inbox", id, "read"]) => inbox::read(&request, parse(id)?).await,
        ("DELETE", ["v1", "inbox", id]) => inbox::delete(&request, parse(id)?).await,
        ("GET", ["v1", "notifications", "preferences"]) => preferences::show(&request).await,
        ("PUT", ["v1", "notifications", "preferences"]) => preferences::change(&request).await,
        ("POST", ["v1", "notifications", "deliveries"]) => sweep::asked(&request.principal()?).await,
        ("GET", ["v1", "push", "key"]) => subscriptions::key(&request).await,
        ("POST", ["v1", "push", "subscriptions"]) => subscriptions::add(&request).await,
        ("DELETE", ["v1", "push", "subscriptions", id]) => subscriptions::end(&request, id).await,
        ("GET", ["v1", "unsubscribe", token]) => unsubscribe::ask(token).await,
        ("POST", ["v1", "unsubscribe", token]) => unsubscribe::confirm(token).await,
        _ => Err(Problem::not_found(format!("there is no {} {}", request.method(), request.path()))),
    }
}

fn parse<T: FromStr<Err = IdError>>(id: &str) -> Result<T, Problem> {
    id.parse().map_err(|e: IdError| Problem::invalid(e.to_string()))
}
