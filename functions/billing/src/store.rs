//! Rows of table `billing`.
//!
//! Of an account, in `account/ID`: `customer`, what the provider calls it; `subscription`, how its subscription
//! stands; `intent`, what is being asked of the provider, one thing at a time; `invoice/CREATED/ID`, its invoices;
//! `refund/KEY`, what was refunded. `customer/CUS` and `account`: whose a customer is. `event/EVT` and `event`: that an
//! event of the provider was taken in. Other rows: [`crate::outbox`], [`crate::reconcile`].
//!
//! Whatever changes together is written in one transaction, each row on condition of the version that was read.

use crate::booked::Booked;
use crate::intent::Intent;
use reel_api::billing::Refunded;
use reel_api::{AccountId, Millis};
use reel_billing::subscription::Subscription;
use reel_sdk::Problem;
use reel_sdk::table::{Change, Condition, Error, Row, Selection, Table, Write, transact};
use serde::{Deserialize, Serialize};

pub(crate) const BILLING: Table = Table("billing");
const CUSTOMER: &str = "customer";
const SUBSCRIPTION: &str = "subscription";
const INTENT: &str = "intent";
const ACCOUNT: &str = "account";
const EVENT: &str = "event";
const INVOICE: &str = "invoice/";
/// How many invoices are shown.
const SHOWN: u32 = 100;
/// For how long it is known that an event was taken in, in milliseconds: longer than the provider tells of it.
const EVENT_KEPT_MS: Millis = 35 * 24 * 3_600 * 1_000;

/// An account, as the provider calls it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Customer {
    pub(crate) id: String,
    /// Whose prices and tax hold.
    pub(crate) country: Option<String>,
}

/// What was read, and in which version.
pub(crate) type Versioned<T> = Option<(T, u64)>;

/// The subscription of an account.
pub(crate) async fn subscription(account: AccountId) -> Result<Versioned<Subscription>, Problem> {
    versioned(account, SUBSCRIPTION).await
}

/// What the provider calls an account.
pub(crate) async fn customer(account: AccountId) -> Result<Versioned<Customer>, Problem> {
    versioned(account, CUSTOMER).await
}

/// What is being asked of the provider, and the version of its row, which stays when nothing is.
pub(crate) async fn intent(account: AccountId) -> Result<(Option<Intent>, Option<u64>), Problem> {
    let row: Versioned<Option<Intent>> = versioned(account, INTENT).await?;
    Ok(row.map_or((None, None), |(intent, version)| (intent, Some(version))))
}

/// An invoice as it was booked.
pub(crate) async fn invoice(account: AccountId, created: Millis, id: &str) -> Result<Versioned<Booked>, Problem> {
    versioned(account, &invoice_key(created, id)).await
}

/// What was refunded under a key.
pub(crate) async fn refund(account: AccountId, key: &str) -> Result<Option<Refunded>, Problem> {
    BILLING.get_json(&partition(account), &refund_key(key)).await
}

/// The invoices of an account, latest first.
pub(crate) async fn invoices(account: AccountId) -> Result<Vec<Booked>, Problem> {
    let selection = Selection::of(&partition(account)).prefix(INVOICE).reversed().limit(SHOWN);
    BILLING.query(selection).await?.rows.iter().map(Row::json).collect()
}

/// Whose a customer is, as far as we have noted.
pub(crate) async fn account_of(customer: &str) -> Result<Option<AccountId>, Problem> {
    BILLING.get_json(&format!("customer/{customer}"), ACCOUNT).await
}

/// Whether an event was taken in.
pub(crate) async fn knows_event(event: &str) -> Result<bool, Problem> {
    Ok(BILLING.get(&format!("event/{event}"), EVENT).await?.is_some())
}

