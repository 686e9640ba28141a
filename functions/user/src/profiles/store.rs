//! The row of an account's profiles: `profiles`, `ACCOUNT` and `profiles`.

use super::roster::Roster;
use crate::gone;
use reel_api::AccountId;
use reel_sdk::Problem;
use reel_sdk::table::{Change, Condition, Error, Selection, Table, transact};

pub(crate) const PROFILES: Table = Table("profiles");
/// How often a change begins again because another one was faster.
const ATTEMPTS: usize = 4;

/// The account's profiles, and the version of their row.
pub(crate) async fn read(account: AccountId) -> Result<(Roster, Option<u64>), Problem> {
    match PROFILES.get(&account.to_string(), "profiles").await? {
        Some(row) => Ok((row.json()?, Some(row.version))),
        None => Ok((Roster::default(), None)),
    }
}

/// Changes the account's profiles, on top of every change made before.
pub(crate) async fn update<A>(
    account: AccountId,
    change: impl Fn(&mut Roster) -> Result<A, Problem>,
) -> Result<A, Problem> {
    for _ in 0..ATTEMPTS {
        let (mut roster, version) = read(account).await?;
        let before = roster.clone();
        let answer = change(&mut roster)?;
        if roster == before || write(account, &roster, version).await? {
            return Ok(answer);
        }
    }
    Err(Problem::unavailable("the profiles are being changed by others at the same time", 1))
}

/// Deletes all that is kept of the profiles.
pub(crate) async fn forget(account: AccountId) -> Result<(), Problem> {
    let rows = PROFILES.query_all(Selection::of(&account.to_string())).await?;
    let deleted = rows.iter().map(|row| PROFILES.write(&row.key.partition, &row.key.sort, Change::Delete));
    let deleted: Vec<_> = deleted.collect();
    if !deleted.is_empty() {
        transact(deleted).await?;
    }
    Ok(())
}

/// False when the row was changed by someone else meanwhile.
async fn write(account: AccountId, roster: &Roster, read: Option<u64>) -> Result<bool, Problem> {
    let condition = read.map_or(Condition::Absent, Condition::Version);
    let write = PROFILES.write(&account.to_string(), "profiles", Change::json(roster)?).when(condition);
    match transact(vec![write, gone::unless(account)]).await {
        Ok(_) => Ok(true),
        Err(Error::Conflict(_)) => Ok(false),
        Err(other) => Err(other.into()),
    }
}
