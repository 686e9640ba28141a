//! Accounts and sessions, as rows.
//!
//! `accounts`: `account/ID` holds the account, `email/ADDRESS` its id; both are made in
//! one transaction, which is what keeps an address from naming two accounts.
//! `sessions`: `session/ID`, which expires by itself.

use crate::account::Account;
use crate::email::Email;
use crate::session::Session;
use reel_api::{AccountId, Millis, SessionId};
use reel_sdk::Problem;
use reel_sdk::table::{Change, Condition, Error, Table, transact};

const ACCOUNTS: Table = Table("accounts");
const SESSIONS: Table = Table("sessions");

/// Makes an account.
///
/// # Errors
/// A 409 problem `email-taken` when its address names one already.
pub(crate) async fn create(account: &Account) -> Result<(), Problem> {
    let row = ACCOUNTS.write(&format!("account/{}", account.id), "account", Change::json(account)?);
    let lookup = ACCOUNTS.write(&format!("email/{}", account.email), "account", Change::json(&account.id)?);
    match transact(vec![row.when(Condition::Absent), lookup.when(Condition::Absent)]).await {
        Ok(_) => Ok(()),
        Err(Error::Conflict(_)) => {
            Err(Problem::conflict("email-taken", format!("there is an account of {} already: sign in", account.email)))
        }
        Err(other) => Err(other.into()),
    }
}

/// The account of an address. It takes as many reads when there is none.
pub(crate) async fn by_email(email: &Email) -> Result<Option<Account>, Problem> {
    let id: Option<AccountId> = ACCOUNTS.get_json(&format!("email/{email}"), "account").await?;
    account(id.unwrap_or_else(|| AccountId::new(0, &[0; 10]))).await
}

/// An account.
pub(crate) async fn account(id: AccountId) -> Result<Option<Account>, Problem> {
    ACCOUNTS.get_json(&format!("account/{id}"), "account").await
}

/// A session that has not ended, and the version of its row.
pub(crate) async fn session(id: SessionId) -> Result<Option<(Session, u64)>, Problem> {
    let row = SESSIONS.get(&format!("session/{id}"), "session").await?;
    row.map(|row| Ok((row.json()?, row.version))).transpose()
}

/// Writes a session: a new one, or one read in this version. False when it was changed
/// by someone else meanwhile.
pub(crate) async fn put_session(
    id: SessionId,
    session: &Session,
    read: Option<u64>,
    now: Millis,
) -> Result<bool, Problem> {
    let change = Change::json(session)?.expiring(Session::expires_at(now));
    let condition = read.map_or(Condition::Absent, Condition::Version);
    match SESSIONS.write(&format!("session/{id}"), "session", change).when(condition).commit().await {
        Ok(_) => Ok(true),
        Err(Error::Conflict(_)) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

/// Ends a session.
pub(crate) async fn end_session(id: SessionId) -> Result<(), Problem> {
    Ok(SESSIONS.delete(&format!("session/{id}"), "session").await?)
}
