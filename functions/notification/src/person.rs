//! All about one person, to be taken along or deleted.

use crate::outbox::Outgoing;
use crate::store::{CONTACT, GONE, INBOX, MESSAGES, NOTICE, PUSH, WATCHING, in_turns, rows, write};
use crate::watching::{self, Note};
use crate::{due, inbox, preferences, subscriptions};
use reel_api::notification::{Begun, Export, News};
use reel_api::{AccountId, Millis, rfc3339};
use reel_sdk::table::{Change, Row, Write};
use reel_sdk::{Problem, Response, clock};

/// For how long it is kept that an account is gone, in milliseconds: 60 days, longer than anything is on its way.
const GONE_MS: Millis = 60 * 24 * 3_600 * 1_000;

/// All that is kept of an account.
pub(crate) async fn export(account: AccountId) -> Result<Response, Problem> {
    let rows = MESSAGES.query_all(rows(account, "")).await?;
    let of = |prefix: &'static str| rows.iter().filter(move |row| row.key.sort.starts_with(prefix));
    let (choice, version) = preferences::of(account).await?;
    let export = Export {
        contact: of(CONTACT).next().map(Row::json).transpose()?,
        preferences: choice.answer(version),
        subscriptions: of(PUSH).map(subscriptions::read).collect::<Result<_, _>>()?,
        told: of(INBOX).map(inbox::told).collect::<Result<_, _>>()?,
        begun: of(WATCHING).filter_map(|row| begun(row).transpose()).collect::<Result<_, _>>()?,
    };
    Response::json(200, &export)
}

fn begun(row: &Row) -> Result<Option<Begun>, Problem> {
    let Some((profile, title_id)) = watching::of(row) else { return Ok(None) };
    let Note { at, .. } = row.json()?;
    Ok(Some(Begun { profile, title_id, at: rfc3339(at) }))
}

/// Deletes all about an account, but the letter that says so while it is on its way. That the account is gone is
/// written first, so that what comes late is not kept.
pub(crate) async fn forget(account: AccountId) -> Result<Response, Problem> {
    let gone = Change::bytes(Vec::new()).expiring(clock::now_ms() + GONE_MS);
    write(account, GONE, gone).commit().await?;
    let rows = MESSAGES.query_all(rows(account, "")).await?;
    let (kept, rows): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.key.sort == GONE || says_goodbye(row));
    in_turns(rows.into_iter().flat_map(|row| deletion(account, row))).await?;
    let goodbyes: Vec<&str> = kept.iter().filter_map(|row| row.key.sort.strip_prefix(NOTICE)).collect();
    due::forget(account, &goodbyes).await?;
    Ok(Response::empty(204))
}

/// The writes that delete a row, and what leads to it.
fn deletion(account: AccountId, row: &Row) -> Vec<Write> {
    match row.key.sort.strip_prefix(PUSH) {
        Some(id) => subscriptions::removal(account, id).into(),
        None => vec![write(account, &row.key.sort, Change::Delete)],
    }
}

fn says_goodbye(row: &Row) -> bool {
    let outgoing = || row.json::<Outgoing>().ok()?.news;
    row.key.sort.starts_with(NOTICE) && matches!(outgoing(), Some(News::AccountDeleted { .. }))
}
