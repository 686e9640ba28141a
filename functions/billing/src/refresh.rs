//! How a subscription and its latest invoice stand, asked of the provider and taken in. What a webhook says is never
//! believed further than that something changed: so late and early news do no harm.

use crate::effects::Effects;
use crate::intent::ATTEMPTS;
use crate::stop::Stop;
use crate::store;
use crate::stripe::{Form, Invoice, Stripe, Subscription};
use reel_api::AccountId;
use reel_api::billing::CardSetup;
use reel_sdk::clock;

/// Takes in a subscription and its latest invoice. What the cardholder has to confirm, if anything.
pub(crate) async fn all(
    stripe: &Stripe,
    account: AccountId,
    subscription: &str,
    effects: &mut Effects,
) -> Result<Option<CardSetup>, Stop> {
    let read = store::subscription(account).await?;
    let told = ask(stripe, subscription).await?;
    let latest = told.latest_invoice.as_ref().and_then(|invoice| invoice.whole());
    if let Some(invoice) = latest {
        effects.invoice(account, invoice).await?;
    }
    effects.subscription(account, read, &told, clock::now_ms())?;
    Ok(latest.and_then(to_confirm))
}

/// A subscription with its latest invoice and the payment of it.
pub(crate) async fn ask(stripe: &Stripe, subscription: &str) -> Result<Subscription, Stop> {
    let form = Form::of("expand[]", "latest_invoice.payment_intent");
    Ok(stripe.get(&format!("subscriptions/{subscription}"), form).await?)
}

/// Takes in how a subscription stands, at once.
pub(crate) async fn now(stripe: &Stripe, account: AccountId, subscription: &str) -> Result<Option<CardSetup>, Stop> {
    for _ in 0..ATTEMPTS {
        let mut effects = Effects::default();
        let confirm = all(stripe, account, subscription, &mut effects).await?;
        if effects.commit().await? {
            return Ok(confirm);
        }
    }
    Err(Stop::Later(store::busy()))
}

/// Takes in an invoice, at once.
pub(crate) async fn invoice(stripe: &Stripe, account: AccountId, id: &str) -> Result<(), Stop> {
    for _ in 0..ATTEMPTS {
        let told: Invoice = stripe.get(&format!("invoices/{id}"), Form::default()).await?;
        let mut effects = Effects::default();
        effects.invoice(account, &told).await?;
        if effects.commit().await? {
            return Ok(());
        }
    }
    Err(Stop::Later(store::busy()))
}

/// What the cardholder has to confirm before an open invoice is paid.
fn to_confirm(invoice: &Invoice) -> Option<CardSetup> {
    let payment = invoice.payment_intent.as_ref()?.whole()?;
    let waits =
        invoice.status() == "open" && matches!(payment.status.as_str(), "requires_action" | "requires_confirmation");
    waits.then(|| payment.client_secret.clone().map(|client_secret| CardSetup { client_secret }))?
}
