//! Rows of table `billing`.
//!
//! `account/ID` and `subscription`: how the account's subscription stands.

use reel_api::AccountId;
use reel_billing::subscription::Subscription;
use reel_sdk::Problem;
use reel_sdk::table::Table;

pub(crate) const BILLING: Table = Table("billing");
const SUBSCRIPTION: &str = "subscription";

/// The subscription of an account, and its row's version.
pub(crate) async fn subscription(account: AccountId) -> Result<Option<(Subscription, u64)>, Problem> {
    let row = BILLING.get(&partition(account), SUBSCRIPTION).await?;
    row.map(|row| Ok((row.json()?, row.version))).transpose()
}

/// Where all of an account is kept.
pub(crate) fn partition(account: AccountId) -> String {
    format!("account/{account}")
}
