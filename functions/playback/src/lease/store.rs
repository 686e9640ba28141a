//! The row of an account's places: `plays`, `ACCOUNT` and `plays`. It goes when the last of them runs out.

use super::held::Leases;
use reel_api::{AccountId, Millis, Problem};
use reel_sdk::table::{Change, Condition, Error, Table};

const PLAYS: Table = Table("plays");
/// How often a change begins again because another one was faster.
const ATTEMPTS: usize = 5;

/// The places that are held, and the version of their row.
pub(crate) async fn read(account: AccountId, now: Millis) -> Result<(Leases, Option<u64>), Problem> {
    match PLAYS.get(&account.to_string(), "plays").await? {
        Some(row) => Ok((row.json::<Leases>()?.at(now), Some(row.version))),
        None => Ok((Leases::default(), None)),
    }
}

/// Changes the places, on top of every change made before.
pub(crate) async fn update(
    account: AccountId,
    now: Millis,
    change: impl Fn(&mut Leases) -> Result<(), Problem>,
) -> Result<(), Problem> {
    for _ in 0..ATTEMPTS {
        let (mut leases, version) = read(account, now).await?;
        let before = leases.clone();
        change(&mut leases)?;
        if leases == before || write(account, &leases, version).await? {
            return Ok(());
        }
    }
    Err(Problem::unavailable("other players of the account begin or end at the same time", 1))
}

/// False when the row was changed by someone else meanwhile.
async fn write(account: AccountId, leases: &Leases, read: Option<u64>) -> Result<bool, Problem> {
    let condition = read.map_or(Condition::Absent, Condition::Version);
    let change = Change::json(leases)?.expiring(leases.until());
    match PLAYS.write(&account.to_string(), "plays", change).when(condition).commit().await {
        Ok(_) => Ok(true),
        Err(Error::Conflict(_)) => Ok(false),
        Err(other) => Err(other.into()),
    }
}
