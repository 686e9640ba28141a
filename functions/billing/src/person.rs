//! All that billing knows of a person, to be taken along and to be forgotten.

use crate::intent::{Act, carry_out};
use crate::stripe::Stripe;
use crate::{settings, store, subscription};
use reel_api::AccountId;
use reel_api::billing::{Billing, Invoice};
use reel_sdk::{Problem, Response};
use serde::Serialize;

/// What is known of an account.
#[derive(Serialize)]
struct Known {
    subscription: reel_api::billing::Subscription,
    invoices: Vec<Invoice>,
}

/// What is known of an account.
pub(crate) async fn export(account: AccountId) -> Result<Response, Problem> {
    let billing = if settings::provider().await?.is_some() { Billing::On } else { Billing::Off };
    let stored = store::subscription(account).await?.map(|(stored, _)| stored);
    let invoices = store::invoices(account).await?.iter().map(|booked| booked.shown()).collect();
    Response::json(200, &Known { subscription: subscription::of(billing, stored.as_ref(), None)?, invoices })
}

/// Ends the subscription and forgets who it was. Invoices and ledger stay, as the law wants: they have the account's
/// id, and neither name nor address.
pub(crate) async fn forget(account: AccountId) -> Result<Response, Problem> {
    match settings::provider().await? {
        Some(provider) => {
            carry_out(&Stripe::new(provider), account, Act::Close).await?;
        }
        None => {
            let customer = store::customer(account).await?.map(|(customer, _)| customer);
            store::commit(store::forget(account, customer.as_ref())).await?;
        }
    }
    Ok(Response::empty(204))
}
