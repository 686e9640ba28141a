//! The steps of each act. Each may have been taken before: what is done is found done.

use crate::effects::Effects;
use crate::intent::{Act, Progress, Work};
use crate::stop::Stop;
use crate::stripe::{Deleted, Failure, Form, Invoice, List, Refund, Stripe, Subscription};
use crate::{customer, price, refresh, settings, store};
use reel_api::billing::{CardSetup, Plan, Refunded, Standing};
use reel_billing::prices::read_price_id;
use reel_billing::subscription::Subscription as Stored;
use reel_sdk::{Problem, clock};

/// Ours in what we make: the intent.
const INTENT: &str = "intent";

/// Does what an intent wants. What the cardholder has to confirm, if anything.
pub(crate) async fn perform(work: &mut Work<'_>) -> Result<Option<CardSetup>, Stop> {
    match work.intent.act.clone() {
        Act::Subscribe { plan, country, card } => subscribe(work, plan, &country, &card).await,
        Act::Change { plan } => change(work, plan).await,
        Act::Cancel => ends_with_period(work, true).await,
        Act::Resume => ends_with_period(work, false).await,
        Act::Card { card } => pay_with(work, &card).await,
        Act::Refund { key, invoice, amount } => refund(work, &key, &invoice, amount).await.map(|()| None),
        Act::Close => close(work).await.map(|()| None),
    }
}

async fn subscribe(work: &mut Work<'_>, plan: Plan, country: &str, card: &str) -> Result<Option<CardSetup>, Stop> {
    let found = customer::of(work.stripe, work.account).await?;
    let customer = customer::live_in(work.account, found, country).await?;
    let made = match made_before(work, &customer.id).await? {
        Some(made) => made,
        None => make(work, &customer.id, plan, country, card).await?,
    };
    let confirm = concluded(work, &made.id).await?;
    let stored = store::subscription(work.account).await?.map(|(stored, _)| stored);
    match confirm.is_none() && stored.is_some_and(|stored| stored.standing == Standing::Incomplete) {
        true => Err(Stop::Refused(Failure::Declined("The card was declined: try another one.".into()).into())),
        false => Ok(confirm),
    }
}

/// Makes the subscription, in place of one whose first payment never came.
async fn make(work: &Work<'_>, customer: &str, plan: Plan, country: &str, card: &str) -> Result<Subscription, Stop> {
    if let Some((incomplete, _)) = store::subscription(work.account).await? {
        retire(work, &incomplete).await?;
    }
    customer::pay_with(work.stripe, customer, card, &work.key("card")).await?;
    let price = priced(work.stripe, plan, country).await?;
    let mut form = Form::of("customer", customer)
        .with("items[0][plan]", &price.id)
        .with("payment_behavior", "allow_incomplete")
        .with(&format!("metadata[{INTENT}]"), work.intent.id);
    if let Some(rate) = &price.tax_rate {
        form = form.with("default_tax_rates[0]", rate);
    }
    Ok(work.stripe.post("subscriptions", &work.key("subscribe"), form).await?)
}

/// The subscription that this intent made, if it did.
async fn made_before(work: &Work<'_>, customer: &str) -> Result<Option<Subscription>, Stop> {
    if !work.intent.resumed {
        return Ok(None);
    }
    let form = Form::of("customer", customer).with("status", "all").with("limit", 100);
    let all: List<Subscription> = work.stripe.get("subscriptions", form).await?;
    let id = work.intent.id.to_string();
    Ok(all.data.into_iter().find(|subscription| subscription.metadata.get(INTENT) == Some(&id)))
}

/// Takes back a subscription whose first payment never came: once its invoice is void, nobody can pay it any more.
async fn retire(work: &Work<'_>, before: &Stored) -> Result<(), Stop> {
    let stripe = work.stripe;
    let path = format!("subscriptions/{}", before.id);
    let told: Subscription = match stripe.get(&path, Form::of("expand[]", "latest_invoice")).await {
        Err(Failure::Missing(_)) => return Ok(()),
        told => told?,
    };
    let void = match told.latest_invoice.as_ref().and_then(|invoice| invoice.whole()) {
        Some(invoice) if told.status == "incomplete" => is_void(stripe, invoice, &work.key("void")).await?,
        _ => !matches!(told.status.as_str(), "active" | "trialing" | "past_due" | "unpaid"),
    };
    if void && told.status == "incomplete" {
        match stripe.delete::<Deleted>(&path).await {
            Ok(_) | Err(Failure::Missing(_) | Failure::Refused(_)) => {}
            Err(failure) => return Err(failure.into()),
        }
    }
    refreshed(work, &before.id).await?;
    match void {
        true => Ok(()),
        // It is what was wanted.
        false => Err(Stop::Refused(Problem::conflict("subscribed", "the subscription from before was paid meanwhile"))),
    }
}

