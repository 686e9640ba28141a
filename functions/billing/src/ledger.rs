//! Rows of table `ledger`, which are only ever added.
//!
//! `transaction/KEY` and `transaction`: that it was posted, which is done once. `month/YYYY-MM` and `AT#KEY`: the
//! transaction itself. `payment/PAYMENT` and `payment`: what moved, by the provider's name for it.

use reel_api::{Millis, rfc3339};
use reel_billing::ledger::{Account, Sums, Transaction};
use reel_sdk::Problem;
use reel_sdk::table::{Change, Condition, Selection, Table, Write};
use serde::{Deserialize, Serialize};

const LEDGER: Table = Table("ledger");

/// What the ledger says of a payment or a refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moved {
    pub(crate) key: String,
    /// What came in; negative: what went out.
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) at: Millis,
}

/// The writes that post a transaction, once.
pub(crate) fn post(transaction: &Transaction) -> Result<Vec<Write>, Problem> {
    let Transaction { key, at, currency, payment, .. } = transaction;
    let add = |partition: &str, sort: &str, change| LEDGER.write(partition, sort, change).when(Condition::Absent);
    let mut writes = vec![
        add(&format!("transaction/{key}"), "transaction", Change::json(&month_of(*at))?),
        add(&month(&month_of(*at)), &format!("{at:013}#{key}"), Change::json(transaction)?),
    ];
    if let Some(payment) = payment {
        let (amount, currency) = (transaction.of(Account::Clearing), currency.clone());
        let moved = Moved { key: key.clone(), amount, currency, at: *at };
        writes.push(add(&format!("payment/{payment}"), "payment", Change::json(&moved)?));
    }
    Ok(writes)
}

/// What the ledger says of a payment or a refund.
pub(crate) async fn moved(payment: &str) -> Result<Option<Moved>, Problem> {
    LEDGER.get_json(&format!("payment/{payment}"), "payment").await
}

/// The sums of a month, and of how many transactions. Reads it a page at a time.
pub(crate) async fn sums(of_month: &str) -> Result<(Sums, u64), Problem> {
    let (mut sums, mut count) = (Sums::default(), 0);
    let mut selection = Selection::of(&month(of_month));
    loop {
        let page = LEDGER.query(selection.clone()).await?;
        for row in &page.rows {
            sums.add(&row.json::<Transaction>()?);
            count += 1;
        }
        match page.cursor {
            Some(cursor) => selection.cursor = Some(cursor),
            None => return Ok((sums, count)),
        }
    }
}

fn month(name: &str) -> String {
    format!("month/{name}")
}

/// `2026-11`.
fn month_of(at: Millis) -> String {
    rfc3339(at).chars().take(7).collect()
}
