//! The bootstrap of every function that is a component: it runs the component, and the filters
//! in front of it, on the events that Lambda hands over.
//!
//! Beside it in the Lambda's folder are `reel.toml`, the function's part of the app manifest,
//! and `components/NAME.cwasm`, compiled ahead of time. `REEL_FUNCTION` names the function; see
//! [`backends`] for the other variables.

mod answer;
mod backends;
mod event;
mod offered;
mod package;

use answer::Answering;
use lambda_runtime::{LambdaEvent, service_fn};
use package::Package;
use reel_host::{Components, Countries, Host};
use serde_json::Value;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let wanted = EnvFilter::try_from_env("REEL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().with_env_filter(wanted).log_internal_errors(false).init();
    let answering = Arc::new(start().await?);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let answering = Arc::clone(&answering);
        async move { answering.answer(event.payload).await }
    }))
    .await
}

/// `REEL_COUNTRY_HEADER` names the header in which what stands before the API tells the country of who asks;
/// `REEL_COUNTRY` is the country of all others.
fn countries() -> anyhow::Result<Countries> {
    let [header, otherwise] = ["REEL_COUNTRY_HEADER", "REEL_COUNTRY"].map(|name| std::env::var(name).ok());
    Countries::new(header.as_deref(), otherwise.as_deref()).map_err(anyhow::Error::msg)
}

async fn start() -> anyhow::Result<Answering> {
    let Package { function, app, components } = Package::open()?;
    let backends = backends::open(&app).await?;
    let host = Host::builder(app, backends.capabilities)
        .components(Components::Compiled(components))
        .elsewhere(backends.functions)
        .countries(countries()?)
        .build()?;
    Ok(Answering { function, host, events: backends.events, prefixes: backends.prefixes })
}
