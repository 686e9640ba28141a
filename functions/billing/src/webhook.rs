//! What Stripe tells by itself. Of an event only its name and the name of its object are used, once its signature is
//! right: the object is asked for, so that what is taken in is how things are, not how they were.

use crate::effects::Effects;
use crate::intent::{ATTEMPTS, go_on};
use crate::outbox::{Outgoing, payment_event};
use crate::stop::Stop;
use crate::stripe::{Charge, Event, Failure, Form, Invoice, List, PaymentIntent, Refund, Stripe, Subscription, is_id};
use crate::{customer, refresh, settings, store};
use reel_api::notification::{News, Notice};
use reel_api::{AccountId, rfc3339};
use reel_billing::signature;
use reel_events::PaymentOutcome;
use reel_sdk::{Problem, Request, Response, clock};

/// Takes in an event, once.
pub(crate) async fn receive(request: &Request) -> Result<Response, Problem> {
    believe(request).await?;
    let stripe = Stripe::new(settings::needed().await?);
    let event: Event = request.json()?;
    let object = event.data.object.id.clone().unwrap_or_default();
    if !is_id(&event.id, "evt_") || !is_id(&object, "") {
        return Err(Problem::invalid("an event and its object have ids"));
    }
    let subject = match Subject::of(&event.kind) {
        Some(subject) if !store::knows_event(&event.id).await? => subject,
        _ => return Response::json(200, &serde_json::json!({ "taken": false })),
    };
    let taken = take(&stripe, &event, subject, &object).await?;
    Response::json(200, &serde_json::json!({ "taken": taken }))
}

/// Believes what is signed with a secret of ours.
async fn believe(request: &Request) -> Result<(), Problem> {
    let header = request.header("stripe-signature").unwrap_or_default();
    let mut why = signature::Forgery::Wrong;
    for secret in settings::webhook_secrets().await? {
        match signature::verify(secret.as_bytes(), header, request.body(), clock::now_ms()) {
            Ok(()) => return Ok(()),
            Err(forgery) => why = forgery,
        }
    }
    Err(Problem::new(400, "not-signed", "The event is not believed", why.to_string()))
}

/// What kind of object an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Invoice,
    FailedInvoice,
    Subscription,
    Charge,
    Refund,
}

impl Subject {
    /// None: the event is of no use to us.
    fn of(kind: &str) -> Option<Self> {
        match kind {
            "invoice.payment_failed" => Some(Self::FailedInvoice),
            "charge.refunded" => Some(Self::Charge),
            "charge.refund.updated" => Some(Self::Refund),
            _ if kind.starts_with("invoice.") && !kind.starts_with("invoice.upcoming") => Some(Self::Invoice),
            _ if kind.starts_with("customer.subscription.") => Some(Self::Subscription),
            _ if kind.starts_with("refund.") => Some(Self::Refund),
            _ => None,
        }
    }
}

/// Takes in what an event is about, together with the mark that it was. False: it is not of ours.
async fn take(stripe: &Stripe, event: &Event, subject: Subject, object: &str) -> Result<bool, Problem> {
    for _ in 0..ATTEMPTS {
        let mut effects = Effects::default();
        let found = match subject {
            Subject::Invoice | Subject::FailedInvoice => invoice(stripe, event, subject, object, &mut effects).await,
            Subject::Subscription => subscription(stripe, object, &mut effects).await,
            Subject::Charge | Subject::Refund => refunds(stripe, subject, object, &mut effects).await,
        };
        let ours = match found {
            Ok(ours) => ours,
            Err(Stop::Refused(problem)) if problem.code == GONE => false,
            Err(stop) => return Err(stop.into()),
        };
        effects.add(store::mark_event(&event.id, clock::now_ms()));
        if effects.commit().await? || store::knows_event(&event.id).await? {
            return Ok(ours);
        }
    }
    Err(store::busy())
}

/// An object that is no more has no news.
const GONE: &str = "gone";

fn gone(failure: Failure) -> Stop {
    match failure {
        Failure::Missing(why) => Stop::Refused(Problem::new(410, GONE, "There is no such thing any more", why)),
        failure => failure.into(),
    }
}

/// Whose it is; what somebody began for the account and works on no more is finished first.
async fn owner(stripe: &Stripe, customer: &str) -> Result<Option<AccountId>, Stop> {
    let Some(account) = customer::account_of(stripe, customer).await? else { return Ok(None) };
    if let Err(problem) = go_on(stripe, account).await {
        eprintln!("an intent of account {account} stays open: {problem}");
    }
    Ok(Some(account))
}