/// Notes what an account is called, both ways.
pub(crate) fn put_customer(account: AccountId, customer: &Customer, read: Option<u64>) -> Result<Vec<Write>, Problem> {
    let whose = Change::json(&account)?;
    Ok(vec![
        put(account, CUSTOMER, customer, read)?,
        BILLING.write(&format!("customer/{}", customer.id), ACCOUNT, whose),
    ])
}

/// Writes a subscription: a new one, or over the version that was read.
pub(crate) fn put_subscription(
    account: AccountId,
    subscription: &Subscription,
    read: Option<u64>,
) -> Result<Write, Problem> {
    put(account, SUBSCRIPTION, subscription, read)
}

/// Writes nothing, if the subscription is as it was read.
pub(crate) fn check_subscription(account: AccountId, read: Option<u64>) -> Write {
    let condition = read.map_or(Condition::Absent, Condition::Version);
    BILLING.write(&partition(account), SUBSCRIPTION, Change::Check).when(condition)
}

/// Writes an intent.
pub(crate) fn put_intent(account: AccountId, intent: &Intent, read: Option<u64>) -> Result<Write, Problem> {
    put(account, INTENT, intent, read)
}

/// Ends an intent that was read in this version. Its row stays, so that no later one has a version that was before.
pub(crate) fn end_intent(account: AccountId, read: u64) -> Result<Write, Problem> {
    put(account, INTENT, &None::<Intent>, Some(read))
}

/// Writes an invoice.
pub(crate) fn put_invoice(account: AccountId, booked: &Booked, read: Option<u64>) -> Result<Write, Problem> {
    put(account, &invoice_key(booked.created, &booked.id), booked, read)
}

/// Notes a refund.
pub(crate) fn put_refund(account: AccountId, key: &str, refunded: &Refunded) -> Result<Write, Problem> {
    Ok(BILLING.write(&partition(account), &refund_key(key), Change::json(refunded)?))
}

/// Notes that an event was taken in, which is done once.
pub(crate) fn mark_event(event: &str, now: Millis) -> Write {
    let mark = Change::bytes(vec![]).expiring(now + EVENT_KEPT_MS);
    BILLING.write(&format!("event/{event}"), EVENT, mark).when(Condition::Absent)
}

/// Forgets who somebody was; invoices stay.
pub(crate) fn forget(account: AccountId, customer: Option<&Customer>) -> Vec<Write> {
    let own = [CUSTOMER, SUBSCRIPTION].map(|sort| BILLING.write(&partition(account), sort, Change::Delete));
    let lookup = customer.map(|customer| BILLING.write(&format!("customer/{}", customer.id), ACCOUNT, Change::Delete));
    own.into_iter().chain(lookup).collect()
}

/// Makes writes, all or none. False: a row was changed by someone else meanwhile, and nothing was written.
pub(crate) async fn commit(writes: Vec<Write>) -> Result<bool, Problem> {
    if writes.is_empty() {
        return Ok(true);
    }
    match transact(writes).await {
        Ok(_) => Ok(true),
        Err(Error::Conflict(_)) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

/// Others were faster, every time.
pub(crate) fn busy() -> Problem {
    Problem::unavailable("the account's subscription is being changed at the same time: ask again", 2)
}

fn put(account: AccountId, sort: &str, value: &impl Serialize, read: Option<u64>) -> Result<Write, Problem> {
    let condition = read.map_or(Condition::Absent, Condition::Version);
    Ok(BILLING.write(&partition(account), sort, Change::json(value)?).when(condition))
}

async fn versioned<T: serde::de::DeserializeOwned>(account: AccountId, sort: &str) -> Result<Versioned<T>, Problem> {
    let row = BILLING.get(&partition(account), sort).await?;
    row.map(|row| Ok((row.json()?, row.version))).transpose()
}

fn partition(account: AccountId) -> String {
    format!("account/{account}")
}

fn invoice_key(created: Millis, id: &str) -> String {
    format!("{INVOICE}{created:013}/{id}")
}

fn refund_key(key: &str) -> String {
    format!("refund/{key}")
}
