//! Stripe's HTTP API: forms in, JSON out, an idempotency key with everything that changes something.
//!
//! <https://docs.stripe.com/api> in the version that [`VERSION`] pins. Whatever is asked twice with one key is done
//! once and answered alike; so a call whose answer was lost is simply repeated.

mod failure;
mod form;
mod objects;

pub(crate) use failure::Failure;
pub(crate) use form::Form;
pub(crate) use objects::*;

use crate::settings::Provider;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use reel_sdk::{Problem, clock};
use serde::de::DeserializeOwned;

/// The version of the API that our types are of.
const VERSION: &str = "2024-06-20";
/// How often a call is made until it is answered.
const ATTEMPTS: usize = 3;
/// How long to wait before a call is repeated, in milliseconds.
const PAUSE_MS: u64 = 200;
/// How long a call may take, in milliseconds.
const PATIENCE_MS: u64 = 6_000;

/// A client of the provider.
#[derive(Debug, Clone)]
pub(crate) struct Stripe(Provider);

impl Stripe {
    /// A client with these settings.
    pub(crate) fn new(provider: Provider) -> Self {
        Self(provider)
    }

    /// `GET /v1/PATH`.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str, query: Form) -> Result<T, Failure> {
        let query = query.encode();
        let path = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        self.call("GET", &path, None, String::new()).await
    }

    /// `POST /v1/PATH` with a form, done once for each key.
    pub(crate) async fn post<T: DeserializeOwned>(&self, path: &str, key: &str, form: Form) -> Result<T, Failure> {
        self.call("POST", path, Some(key), form.encode()).await
    }

    /// `DELETE /v1/PATH`.
    pub(crate) async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.call("DELETE", path, None, String::new()).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        form: String,
    ) -> Result<T, Failure> {
        let mut failed = Failure::Unavailable("it was not asked".into());
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                clock::within(PAUSE_MS << attempt, std::future::pending::<()>()).await;
            }
            let request = self.request(method, path, key, &form)?;
            match answer(request).await {
                Err(Failure::Unavailable(why)) => failed = Failure::Unavailable(why),
                answered => return answered,
            }
        }
        Err(failed)
    }

    fn request(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        form: &str,
    ) -> Result<http::Request<Bytes>, Failure> {
        let Provider { endpoint, key: secret } = &self.0;
        let request = http::Request::builder().method(method).uri(format!("{endpoint}/v1/{path}"));
        let mut request = request.header(AUTHORIZATION, format!("Bearer {secret}")).header("stripe-version", VERSION);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if !form.is_empty() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        request
            .body(Bytes::copy_from_slice(form.as_bytes()))
            .map_err(|e| Failure::Broken(format!("{path} cannot be asked: {e}")))
    }
}

async fn answer<T: DeserializeOwned>(request: http::Request<Bytes>) -> Result<T, Failure> {
    let path = request.uri().path().to_owned();
    let sent = clock::within(PATIENCE_MS, reel_sdk::http::send(request)).await;
    let sent = sent.unwrap_or_else(|| Err(Problem::unavailable(format!("{path} took too long"), 1)));
    let response = sent.map_err(|problem| Failure::of_sending(&problem))?;
    match response.status().is_success() {
        true => serde_json::from_slice(response.body())
            .map_err(|e| Failure::Broken(format!("{path} answers what is not expected: {e}"))),
        false => Err(Failure::read(&path, response.status().as_u16(), response.body())),
    }
}

/// Whether a text can be an id of Stripe's with this prefix, so that it may stand in a path.
pub(crate) fn is_id(text: &str, prefix: &str) -> bool {
    let rest = text.strip_prefix(prefix).unwrap_or_default();
    (1..=200).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::is_id;

    #[test]
    fn an_id_leads_nowhere_else_in_a_path() {
        assert!(is_id("pm_1ABC", "pm_") && is_id("pm_card_visa", "pm_"));
        for other in ["", "pm_", "cus_1", "pm_1/../refunds", "pm_1?x=1", "pm_ü", &format!("pm_{}", "a".repeat(201))] {
            assert!(!is_id(other, "pm_"), "{other}");
        }
    }
}