async fn invoice(
    stripe: &Stripe,
    event: &Event,
    subject: Subject,
    object: &str,
    effects: &mut Effects,
) -> Result<bool, Stop> {
    let told = ask_invoice(stripe, object).await?;
    let Some(account) = owner(stripe, told.customer.id()).await? else { return Ok(false) };
    // Not with its latest invoice, which may be this one: each row is written once.
    if let Some(subscription) = &told.subscription {
        let read = store::subscription(account).await?;
        let now = refresh::ask(stripe, subscription.id()).await?;
        effects.subscription(account, read, &now, clock::now_ms())?;
    }
    effects.invoice(account, &told).await?;
    if subject == Subject::FailedInvoice {
        failed(event, account, &told, effects)?;
    }
    Ok(true)
}

async fn ask_invoice(stripe: &Stripe, id: &str) -> Result<Invoice, Stop> {
    stripe.get(&format!("invoices/{id}"), Form::default()).await.map_err(gone)
}

/// A payment failed: the log is told, and the person when there is still something to pay.
fn failed(event: &Event, account: AccountId, told: &Invoice, effects: &mut Effects) -> Result<(), Problem> {
    let (key, now) = (format!("{}/failed", event.id), clock::now_ms());
    let (amount, currency) = (told.amount_due, told.currency.to_ascii_uppercase());
    let payment = told.payment_intent.as_ref().map_or(told.id.as_str(), |payment| payment.id());
    let outgoing = payment_event(account, &key, now, payment, amount, &currency, PaymentOutcome::Failed);
    effects.tell(&key, &outgoing)?;
    if told.status() != "open" {
        return Ok(());
    }
    let next_attempt = told.next_payment_attempt.map(|seconds| rfc3339(seconds * 1_000));
    let news = News::PaymentFailed { amount, currency, next_attempt };
    let key = format!("payment-failed/{}", event.id);
    effects.tell(&key, &Outgoing::Notice(Notice { key: key.clone(), account, news }))
}

async fn subscription(stripe: &Stripe, object: &str, effects: &mut Effects) -> Result<bool, Stop> {
    let told: Subscription = stripe.get(&format!("subscriptions/{object}"), Form::default()).await.map_err(gone)?;
    let Some(account) = owner(stripe, told.customer.id()).await? else { return Ok(false) };
    refresh::all(stripe, account, object, effects).await?;
    Ok(true)
}

async fn refunds(stripe: &Stripe, subject: Subject, object: &str, effects: &mut Effects) -> Result<bool, Stop> {
    let payment = match subject {
        Subject::Charge => {
            let charge: Charge = stripe.get(&format!("charges/{object}"), Form::default()).await.map_err(gone)?;
            charge.payment_intent
        }
        _ => {
            let refund: Refund = stripe.get(&format!("refunds/{object}"), Form::default()).await.map_err(gone)?;
            refund.payment_intent
        }
    };
    match payment.as_ref().map(|payment| payment.id()) {
        Some(payment) => of_payment(stripe, payment, effects).await,
        None => Ok(false),
    }
}

/// Takes in all refunds of a payment. False: it is not of ours.
pub(crate) async fn of_payment(stripe: &Stripe, payment: &str, effects: &mut Effects) -> Result<bool, Stop> {
    let told: PaymentIntent = stripe.get(&format!("payment_intents/{payment}"), Form::default()).await.map_err(gone)?;
    let Some(invoice) = told.invoice.as_ref().map(|invoice| invoice.id()) else { return Ok(false) };
    let told = ask_invoice(stripe, invoice).await?;
    let Some(account) = owner(stripe, told.customer.id()).await? else { return Ok(false) };
    let form = Form::of("payment_intent", payment).with("limit", 100);
    let all: List<Refund> = stripe.get("refunds", form).await?;
    effects.refunds(account, &told, &all.data).await?;
    Ok(true)
}

/// Takes in an invoice by its payment. False: it is not of ours.
pub(crate) async fn invoice_of(stripe: &Stripe, payment: &str, effects: &mut Effects) -> Result<bool, Stop> {
    let told: PaymentIntent = stripe.get(&format!("payment_intents/{payment}"), Form::default()).await.map_err(gone)?;
    let Some(invoice) = told.invoice.as_ref().map(|invoice| invoice.id()) else { return Ok(false) };
    let told = ask_invoice(stripe, invoice).await?;
    let Some(account) = owner(stripe, told.customer.id()).await? else { return Ok(false) };
    effects.invoice(account, &told).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::Subject;

    #[test]
    fn events_are_about_what_we_keep_or_of_no_use() {
        for (kind, subject) in [
            ("invoice.paid", Some(Subject::Invoice)),
            ("invoice.payment_succeeded", Some(Subject::Invoice)),
            ("invoice.payment_failed", Some(Subject::FailedInvoice)),
            // It is about an invoice that has no name yet.
            ("invoice.upcoming", None),
            ("customer.subscription.deleted", Some(Subject::Subscription)),
            ("charge.refunded", Some(Subject::Charge)),
            ("charge.refund.updated", Some(Subject::Refund)),
            ("refund.failed", Some(Subject::Refund)),
            ("customer.created", None),
            ("payment_intent.succeeded", None),
        ] {
            assert_eq!(Subject::of(kind), subject, "{kind}");
        }
    }
}
