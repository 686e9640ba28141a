//! My list: what a profile wants to watch, added last first.
//!
//! `ACCOUNT#PROFILE#list` in table `profiles`: `at#TIME#TITLE` is a place in the list, and `title#TITLE` tells
//! which; both change in one transaction. `count` holds how many there are.

use crate::gone;
use crate::profiles::PROFILES;
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
    Response::json(200, &MyList { titles, cursor: page.cursor.map(|cursor| BASE64_URL_SAFE_NO_PAD.encode(cursor)) })
}

/// Adds a title; one that is there keeps its place.
pub(crate) async fn add(request: &Request, title: TitleId) -> Result<Response, Problem> {
    let principal = request.principal()?;
    let (list, now) = (of(&principal)?, clock::now_ms());
    let count = PROFILES.get(&list, COUNT).await?.map_or(0, |row| row.counter(COUNT));
    if usize::try_from(count).is_ok_and(|count| count >= MAX_LISTED) {
        return Err(Problem::conflict("list-full", format!("a list has at most {MAX_LISTED} titles: take one away")));
    }
    let found_by = PROFILES.write(&list, &lookup(title), Change::json(&now)?).when(Condition::Absent);
    let place = PROFILES.write(&list, &place(now, title), Change::bytes(Vec::new()));
    let counted = PROFILES.write(&list, COUNT, Change::Add(vec![(COUNT.into(), 1)]));
    match transact(vec![found_by, place, counted, gone::unless(principal.account)]).await {
        Ok(_) | Err(Error::Conflict(_)) => Ok(Response::empty(204)),
        Err(other) => Err(other.into()),
    }
}

/// Takes a title away; one that is not there is no error.
pub(crate) async fn remove(request: &Request, title: TitleId) -> Result<Response, Problem> {
    let list = of(&request.principal()?)?;
    let Some(row) = PROFILES.get(&list, &lookup(title)).await? else { return Ok(Response::empty(204)) };
    let found_by = PROFILES.write(&list, &lookup(title), Change::Delete).when(Condition::Version(row.version));
    let place = PROFILES.write(&list, &place(row.json()?, title), Change::Delete);
    let counted = PROFILES.write(&list, COUNT, Change::Add(vec![(COUNT.into(), -1)]));
    match transact(vec![found_by, place, counted]).await {
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
    for rows in rows.chunks(MAX_WRITES) {
        let deleted = rows.iter().map(|row| PROFILES.write(&row.key.partition, &row.key.sort, Change::Delete));
        transact(deleted.collect()).await?;
    }
    Ok(())
}

fn of(principal: &Principal) -> Result<String, Problem> {
    let profile = principal.profile;
    let profile = profile
        .ok_or_else(|| Problem::forbidden("profile-needed", "choose a profile first: refresh the token with one"))?;
    Ok(partition(principal.account, profile))
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

fn read_cursor(cursor: &str) -> Result<String, Problem> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(bad_cursor)
}

fn bad_cursor() -> Problem {
    Problem::invalid("cursor is not one that a page of the list ended with")
}