/// Whether an invoice is void, once it was voided if it was open: not when it was paid.
async fn is_void(stripe: &Stripe, invoice: &Invoice, key: &str) -> Result<bool, Failure> {
    if invoice.status() != "open" {
        return Ok(invoice.status() != "paid");
    }
    match stripe.post::<Invoice>(&format!("invoices/{}/void", invoice.id), key, Form::default()).await {
        Ok(_) => Ok(true),
        // Somebody was faster, and voided or paid it.
        Err(Failure::Refused(_)) => {
            let now: Invoice = stripe.get(&format!("invoices/{}", invoice.id), Form::default()).await?;
            Ok(now.status() != "paid")
        }
        Err(failure) => Err(failure),
    }
}

/// Takes in how a subscription stands, without ending the intent.
async fn refreshed(work: &Work<'_>, subscription: &str) -> Result<(), Stop> {
    refresh::now(work.stripe, work.account, subscription).await.map(drop)
}

async fn priced(stripe: &Stripe, plan: Plan, country: &str) -> Result<price::Price, Stop> {
    let prices = settings::prices()?;
    let (Some(offer), Some(place)) = (prices.offer(plan, country), prices.country(country)) else {
        return Err(Stop::Refused(crate::plans::no_prices(&prices, country)));
    };
    Ok(price::at_provider(stripe, &offer, country, &place.tax_name).await?)
}

async fn change(work: &mut Work<'_>, plan: Plan) -> Result<Option<CardSetup>, Stop> {
    if work.intent.progress == Progress::TakingBack {
        take_back(work).await?;
        ask_for(work, plan).await?;
        work.note(Progress::Changing).await?;
    }
    let Some((stored, _)) = store::subscription(work.account).await? else { return Err(ended()) };
    if work.intent.progress == Progress::Changing {
        // What is paid by now has not paid for this.
        refreshed(work, &stored.id).await?;
        put_plan(work, &stored, plan, "change", None).await?;
    }
    if stored.plan >= Some(plan) {
        return concluded(work, &stored.id).await;
    }
    let paid = match invoiced(work, &stored).await? {
        Some(invoice) => customer::pay(work.stripe, &invoice, &work.key("pay")).await,
        None => Ok(()),
    };
    settled(work, &stored.id, paid).await
}

/// Ends the intent once it was tried to pay. What was declined has its results, too: the plan as it was, and an invoice
/// that can still be paid.
async fn settled(work: &Work<'_>, subscription: &str, paid: Result<(), Failure>) -> Result<Option<CardSetup>, Stop> {
    match paid {
        Ok(()) => concluded(work, subscription).await,
        Err(Failure::Declined(why)) => match concluded(work, subscription).await? {
            Some(confirm) => Ok(Some(confirm)),
            None => Err(Stop::Refused(Failure::Declined(why).into())),
        },
        Err(failure) => Err(failure.into()),
    }
}

/// Takes a larger plan back that was asked for and is not paid. One that was paid meanwhile stays.
async fn take_back(work: &Work<'_>) -> Result<(), Stop> {
    let Some((stored, _)) = store::subscription(work.account).await? else { return Err(ended()) };
    let path = format!("subscriptions/{}", stored.id);
    let told: Subscription = work.stripe.get(&path, Form::of("expand[]", "latest_invoice")).await?;
    let latest = told.latest_invoice.as_ref().and_then(|invoice| invoice.whole());
    let after = stored.next.as_ref().and_then(|next| next.after.as_ref());
    let void = match latest.filter(|invoice| Some(&invoice.id) != after) {
        Some(invoice) => is_void(work.stripe, invoice, &work.key("void")).await?,
        None => true,
    };
    if let Some(plan) = stored.plan.filter(|_| void) {
        put_plan(work, &stored, plan, "take-back", Some("none")).await?;
    }
    refreshed(work, &stored.id).await
}

/// Notes what is asked for now, in place of what was taken back.
async fn ask_for(work: &Work<'_>, plan: Plan) -> Result<(), Stop> {
    let Some((stored, version)) = store::subscription(work.account).await? else { return Err(ended()) };
    let asked = match stored.plan < Some(plan) {
        true => stored.asking(plan),
        false => stored.asking_nothing(),
    };
    match store::commit(vec![store::put_subscription(work.account, &asked, Some(version))?]).await? {
        true => Ok(()),
        false => Err(Stop::Later(store::busy())),
    }
}

fn ended() -> Stop {
    Stop::Refused(Problem::conflict("not-subscribed", "the subscription has ended meanwhile"))
}

