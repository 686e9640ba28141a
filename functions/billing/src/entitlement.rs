//! What an account may watch.

use crate::{settings, store};
use reel_api::AccountId;
use reel_api::billing::Entitlement;
use reel_billing::subscription::Subscription;
use reel_sdk::{Problem, Response, clock};

/// What an account is entitled to now: from our own rows alone, so that nobody waits for the provider to play.
pub(crate) async fn of(account: AccountId) -> Result<Response, Problem> {
    if settings::provider().await?.is_none() {
        return Response::json(200, &Entitlement::FREE);
    }
    let stored = store::subscription(account).await?.map(|(stored, _)| stored);
    Response::json(200, &paid_for(stored.as_ref())?)
}

/// What a subscription entitles to where everybody has to pay.
pub(crate) fn paid_for(stored: Option<&Subscription>) -> Result<Entitlement, Problem> {
    let Some(stored) = stored else { return Ok(Entitlement::NOTHING) };
    Ok(stored.entitlement(&settings::prices()?, clock::now_ms(), settings::grace_ms()?))
}
