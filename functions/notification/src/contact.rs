//! Where accounts are reached, as `auth` tells.

use crate::outbox::Outgoing;
use crate::store::{CONTACT, GONE, MESSAGES, NOTICE, in_turns, rows, write};
use reel_api::notification::{Contact, News};
use reel_api::{AccountId, Millis};
use reel_sdk::table::{Change, Row};
use reel_sdk::{Problem, Response, clock};

/// For how long it is kept that an account is gone, in milliseconds: 60 days, longer than anything is on its way.
const GONE_MS: Millis = 60 * 24 * 3_600 * 1_000;

/// Where an account is reached; none when nobody has told.
pub(crate) async fn of(account: AccountId) -> Result<Option<Contact>, Problem> {
    MESSAGES.get_json(&account.to_string(), CONTACT).await
}

/// Whether an account was deleted.
pub(crate) async fn is_gone(account: AccountId) -> Result<bool, Problem> {
    Ok(MESSAGES.get(&account.to_string(), GONE).await?.is_some())
}

/// Writes down where an account is reached.
pub(crate) async fn set(account: AccountId, contact: &Contact) -> Result<Response, Problem> {
    if !contact.email.contains('@') {
        return Err(Problem::invalid("email is not an address such as name@example.com"));
    }
    if !is_gone(account).await? {
        MESSAGES.put_json(&account.to_string(), CONTACT, contact).await?;
    }
    Ok(Response::empty(204))
}

/// Deletes all about an account, but the letter that says so while it is on its way. That the account is gone is
/// written first, so that what comes late is not kept.
pub(crate) async fn forget(account: AccountId) -> Result<Response, Problem> {
    let gone = Change::bytes(Vec::new()).expiring(clock::now_ms() + GONE_MS);
    write(account, GONE, gone).commit().await?;
    let rows = MESSAGES.query_all(rows(account, "")).await?;
    let kept = |row: &&Row| row.key.sort == GONE || says_goodbye(row);
    in_turns(rows.iter().filter(|row| !kept(row)).map(|row| write(account, &row.key.sort, Change::Delete))).await?;
    Ok(Response::empty(204))
}

fn says_goodbye(row: &Row) -> bool {
    let outgoing = || row.json::<Outgoing>().ok()?.news;
    row.key.sort.starts_with(NOTICE) && matches!(outgoing(), Some(News::AccountDeleted { .. }))
}
