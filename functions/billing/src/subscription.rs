//! What an account asks about its subscription.

use crate::intent::{Act, carry_out, go_on};
use crate::stripe::Stripe;
use crate::{customer, entitlement, plans, refresh, settings, store, work};
use reel_api::billing::{
    Billing, CardSetup, ChangeCard, ChangePlan, Entitlement, Invoices, Plan, Preview, Standing, Subscribe, Subscription,
};
use reel_api::media_type::expect_json;
use reel_api::{AccountId, rfc3339};
use reel_billing::subscription::Subscription as Stored;
use reel_sdk::{Problem, Request, Response};

/// How it stands. What is open or unpaid is looked at anew.
pub(crate) async fn show(account: AccountId) -> Result<Response, Problem> {
    let Some(provider) = settings::provider().await? else { return answer(&of(Billing::Off, None, None)?) };
    let stripe = Stripe::new(provider);
    if let Err(problem) = go_on(&stripe, account).await {
        eprintln!("an intent of account {account} stays open: {problem}");
    }
    let confirm = match store::subscription(account).await? {
        Some((stored, _)) if is_unpaid(&stored) => match refresh::now(&stripe, account, &stored.id).await {
            Ok(confirm) => confirm,
            Err(stop) => {
                eprintln!("subscription {} is shown as it was: {}", stored.id, Problem::from(stop));
                None
            }
        },
        _ => None,
    };
    shown(account, confirm).await
}

fn is_unpaid(stored: &Stored) -> bool {
    stored.next.is_some() || matches!(stored.standing, Standing::Incomplete | Standing::PastDue)
}

/// Subscribes to a plan.
pub(crate) async fn subscribe(request: &Request, account: AccountId) -> Result<Response, Problem> {
    expect_json(request.header("content-type"))?;
    let Subscribe { plan, country, payment_method: card } = request.json()?;
    customer::check_card(&card)?;
    let prices = settings::prices()?;
    prices.offer(plan, &country).ok_or_else(|| plans::no_prices(&prices, &country))?;
    act(account, Act::Subscribe { plan, country, card }).await
}

/// Changes the plan.
pub(crate) async fn change(request: &Request, account: AccountId) -> Result<Response, Problem> {
    expect_json(request.header("content-type"))?;
    let ChangePlan { plan } = request.json()?;
    act(account, Act::Change { plan }).await
}

/// Ends it with the period that is paid.
pub(crate) async fn cancel(account: AccountId) -> Result<Response, Problem> {
    act(account, Act::Cancel).await
}

/// Lets it go on after all.
pub(crate) async fn resume(account: AccountId) -> Result<Response, Problem> {
    act(account, Act::Resume).await
}

/// Pays with another card.
pub(crate) async fn change_card(request: &Request, account: AccountId) -> Result<Response, Problem> {
    expect_json(request.header("content-type"))?;
    let ChangeCard { payment_method: card } = request.json()?;
    customer::check_card(&card)?;
    act(account, Act::Card { card }).await
}

async fn act(account: AccountId, act: Act) -> Result<Response, Problem> {
    let stripe = Stripe::new(settings::needed().await?);
    let confirm = carry_out(&stripe, account, act).await?;
    shown(account, confirm).await
}

/// What a change of plan would cost now.
pub(crate) async fn preview(request: &Request, account: AccountId) -> Result<Response, Problem> {
    let plan = request.query("plan").and_then(|plan| Plan::named(&plan));
    let plan = plan.ok_or_else(|| Problem::invalid("plan is basic, standard or premium"))?;
    let stripe = Stripe::new(settings::needed().await?);
    let subscription = store::subscription(account).await?.filter(|(stored, _)| stored.runs());
    let customer = store::customer(account).await?;
    let (Some((stored, _)), Some((customer, _))) = (subscription, customer) else {
        return Err(Problem::conflict("not-subscribed", "there is no subscription that runs: subscribe first"));
    };
    let (amount, currency) = work::preview(&stripe, &customer.id, &stored, plan).await?;
    Response::json(200, &Preview { plan, amount, currency })
}

/// The account's invoices.
pub(crate) async fn invoices(account: AccountId) -> Result<Response, Problem> {
    let invoices = store::invoices(account).await?.iter().map(|booked| booked.shown()).collect();
    Response::json(200, &Invoices { invoices })
}

async fn shown(account: AccountId, confirm: Option<CardSetup>) -> Result<Response, Problem> {
    let stored = store::subscription(account).await?.map(|(stored, _)| stored);
    answer(&of(Billing::On, stored.as_ref(), confirm)?)
}

fn answer(subscription: &Subscription) -> Result<Response, Problem> {
    Ok(Response::json(200, subscription)?.with_header("cache-control", "no-store"))
}

/// A subscription as it is answered.
pub(crate) fn of(
    billing: Billing,
    stored: Option<&Stored>,
    confirm: Option<CardSetup>,
) -> Result<Subscription, Problem> {
    let entitlement = match billing {
        Billing::On => entitlement::paid_for(stored)?,
        Billing::Off => Entitlement::FREE,
    };
    Ok(Subscription {
        billing,
        standing: stored.map_or(Standing::None, |stored| stored.standing),
        plan: stored.and_then(|stored| stored.plan).filter(|_| stored.is_some_and(Stored::runs)),
        next_plan: stored.and_then(|stored| stored.next.as_ref()).map(|next| next.plan),
        country: stored.map(|stored| stored.country.clone()),
        period_end: stored.map(|stored| rfc3339(stored.period_end)),
        cancels: stored.is_some_and(|stored| stored.cancels),
        entitlement,
        confirm,
    })
}