/// Makes a plan the subscription's at the provider, unless it is already.
async fn put_plan(
    work: &Work<'_>,
    stored: &Stored,
    plan: Plan,
    step: &str,
    proration: Option<&str>,
) -> Result<(), Stop> {
    let path = format!("subscriptions/{}", stored.id);
    let told: Subscription = work.stripe.get(&path, Form::default()).await?;
    let Some(item) = told.items.data.first() else {
        return Err(Stop::Refused(Problem::internal(format!("subscription {} has no item", told.id))));
    };
    if read_price_id(&item.plan.id).is_some_and(|(now, _)| now == plan) {
        return Ok(());
    }
    let price = priced(work.stripe, plan, &stored.country).await?;
    let mut form = Form::of("items[0][id]", &item.id).with("items[0][plan]", &price.id);
    if let Some(proration) = proration {
        form = form.with("proration_behavior", proration);
    }
    put(work, &stored.id, step, form).await
}

/// Changes a subscription at the provider. It may have ended meanwhile, which is then known.
async fn put(work: &Work<'_>, subscription: &str, step: &str, form: Form) -> Result<(), Stop> {
    let path = format!("subscriptions/{subscription}");
    let refused = match work.stripe.post::<Subscription>(&path, &work.key(step), form).await {
        Ok(_) => return Ok(()),
        Err(failure @ (Failure::Refused(_) | Failure::Missing(_))) => failure,
        Err(failure) => return Err(failure.into()),
    };
    refreshed(work, subscription).await?;
    match store::subscription(work.account).await?.is_some_and(|(stored, _)| stored.runs()) {
        true => Err(refused.into()),
        false => Err(ended()),
    }
}

