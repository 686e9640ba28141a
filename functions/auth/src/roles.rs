//! What accounts may do: owners give roles. Within 5 s `authenticate` knows, for it asks what a session may do.
//!
//! `owners` and `owners` in table `accounts`: who they are. Each change of them is a change of this row, so that no
//! two owners take the role from one another at once.

use crate::account::Account;
use crate::body;
use crate::email::Email;
use crate::passkey;
use crate::store::accounts::{self, ACCOUNTS, busy};
use reel_api::auth::{AccountSummary, Accounts, RoleChange};
use reel_api::{AccountId, Role, rfc3339};
use reel_sdk::table::{Change, Condition, Error, Write, transact};
use reel_sdk::{Problem, Request, Response};
use std::collections::BTreeSet;

const OWNERS: &str = "owners";

/// The account of an address.
pub(crate) async fn find(request: &Request) -> Result<Response, Problem> {
    request.principal()?.require(Role::Owner)?;
    let email = request.query("email").ok_or_else(|| Problem::invalid("email is missing: whose account?"))?;
    let found = accounts::by_email(&Email::parse(&email)?).await?;
    let accounts = found.iter().map(|(account, _)| summary(account)).collect();
    Response::json(200, &Accounts { accounts })
}

/// Gives an account a role.
pub(crate) async fn change(request: &Request, id: AccountId) -> Result<Response, Problem> {
    request.principal()?.require(Role::Owner)?;
    let RoleChange { role } = body(request)?;
    let (account, read) = accounts::find(id).await?.ok_or_else(|| missing(id))?;
    let changed = Account { role, ..account.clone() };
    if account.role != role {
        let mut writes = vec![accounts::change(read, &changed)?];
        writes.extend(owners_after(&account, role).await?);
        match transact(writes).await {
            Ok(_) => {}
            Err(Error::Conflict(_)) => return Err(busy()),
            Err(other) => return Err(other.into()),
        }
    }
    Response::json(200, &summary(&changed))
}

/// The write that takes an account out of the owners, if it is one of them.
///
/// # Errors
/// As [`change`]: the last owner stays one.
pub(crate) async fn without(account: &Account) -> Result<Option<Write>, Problem> {
    owners_after(account, Role::Viewer).await
}

/// The write that notes an owner who was just made; there may have been none before.
pub(crate) async fn with(account: &Account) -> Result<Option<Write>, Problem> {
    owners_after(&Account { role: Role::Viewer, ..account.clone() }, account.role).await
}

/// What becomes of the owners when an account is given a role.
///
/// # Errors
/// A 409 problem `last-owner` when nobody would be left who is an owner and can sign in.
async fn owners_after(account: &Account, role: Role) -> Result<Option<Write>, Problem> {
    let (was, is) = (account.role == Role::Owner, role == Role::Owner);
    if was == is {
        return Ok(None);
    }
    let row = ACCOUNTS.get(OWNERS, OWNERS).await?;
    let condition = row.as_ref().map_or(Condition::Absent, |row| Condition::Version(row.version));
    let mut owners: BTreeSet<AccountId> = row.map(|row| row.json()).transpose()?.unwrap_or_default();
    if is {
        owners.insert(account.id);
    } else {
        owners.remove(&account.id);
        if can_sign_in(account).await? && !any_can_sign_in(&owners).await? {
            let detail = "this is the last owner who can sign in: make another one first";
            return Err(Problem::conflict("last-owner", detail));
        }
    }
    Ok(Some(ACCOUNTS.write(OWNERS, OWNERS, Change::json(&owners)?).when(condition)))
}

async fn any_can_sign_in(owners: &BTreeSet<AccountId>) -> Result<bool, Problem> {
    for id in owners {
        if let Some((owner, _)) = accounts::find(*id).await?
            && can_sign_in(&owner).await?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a person can: the account of the operator key has neither.
async fn can_sign_in(account: &Account) -> Result<bool, Problem> {
    Ok(account.password.is_some() || passkey::has_any(account.id).await?)
}

fn summary(account: &Account) -> AccountSummary {
    let Account { id, email, verified, role, created_at, .. } = account;
    let (email, created_at) = (email.to_string(), rfc3339(*created_at));
    AccountSummary { id: *id, email, verified: *verified, role: *role, created_at }
}

fn missing(id: AccountId) -> Problem {
    Problem::not_found(format!("there is no account {id}"))
}
