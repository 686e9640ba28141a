//! Accounts that were deleted, so that a request on its way brings nothing back: `gone#HASH` and `gone` in table
//! `profiles`, for longer than a token is good. The hash tells who it was to nobody who does not know.

use crate::profiles::PROFILES;
use reel_api::{AccountId, Millis};
use reel_sdk::Problem;
use reel_sdk::table::{Change, Condition, Write};

const GONE: &str = "gone";
const KEPT_MS: Millis = 24 * 3_600 * 1_000;

/// The write that holds back a transaction of an account that was deleted.
pub(crate) fn unless(account: AccountId) -> Write {
    PROFILES.write(&partition(account), GONE, Change::Check).when(Condition::Absent)
}

/// Notes that an account was deleted.
pub(crate) async fn mark(account: AccountId, now: Millis) -> Result<(), Problem> {
    let gone = Change::bytes(Vec::new()).expiring(now + KEPT_MS);
    PROFILES.write(&partition(account), GONE, gone).commit().await?;
    Ok(())
}

fn partition(account: AccountId) -> String {
    format!("gone#{}", account.pseudonym())
}