/// The invoice for the rest of the month in a larger plan; none when there is nothing to pay.
async fn invoiced(work: &mut Work<'_>, stored: &Stored) -> Result<Option<String>, Stop> {
    if let Progress::Invoiced(invoice) = &work.intent.progress {
        return Ok(Some(invoice.clone()));
    }
    let (customer, _) = customer::of(work.stripe, work.account).await?;
    let made = match invoiced_before(work, stored).await? {
        Some(invoice) => Ok(invoice),
        None => {
            let form = Form::of("customer", &customer.id)
                .with("subscription", &stored.id)
                .with("pending_invoice_items_behavior", "include")
                .with(&format!("metadata[{INTENT}]"), work.intent.id);
            work.stripe.post::<Invoice>("invoices", &work.key("invoice"), form).await
        }
    };
    match made {
        Ok(invoice) => {
            work.note(Progress::Invoiced(invoice.id.clone())).await?;
            Ok(Some(invoice.id))
        }
        // There is nothing to be invoiced: the month has just ended.
        Err(Failure::Refused(why)) => {
            eprintln!("no invoice for the change of {}: {why}", stored.id);
            Ok(None)
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn invoiced_before(work: &Work<'_>, stored: &Stored) -> Result<Option<Invoice>, Stop> {
    if !work.intent.resumed {
        return Ok(None);
    }
    let form = Form::of("subscription", &stored.id).with("limit", 100);
    let all: List<Invoice> = work.stripe.get("invoices", form).await?;
    let id = work.intent.id.to_string();
    Ok(all.data.into_iter().find(|invoice| invoice.metadata.get(INTENT) == Some(&id)))
}

async fn ends_with_period(work: &Work<'_>, ends: bool) -> Result<Option<CardSetup>, Stop> {
    let Some((stored, _)) = store::subscription(work.account).await? else { return Ok(None) };
    if !stored.runs() {
        retire(work, &stored).await?;
        return work.conclude(async |_| Ok(None)).await;
    }
    let step = if ends { "cancel" } else { "resume" };
    put(work, &stored.id, step, Form::of("cancel_at_period_end", ends)).await?;
    concluded(work, &stored.id).await
}

/// Pays with another card from now on, and what is due at once.
async fn pay_with(work: &Work<'_>, card: &str) -> Result<Option<CardSetup>, Stop> {
    let (customer, _) = customer::of(work.stripe, work.account).await?;
    customer::pay_with(work.stripe, &customer.id, card, &work.key("card")).await?;
    let Some((stored, _)) = store::subscription(work.account).await? else {
        return work.conclude(async |_| Ok(None)).await;
    };
    let told: Subscription = work.stripe.get(&format!("subscriptions/{}", stored.id), Form::default()).await?;
    let due = told.latest_invoice.as_ref().filter(|_| told.status != "canceled" && told.status != "incomplete_expired");
    let paid = match due {
        Some(invoice) => customer::pay(work.stripe, invoice.id(), &work.key("pay")).await,
        None => Ok(()),
    };
    settled(work, &stored.id, paid).await
}

/// Ends the intent with how a subscription stands now.
async fn concluded(work: &Work<'_>, subscription: &str) -> Result<Option<CardSetup>, Stop> {
    work.conclude(async |effects| refresh::all(work.stripe, work.account, subscription, effects).await).await
}

async fn refund(work: &Work<'_>, key: &str, invoice: &str, amount: i64) -> Result<(), Stop> {
    let stripe = work.stripe;
    let told: Invoice = stripe.get(&format!("invoices/{invoice}"), Form::default()).await?;
    let Some(payment) = told.payment_intent.as_ref().map(|payment| payment.id().to_owned()) else {
        return Err(Stop::Refused(Problem::conflict("not-paid", format!("nothing was paid for invoice {invoice}"))));
    };
    let found = match work.intent.resumed {
        true => refunded_before(work, &payment).await?,
        false => None,
    };
    let refund: Refund = match found {
        Some(refund) => refund,
        None => {
            let form = Form::of("payment_intent", &payment)
                .with("amount", amount)
                .with(&format!("metadata[{INTENT}]"), work.intent.id);
            match stripe.post("refunds", &work.key("refund"), form).await {
                Err(Failure::Refused(why)) => {
                    eprintln!("invoice {invoice} is not refunded: {why}");
                    let problem = Problem::conflict("too-much", format!("of invoice {invoice} not so much is left"));
                    return Err(Stop::Refused(problem));
                }
                made => made?,
            }
        }
    };
    let currency = refund.currency.to_ascii_uppercase();
    let refunded = Refunded { id: refund.id.clone(), amount: refund.amount, currency };
    work.conclude(async |effects: &mut Effects| {
        effects.refunds(work.account, &told, std::slice::from_ref(&refund)).await?;
        effects.add(store::put_refund(work.account, key, &refunded)?);
        Ok(())
    })
    .await
}

async fn refunded_before(work: &Work<'_>, payment: &str) -> Result<Option<Refund>, Stop> {
    let form = Form::of("payment_intent", payment).with("limit", 100);
    let all: List<Refund> = work.stripe.get("refunds", form).await?;
    let id = work.intent.id.to_string();
    Ok(all.data.into_iter().find(|refund| refund.metadata.get(INTENT) == Some(&id)))
}

/// Ends everything: the subscription at once, the customer with all cards. Invoices and ledger stay, as the law wants.
async fn close(work: &Work<'_>) -> Result<(), Stop> {
    let stripe = work.stripe;
    if let Some((stored, _)) = store::subscription(work.account).await?.filter(|(stored, _)| stored.runs()) {
        gone(stripe.delete(&format!("subscriptions/{}", stored.id)).await)?;
        refreshed(work, &stored.id).await?;
    }
    let known = store::customer(work.account).await?.map(|(customer, _)| customer);
    if let Some(customer) = &known {
        gone(stripe.delete(&format!("customers/{}", customer.id)).await)?;
    }
    work.conclude(async |effects| {
        store::forget(work.account, known.as_ref()).into_iter().for_each(|write| effects.add(write));
        Ok(())
    })
    .await
}

fn gone(deleted: Result<Deleted, Failure>) -> Result<(), Failure> {
    match deleted {
        Err(Failure::Missing(_)) => Ok(()),
        deleted => deleted.map(drop),
    }
}

/// The plan of a subscription at the provider, and what a change of it would cost now.
pub(crate) async fn preview(
    stripe: &Stripe,
    customer: &str,
    stored: &Stored,
    plan: Plan,
) -> Result<(i64, String), Problem> {
    let told: Subscription = stripe.get(&format!("subscriptions/{}", stored.id), Form::default()).await?;
    let item = told.items.data.first().ok_or_else(|| Problem::internal(format!("{} has no item", told.id)))?;
    let price = priced(stripe, plan, &stored.country).await?;
    let form = Form::of("customer", customer)
        .with("subscription", &stored.id)
        .with("subscription_details[items][0][id]", &item.id)
        .with("subscription_details[items][0][plan]", &price.id)
        .with("subscription_details[proration_behavior]", "always_invoice");
    // It makes nothing, and asks anew each time.
    let key = format!("preview-{}", reel_api::IntentId::new(clock::now_ms(), &reel_sdk::random::bytes()));
    let invoice: Previewed = stripe.post("invoices/create_preview", &key, form).await?;
    Ok((invoice.total, invoice.currency.to_ascii_uppercase()))
}

/// An invoice that would be.
#[derive(serde::Deserialize)]
struct Previewed {
    total: i64,
    currency: String,
}
