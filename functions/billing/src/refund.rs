//! Money that an operator sends back.

use crate::intent::{Act, carry_out};
use crate::stripe::{Failure, Form, Invoice, Stripe, is_id};
use crate::{customer, refresh, settings, store};
use reel_api::billing::{Refund, Refunded};
use reel_api::media_type::expect_json;
use reel_api::{AccountId, Role};
use reel_sdk::{Problem, Request, Response};

/// Refunds an invoice, or a part of it, once for each key.
pub(crate) async fn make(request: &Request) -> Result<Response, Problem> {
    request.principal()?.require(Role::Operator)?;
    expect_json(request.header("content-type"))?;
    let Refund { key, invoice, amount } = request.json()?;
    check(&key, &invoice, amount)?;
    let stripe = Stripe::new(settings::needed().await?);
    let told: Invoice = stripe.get(&format!("invoices/{invoice}"), Form::default()).await.map_err(not_found)?;
    let account = customer::account_of(&stripe, told.customer.id()).await?;
    let account = account.ok_or_else(|| Problem::not_found(format!("invoice {invoice} is nobody's here")))?;
    if let Some(refunded) = store::refund(account, &key).await? {
        return Response::json(200, &refunded);
    }
    let amount = payable(&stripe, account, &told, amount).await?;
    carry_out(&stripe, account, Act::Refund { key: key.clone(), invoice, amount }).await?;
    let refunded: Option<Refunded> = store::refund(account, &key).await?;
    Response::json(201, &refunded.ok_or_else(store::busy)?)
}

/// How much is to go back: what was asked for, if so much is left.
async fn payable(stripe: &Stripe, account: AccountId, told: &Invoice, asked: Option<i64>) -> Result<i64, Problem> {
    refresh::invoice(stripe, account, &told.id).await?;
    let booked = store::invoice(account, told.created * 1_000, &told.id).await?.map(|(booked, _)| booked);
    let left = booked.as_ref().map_or(0, |booked| booked.refundable());
    let currency = booked.as_ref().map_or("", |booked| booked.currency());
    match asked.unwrap_or(left) {
        amount if (1..=left).contains(&amount) => Ok(amount),
        _ => Err(Problem::conflict("too-much", format!("of invoice {} {left} {currency} can go back", told.id))),
    }
}

fn check(key: &str, invoice: &str, amount: Option<i64>) -> Result<(), Problem> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if !(8..=64).contains(&key.len()) || !key.bytes().all(plain) {
        return Err(Problem::invalid("key is 8 to 64 of letters, digits, - and _"));
    }
    if !is_id(invoice, "in_") {
        return Err(Problem::invalid("invoice is what the provider calls it: in_ and its id"));
    }
    match amount {
        Some(..=0) => Err(Problem::invalid("amount is more than 0, in minor units")),
        _ => Ok(()),
    }
}

fn not_found(failure: Failure) -> Problem {
    match failure {
        Failure::Missing(_) => Problem::not_found("there is no such invoice"),
        failure => failure.into(),
    }
}
