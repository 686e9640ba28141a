//! Passkeys: `passkey#ID` beside the account, in table `accounts`. A credential's id may be longer than a key of a
//! row may: its hash names it.

use crate::store::accounts::{ACCOUNTS, partition};
use reel_api::passkey::Passkey;
use reel_api::{AccountId, Millis, rfc3339};
use reel_passkey::PublicKey;
use reel_sdk::Problem;
use reel_sdk::table::{Change, Condition, Error, Selection};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const PASSKEY: &str = "passkey#";

/// A passkey, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The credential's id, base64url.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) key: PublicKey,
    pub(super) counter: u32,
    pub(super) created_at: Millis,
    pub(super) used_at: Option<Millis>,
}

impl Kept {
    pub(super) fn answer(&self) -> Passkey {
        let Self { id, name, created_at, used_at, .. } = self.clone();
        Passkey { id, name, created_at: rfc3339(created_at), used_at: used_at.map(rfc3339) }
    }
}

/// The passkeys of an account with the versions of their rows, oldest first.
pub(super) async fn all(account: AccountId) -> Result<Vec<(u64, Kept)>, Problem> {
    let rows = ACCOUNTS.query_all(Selection::of(&partition(account)).prefix(PASSKEY)).await?;
    let passkeys = rows.iter().map(|row| Ok((row.version, row.json()?)));
    let mut passkeys: Vec<(u64, Kept)> = passkeys.collect::<Result<_, Problem>>()?;
    passkeys.sort_by_key(|(_, kept)| kept.created_at);
    Ok(passkeys)
}

/// A passkey of an account, and the version of its row.
pub(super) async fn find(account: AccountId, id: &str) -> Result<Option<(u64, Kept)>, Problem> {
    let row = ACCOUNTS.get(&partition(account), &key(id)).await?;
    row.map(|row| Ok((row.version, row.json()?))).transpose()
}

/// Writes a passkey: a new one, or one read in this version. False when there is one, or it was changed meanwhile.
pub(super) async fn put(account: AccountId, kept: &Kept, read: Option<u64>) -> Result<bool, Problem> {
    let condition = read.map_or(Condition::Absent, Condition::Version);
    match ACCOUNTS.write(&partition(account), &key(&kept.id), Change::json(kept)?).when(condition).commit().await {
        Ok(_) => Ok(true),
        Err(Error::Conflict(_)) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

/// Takes a passkey away.
pub(super) async fn delete(account: AccountId, id: &str) -> Result<(), Problem> {
    Ok(ACCOUNTS.delete(&partition(account), &key(id)).await?)
}

fn key(id: &str) -> String {
    format!("{PASSKEY}{}", hex::encode(Sha256::digest(id)))
}
