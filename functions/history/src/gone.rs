//! Accounts that were deleted, so that events on their way bring nothing back: `gone#HASH` and `gone` in table
//! `history`, for as long as an event may take. The hash tells who it was to nobody who does not know.

use crate::store::{FORGOTTEN_MS, HISTORY};
use reel_api::{AccountId, Millis};
use reel_sdk::Problem;
use reel_sdk::table::{Change, Condition, Write};

const GONE: &str = "gone";

/// The write that holds back a transaction of an account that was deleted.
pub(crate) fn unless(account: &str) -> Write {
    HISTORY.write(&partition(account), GONE, Change::Check).when(Condition::Absent)
}

/// Whether an account was deleted.
pub(crate) async fn is(account: &str) -> Result<bool, Problem> {
    Ok(HISTORY.get(&partition(account), GONE).await?.is_some())
}

/// Notes that an account was deleted.
pub(crate) async fn mark(account: &str, now: Millis) -> Result<(), Problem> {
    let gone = Change::bytes(Vec::new()).expiring(now + FORGOTTEN_MS);
    HISTORY.write(&partition(account), GONE, gone).commit().await?;
    Ok(())
}

/// A name that is none of an account is as good as any.
fn partition(account: &str) -> String {
    let name = account.parse().map_or_else(|_| account.to_owned(), |id: AccountId| id.pseudonym().to_string());
    format!("gone#{name}")
}
