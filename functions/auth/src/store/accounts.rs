//! Rows of table `accounts`.
//!
//! `account/ID` and `account`: the account; beside it, in the same partition, what else is kept of
//! it: mail tokens, known devices, notices to be told. `email/ADDRESS`: the account's id. An address
//! and its account change in one transaction, which is what keeps it from naming two.

use crate::account::Account;
use crate::email::Email;
use reel_api::AccountId;
use reel_sdk::Problem;
use reel_sdk::table::{Change, Condition, Error, Table, Write, transact};

pub(crate) const ACCOUNTS: Table = Table("accounts");
pub(crate) const ACCOUNT: &str = "account";

/// The partition of all that is kept of an account.
pub(crate) fn partition(id: AccountId) -> String {
    format!("account/{id}")
}

/// Makes an account, and writes `also`.
///
/// # Errors
/// A 409 problem `email-taken` when its address names one already.
pub(crate) async fn create(account: &Account, also: Option<Write>) -> Result<(), Problem> {
    let row = ACCOUNTS.write(&partition(account.id), ACCOUNT, Change::json(account)?).when(Condition::Absent);
    match transact([row, claim(account)?].into_iter().chain(also).collect()).await {
        Ok(_) => Ok(()),
        Err(Error::Conflict(_)) => Err(taken(&account.email)),
        Err(other) => Err(other.into()),
    }
}

/// Writes an account in place of the one that was read in this version, and `also`. The address may
/// be another one.
///
/// # Errors
/// A 409 problem `email-taken` when the new address names another account, 503 when the account was
/// changed by someone else meanwhile.
pub(crate) async fn update(before: &Account, read: u64, after: &Account, also: Vec<Write>) -> Result<(), Problem> {
    let mut writes = vec![change(read, after)?];
    if before.email != after.email {
        writes.push(ACCOUNTS.write(&lookup(&before.email), ACCOUNT, Change::Delete));
        writes.push(claim(after)?);
    }
    let claimed = (writes.len() - 1) as u32;
    writes.extend(also);
    match transact(writes).await {
        Ok(_) => Ok(()),
        Err(Error::Conflict(at)) if at == claimed && at > 0 => Err(taken(&after.email)),
        Err(Error::Conflict(_)) => Err(busy()),
        Err(other) => Err(other.into()),
    }
}

/// The write that puts an account in place of the one that was read in this version.
pub(crate) fn change(read: u64, after: &Account) -> Result<Write, Problem> {
    Ok(ACCOUNTS.write(&partition(after.id), ACCOUNT, Change::json(after)?).when(Condition::Version(read)))
}

/// The account of an address, and the version of its row. It takes as many reads when there is none.
pub(crate) async fn by_email(email: &Email) -> Result<Option<(Account, u64)>, Problem> {
    let id: Option<AccountId> = ACCOUNTS.get_json(&lookup(email), ACCOUNT).await?;
    find(id.unwrap_or(nobody())).await
}

/// An account, and the version of its row.
pub(crate) async fn find(id: AccountId) -> Result<Option<(Account, u64)>, Problem> {
    let row = ACCOUNTS.get(&partition(id), ACCOUNT).await?;
    row.map(|row| Ok((row.json()?, row.version))).transpose()
}

/// The account of who is signed in.
///
/// # Errors
/// A 401 problem when it was deleted meanwhile.
pub(crate) async fn of_principal(id: AccountId) -> Result<(Account, u64), Problem> {
    find(id).await?.ok_or_else(|| Problem::unauthenticated("the account is no longer there: sign up"))
}

/// The id of no account.
pub(crate) fn nobody() -> AccountId {
    AccountId::new(0, &[0; 10])
}

/// Others were faster.
pub(crate) fn busy() -> Problem {
    Problem::unavailable("the account is being changed by others at the same time", 1)
}

fn claim(account: &Account) -> Result<Write, Problem> {
    Ok(ACCOUNTS.write(&lookup(&account.email), ACCOUNT, Change::json(&account.id)?).when(Condition::Absent))
}

pub(crate) fn lookup(email: &Email) -> String {
    format!("email/{email}")
}

fn taken(email: &Email) -> Problem {
    Problem::conflict("email-taken", format!("there is an account of {email} already: sign in"))
}
