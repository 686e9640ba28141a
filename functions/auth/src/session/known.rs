//! Devices that an account was signed in on: `device#HASH` beside the account, for a year.

use super::Visit;
use crate::store::accounts::{ACCOUNTS, partition};
use reel_api::{AccountId, Millis};
use reel_sdk::Problem;
use reel_sdk::table::Change;
use sha2::{Digest, Sha256};

/// For how long a device is known, in milliseconds.
const KNOWN_MS: Millis = 365 * 24 * 3_600 * 1_000;

/// Whether an account was signed in on this device before.
pub(crate) async fn is_known(account: AccountId, visit: &Visit) -> Result<bool, Problem> {
    Ok(ACCOUNTS.get(&partition(account), &key(visit)).await?.is_some())
}

/// Notes that an account is signed in on this device.
pub(crate) async fn remember(account: AccountId, visit: &Visit, now: Millis) -> Result<(), Problem> {
    let known = Change::json(&visit.device)?.expiring(now + KNOWN_MS);
    ACCOUNTS.write(&partition(account), &key(visit), known).commit().await?;
    Ok(())
}

fn key(visit: &Visit) -> String {
    format!("device#{}", hex::encode(Sha256::digest(visit.known_by())))
}
