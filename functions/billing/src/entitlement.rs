//! What an account may watch.

use crate::{settings, store};
use reel_api::AccountId;
use reel_api::billing::Entitlement;
use reel_sdk::{Problem, Response, clock};

/// What an account is entitled to now: from our own rows alone, so that nobody waits for the provider to play.
pub(crate) async fn of(account: AccountId) -> Result<Response, Problem> {
    if settings::provider().await?.is_none() {
        return Response::json(200, &Entitlement::FREE);
    }
    let entitlement = match store::subscription(account).await? {
        Some((subscription, _)) => {
            subscription.entitlement(&settings::prices()?, clock::now_ms(), settings::grace_ms()?)
        }
        None => Entitlement::NOTHING,
    };
    Response::json(200, &entitlement)
}
