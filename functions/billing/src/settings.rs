//! What is set: prices, the provider's keys, where it is reached.

use http::Uri;
use reel_api::Millis;
use reel_api::billing::Checkout;
use reel_billing::prices::Prices;
use reel_billing::subscription::GRACE_MS;
use reel_sdk::{Problem, config, secrets};

/// Where Stripe is, unless settings say otherwise.
const ENDPOINT: &str = "https://api.stripe.com";
/// Where its script is.
const SCRIPT: &str = "https://js.stripe.com/v3/";
/// How Stripe's secret keys begin: standard ones and restricted ones. Any other secret stands for none.
const KEYS: [&str; 2] = ["sk_", "rk_"];

/// How the payment provider is reached.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    /// Its base URL, without a slash at the end.
    pub(crate) endpoint: String,
    /// What we prove with who we are.
    pub(crate) key: String,
}

/// The provider; none while billing is off.
pub(crate) async fn provider() -> Result<Option<Provider>, Problem> {
    let key = match secrets::get("stripe-key").await {
        Ok(key) => String::from_utf8(key).unwrap_or_default().trim().to_owned(),
        Err(secrets::Error::NotFound(_)) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    if !KEYS.iter().any(|prefix| key.starts_with(prefix)) {
        return Ok(None);
    }
    let endpoint = config::get("billing.stripe-endpoint")?.unwrap_or_else(|| ENDPOINT.into());
    let endpoint = endpoint.trim().trim_end_matches('/').to_owned();
    match endpoint.parse::<Uri>().ok().filter(|uri| uri.authority().is_some() && uri.scheme().is_some()) {
        Some(_) => Ok(Some(Provider { endpoint, key })),
        None => Err(Problem::internal(format!("setting billing.stripe-endpoint is {endpoint:?}, which is no URL"))),
    }
}

/// The provider.
///
/// # Errors
/// A 409 problem `billing-off` when there is none.
pub(crate) async fn needed() -> Result<Provider, Problem> {
    provider().await?.ok_or_else(|| {
        Problem::conflict(
            "billing-off",
            "nobody has to pay here: no payment provider is configured (secret stripe-key)",
        )
    })
}

/// What webhooks are signed with: a line each, so that one can take the place of another without a gap.
pub(crate) async fn webhook_secrets() -> Result<Vec<String>, Problem> {
    match secrets::get("stripe-webhook-secret").await {
        Ok(secret) => {
            let text = String::from_utf8(secret).unwrap_or_default();
            Ok(text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect())
        }
        Err(secrets::Error::NotFound(_)) => Ok(vec![]),
        Err(other) => Err(other.into()),
    }
}

/// The prices: those that settings have, else those that were built in.
pub(crate) fn prices() -> Result<Prices, Problem> {
    let prices = match config::get("billing.plans")? {
        Some(text) => Prices::parse(&text),
        None => Prices::built_in(),
    };
    prices.map_err(|e| Problem::internal(e.to_string()))
}

/// For how long what was paid for holds when a payment failed.
pub(crate) fn grace_ms() -> Result<Millis, Problem> {
    let days: Option<u32> = config::get_parsed("billing.grace-days")?;
    Ok(days.map_or(GRACE_MS, |days| u64::from(days) * 24 * 3_600 * 1_000))
}

/// How a page asks for a card; none until the key for pages is set.
pub(crate) fn checkout() -> Result<Option<Checkout>, Problem> {
    let script = config::get("billing.stripe-script")?.unwrap_or_else(|| SCRIPT.into());
    let key = config::get("billing.stripe-publishable-key")?;
    Ok(key.map(|publishable_key| Checkout { script, publishable_key }))
}
