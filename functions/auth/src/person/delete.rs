//! An account, and all that is kept of it, deleted.

use super::KEEPERS;
use crate::account::Account;
use crate::attempts::Name;
use crate::credentials::proven;
use crate::store::accounts::{self, ACCOUNT, ACCOUNTS};
use crate::store::sessions;
use crate::{body, keys, passkey, roles, tell};
use reel_api::Client;
use reel_api::account::Deletion;
use reel_api::notification::News;
use reel_sdk::http::Function;
use reel_sdk::table::{Change, Row, Selection, Write, transact};
use reel_sdk::{Problem, Request, Response};

/// How many rows a transaction deletes.
const MAX_WRITES: usize = 100;

/// Deletes the account of who is signed in and shows it anew. The account goes last: until all else is gone, who
/// it is can sign in and have the rest deleted.
pub(crate) async fn delete(request: &Request) -> Result<Response, Problem> {
    let account = shown(request, body(request)?).await?;
    let owners = roles::without(&account).await?;
    sessions::end_all(account.id, Some(request.principal()?.session)).await?;
    for keeper in KEEPERS {
        let deleted = Client::new(Function(keeper)).forget_account(account.id).await;
        deleted.map_err(|why| unfinished(keeper, &why.to_string()))?;
    }
    sessions::end_all(account.id, None).await?;
    forget(&account, owners).await?;
    let Account { email, language, .. } = &account;
    let news = News::AccountDeleted { email: email.to_string(), language: language.clone() };
    // Of nobody: the letter needs the address alone.
    tell::once(account.id.pseudonym(), "account-deleted", news).await;
    Ok(Response::empty(204))
}

/// The account of who is signed in, once its password or a passkey was given again.
async fn shown(request: &Request, deletion: Deletion) -> Result<Account, Problem> {
    let principal = request.principal()?;
    match (deletion.password, deletion.passkey) {
        (Some(password), None) => Ok(proven(request, &password).await?.0),
        (None, Some(assertion)) => {
            let account = passkey::account_of(&assertion).await?;
            let own = account.id == principal.account;
            own.then_some(account).ok_or_else(|| Problem::forbidden("passkey", "the passkey is another account's"))
        }
        _ => Err(Problem::invalid("send either the password, or the answer of a passkey to a challenge")),
    }
}

/// Deletes every row of an account: first what stands beside it, then in one transaction the account, its address
/// and what was counted under it.
async fn forget(account: &Account, owners: Option<Write>) -> Result<(), Problem> {
    let (keys, partition) = (keys::load().await?, accounts::partition(account.id));
    let rows = ACCOUNTS.query_all(Selection::of(&partition)).await?;
    let beside: Vec<&Row> = rows.iter().filter(|row| row.key.sort != ACCOUNT).collect();
    for rows in beside.chunks(MAX_WRITES) {
        let deleted = rows.iter().map(|row| ACCOUNTS.write(&partition, &row.key.sort, Change::Delete));
        transact(deleted.collect()).await?;
    }
    let named = [Name::password(&keys, &account.email), Name::mail(&keys, &account.email)];
    let mut writes: Vec<Write> = owners.into_iter().chain(named.iter().map(Name::clearing)).collect();
    writes.push(ACCOUNTS.write(&accounts::lookup(&account.email), ACCOUNT, Change::Delete));
    writes.push(ACCOUNTS.write(&partition, ACCOUNT, Change::Delete));
    transact(writes).await?;
    Ok(())
}

fn unfinished(keeper: &str, why: &str) -> Problem {
    eprintln!("{keeper} has not deleted its part of an account: {why}");
    Problem::unavailable(format!("{keeper} could not delete its part yet: send it again"), 5)
}
