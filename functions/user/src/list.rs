//! My list: what a profile wants to watch, added last first.
//!
//! `ACCOUNT#PROFILE#list` in table `profiles`: `at#TIME#TITLE` is a place in the list, and `title#TITLE` tells
//! which; both change in one transaction, with who [follows](followers) a title. `count` holds how many there are.

use crate::profiles::PROFILES;
use crate::{followers, gone};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::user::{Listed, MAX_LISTED, MyList};
use reel_api::{AccountId, Millis, Principal, ProfileId, TitleId, rfc3339};
use reel_sdk::table::{Change, Condition, Error, Row, Selection, transact};
use reel_sdk::{Problem, Request, Response, clock};

const PLACES: &str = "at#";
const COUNT: &str = "count";
/// How many titles a page has.
const PAGE: u32 = 50;
/// How many rows a transaction deletes.
const MAX_WRITES: usize = 100;

/// A page of the profile's list.
pub(crate) async fn show(request: &Request) -> Result<Response, Problem> {
    let cursor = request.query("cursor").map(|cursor| read_cursor(&cursor)).transpose()?;
    let (selection, continued) = (places(&of(&request.principal()?)?), cursor.is_some());
    let page = match PROFILES.query(selection.limit(PAGE).after(cursor)).await {
        Err(Error::Invalid(_)) if continued => return Err(bad_cursor()),
        page => page?,
    };
    let titles = page.rows.iter().filter_map(listed).collect();
    Response::json(200, &MyList { titles, cursor: page.cursor.map(sent_cursor) })
}

/// Adds a title; one that is there keeps its place.
pub(crate) async fn add(request: &Request, title: TitleId) -> Result<Response, Problem> {
    let principal = request.principal()?;
    let (account, profile) = (principal.account, profile(&principal)?);
    let (list, now) = (partition(account, profile), clock::now_ms());
    let count = PROFILES.get(&list, COUNT).await?.map_or(0, |row| row.counter(COUNT));
    if usize::try_from(count).is_ok_and(|count| count >= MAX_LISTED) {
        return Err(Problem::conflict("list-full", format!("a list has at most {MAX_LISTED} titles: take one away")));
    }
    let found_by = PROFILES.write(&list, &lookup(title), Change::json(&now)?).when(Condition::Absent);
    let place = PROFILES.write(&list, &place(now, title), Change::bytes(Vec::new()));
    let counted = PROFILES.write(&list, COUNT, Change::Add(vec![(COUNT.into(), 1)]));
    let followed = followers::write(title, account, profile, Change::bytes(Vec::new()));
    match transact(vec![found_by, place, counted, followed, gone::unless(account)]).await {
        Ok(_) | Err(Error::Conflict(_)) => Ok(Response::empty(204)),
        Err(other) => Err(other.into()),
    }
}

/// Takes a title away; one that is not there is no error.
pub(crate) async fn remove(request: &Request, title: TitleId) -> Result<Response, Problem> {
    let principal = request.principal()?;
    let (account, profile) = (principal.account, profile(&principal)?);
    let list = partition(account, profile);
    let Some(row) = PROFILES.get(&list, &lookup(title)).await? else { return Ok(Response::empty(204)) };
    let found_by = PROFILES.write(&list, &lookup(title), Change::Delete).when(Condition::Version(row.version));
    let place = PROFILES.write(&list, &place(row.json()?, title), Change::Delete);
    let counted = PROFILES.write(&list, COUNT, Change::Add(vec![(COUNT.into(), -1)]));
    let followed = followers::write(title, account, profile, Change::Delete);
    match transact(vec![found_by, place, counted, followed]).await {
        Ok(_) | Err(Error::Conflict(_)) => Ok(Response::empty(204)),
        Err(other) => Err(other.into()),
    }
}

/// The whole list of a profile.
pub(crate) async fn all(account: AccountId, profile: ProfileId) -> Result<Vec<Listed>, Problem> {
    Ok(PROFILES.query_all(places(&partition(account, profile))).await?.iter().filter_map(listed).collect())
}

/// Deletes the list of a profile.
pub(crate) async fn forget(account: AccountId, profile: ProfileId) -> Result<(), Problem> {
    let rows = PROFILES.query_all(Selection::of(&partition(account, profile))).await?;
    let followed = rows.iter().filter_map(listed);
    let followed = followed.map(|listed| followers::write(listed.title_id, account, profile, Change::Delete));
    let deleted = rows.iter().map(|row| PROFILES.write(&row.key.partition, &row.key.sort, Change::Delete));
    // The places say what is followed, so they go last.
    let deleted: Vec<_> = followed.chain(deleted).collect();
    for writes in deleted.chunks(MAX_WRITES) {
        transact(writes.to_vec()).await?;
    }
    Ok(())
}

fn of(principal: &Principal) -> Result<String, Problem> {
    Ok(partition(principal.account, profile(principal)?))
}

fn profile(principal: &Principal) -> Result<ProfileId, Problem> {
    let none = || Problem::forbidden("profile-needed", "choose a profile first: refresh the token with one");
    principal.profile.ok_or_else(none)
}

fn partition(account: AccountId, profile: ProfileId) -> String {
    format!("{account}#{profile}#list")
}

fn places(list: &str) -> Selection {
    Selection::of(list).prefix(PLACES).reversed()
}

fn lookup(title: TitleId) -> String {
    format!("title#{title}")
}

/// Thirteen digits of milliseconds order as text as they do as numbers.
fn place(at: Millis, title: TitleId) -> String {
    format!("{PLACES}{at:013}#{title}")
}

fn listed(row: &Row) -> Option<Listed> {
    let (at, title) = row.key.sort.strip_prefix(PLACES)?.split_once('#')?;
    Some(Listed { title_id: title.parse().ok()?, added_at: rfc3339(at.parse().ok()?) })
}

/// A cursor in a form that needs no encoding in an address.
pub(crate) fn sent_cursor(cursor: String) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(cursor)
}

pub(crate) fn read_cursor(cursor: &str) -> Result<String, Problem> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(bad_cursor)
}

pub(crate) fn bad_cursor() -> Problem {
    Problem::invalid("cursor is not one that a page of the list ended with")
}
