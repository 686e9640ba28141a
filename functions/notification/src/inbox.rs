//! What an account was told, kept for 180 days.

use crate::language;
use crate::store::{INBOX, MESSAGES, UNREAD, in_turns, rows, write};
use reel_api::notification::{self as api, Inbox, InboxNotice, MAX_UNREAD, News, Unread};
use reel_api::{AccountId, Millis, NoticeId, rfc3339};
use reel_messages::{Language, Note, note};
use reel_sdk::table::{Change, Error, Row, Write};
use reel_sdk::{Problem, Request, Response};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// For how long it is kept, in milliseconds: 180 days.
const KEPT_MS: Millis = 180 * 24 * 3_600 * 1_000;
/// How many notices a page has.
const PAGE: u32 = 50;

/// A notice, as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Told {
    news: News,
    at: Millis,
}

/// The writes that put news into an inbox.
pub(crate) fn put(account: AccountId, id: NoticeId, news: &News, at: Millis) -> Result<[Write; 2], Problem> {
    let told = Change::json(&Told { news: news.clone(), at })?.expiring(at + KEPT_MS);
    let unread = Change::bytes(Vec::new()).expiring(at + KEPT_MS);
    Ok([write(account, &format!("{INBOX}{id}"), told), write(account, &format!("{UNREAD}{id}"), unread)])
}

/// A page of what an account was told.
pub(crate) async fn list(request: &Request) -> Result<Response, Problem> {
    let account = request.principal()?.account;
    let language = match request.query("language") {
        Some(tag) => Language::of(&tag),
        None => language::of(account).await?,
    };
    let cursor = request.query("cursor");
    let continued = cursor.is_some();
    let page = match MESSAGES.query(rows(account, INBOX).reversed().limit(PAGE).after(cursor)).await {
        Err(Error::Invalid(_)) if continued => {
            return Err(Problem::invalid("cursor is not one that a page of the inbox ended with"));
        }
        page => page?,
    };
    let unread = unread_of(account, page.rows.last()).await?;
    let notices = page.rows.iter().map(|row| answer(row, &unread, language)).collect::<Result<_, _>>()?;
    Response::json(200, &Inbox { notices, cursor: page.cursor })
}

/// The ids of what was not read, from the oldest of a page on.
async fn unread_of(account: AccountId, oldest: Option<&Row>) -> Result<BTreeSet<String>, Problem> {
    let Some(oldest) = oldest else { return Ok(BTreeSet::new()) };
    let from = format!("{UNREAD}{}", id(oldest));
    let unread = MESSAGES.query_all(rows(account, UNREAD).starting_at(&from)).await?;
    Ok(unread.iter().map(|row| id(row).to_owned()).collect())
}

fn answer(row: &Row, unread: &BTreeSet<String>, language: Language) -> Result<InboxNotice, Problem> {
    let Told { news, at } = row.json()?;
    let Note { title, text, link } = note(&news, language);
    let (topic, read) = (news.topic(), !unread.contains(id(row)));
    Ok(InboxNotice { id: crate::parse(id(row))?, topic, title, text, link, at: rfc3339(at), read })
}

/// What a row of the inbox tells.
pub(crate) fn told(row: &Row) -> Result<api::Told, Problem> {
    let Told { news, at } = row.json()?;
    Ok(api::Told { at: rfc3339(at), news })
}

fn id(row: &Row) -> &str {
    row.key.sort.split_once('/').map_or("", |(_, id)| id)
}

/// How much was not read.
pub(crate) async fn unread(request: &Request) -> Result<Response, Problem> {
    let account = request.principal()?.account;
    let page = MESSAGES.query(rows(account, UNREAD).limit(MAX_UNREAD)).await?;
    Response::json(200, &Unread { unread: page.rows.len() as u32 })
}

/// Marks a notice as read.
pub(crate) async fn read(request: &Request, id: NoticeId) -> Result<Response, Problem> {
    let account = request.principal()?.account;
    write(account, &format!("{UNREAD}{id}"), Change::Delete).commit().await?;
    Ok(Response::empty(204))
}

/// Marks all as read.
pub(crate) async fn read_all(request: &Request) -> Result<Response, Problem> {
    let account = request.principal()?.account;
    let unread = MESSAGES.query_all(rows(account, UNREAD)).await?;
    in_turns(unread.iter().map(|row| write(account, &row.key.sort, Change::Delete))).await?;
    Ok(Response::empty(204))
}

/// Deletes a notice.
pub(crate) async fn delete(request: &Request, id: NoticeId) -> Result<Response, Problem> {
    let account = request.principal()?.account;
    in_turns([INBOX, UNREAD].iter().map(|part| write(account, &format!("{part}{id}"), Change::Delete))).await?;
    Ok(Response::empty(204))
}
