//! Rows of table `history`.
//!
//! `ACCOUNT#PROFILE` and `WATCHED_AT#CONTENT`: an entry. `ACCOUNT#PROFILE#positions` and
//! the title: where the profile stopped. `plays` and the title: how many plays began, in
//! a counter that grows in the transaction that makes the entry, so that each counts once.
//! Ratings stand in the same table (`rating`), and who there is (`registry`) what is played
//! these days (`trending`) and what was watched just now (`fresh`).

use crate::entry::{Entry, sort_key};
use crate::position::Position;
use crate::viewer::Viewer;
use crate::watched::Watched;
use crate::{registry, trending};
use reel_api::Millis;
use reel_api::history::{MAX_POPULAR, MAX_TOLD, Plays};
use reel_sdk::Problem;
use reel_sdk::table::{Change, Condition, Error, Row, Selection, Table, Write, transact};
use std::collections::BTreeSet;

pub(crate) const HISTORY: Table = Table("history");
const PLAYS: &str = "plays";
/// How many entries a page has.
const PAGE: u32 = 50;
/// How many writes a transaction takes.
const MAX_WRITES: usize = 100;
/// For how long it is kept that something was deleted, in milliseconds: no event is older.
pub(crate) const FORGOTTEN_MS: u64 = reel_events::MAX_AGE_MS + 24 * 3_600 * 1_000;

/// What is known of a play and its title, with the versions of the rows.
pub(crate) struct Known {
    pub(crate) entry: Option<(Entry, u64)>,
    pub(crate) position: Option<(Position, u64)>,
}

/// What is known of a play and its title.
pub(crate) async fn known(viewer: &Viewer, watched: &Watched) -> Result<Known, Problem> {
    let row = HISTORY.get(viewer.watched(), &sort_key(watched.began, &watched.content)).await?;
    let entry = row.map(|row| Ok::<_, Problem>((row.json()?, row.version))).transpose()?;
    Ok(Known { entry, position: position(viewer, &watched.content).await? })
}

/// Where a viewer stopped in a title, and the version of the row.
pub(crate) async fn position(viewer: &Viewer, content: &str) -> Result<Option<(Position, u64)>, Problem> {
    let row = HISTORY.get(&viewer.positions(), content).await?;
    row.map(|row| Ok((row.json()?, row.version))).transpose()
}

/// Writes what is new, each with the version of the row it replaces, and `also`. False when a row was
/// changed by someone else meanwhile; then nothing is written.
pub(crate) async fn write(
    viewer: &Viewer,
    watched: &Watched,
    entry: Option<(Entry, Option<u64>)>,
    position: Option<(Position, Option<u64>)>,
    also: Option<Write>,
) -> Result<bool, Problem> {
    let mut writes: Vec<Write> = also.into_iter().collect();
    if let Some((entry, replaced)) = entry {
        let key = sort_key(entry.watched_at, &entry.content);
        writes.push(HISTORY.write(viewer.watched(), &key, Change::json(&entry)?).when(in_place_of(replaced)));
        if replaced.is_none() {
            writes.push(HISTORY.write(PLAYS, &watched.content, Change::Add(vec![(PLAYS.into(), 1)])));
            writes.push(trending::count(&watched.content, watched.began));
            writes.extend(registry::register(viewer));
        }
    }
    if let Some((position, replaced)) = position {
        writes.push(
            HISTORY.write(&viewer.positions(), &watched.content, Change::json(&position)?).when(in_place_of(replaced)),
        );
    }
    commit(writes).await
}

/// A page of what a viewer watched, latest first, and where the next begins.
pub(crate) async fn page(viewer: &Viewer, cursor: Option<String>) -> Result<(Vec<Entry>, Option<String>), Problem> {
    let continued = cursor.is_some();
    let page = match HISTORY.query(Selection::of(viewer.watched()).reversed().limit(PAGE).after(cursor)).await {
        Err(Error::Invalid(_)) if continued => return Err(bad_cursor()),
        page => page?,
    };
    let entries: Result<_, Problem> = page.rows.iter().map(Row::json).collect();
    Ok((entries?, page.cursor))
}

/// A cursor that no page ended with.
pub(crate) fn bad_cursor() -> Problem {
    Problem::invalid("cursor is not one that a page of the history ended with")
}

/// Deletes a title from what a viewer watched. That it was deleted is written first, so
/// that an event on its way does not bring it back.
pub(crate) async fn forget(viewer: &Viewer, content: &str, now: Millis) -> Result<(), Problem> {
    mark_forgotten(viewer, content, now)?.commit().await?;
    let rows = HISTORY.query_all(Selection::of(viewer.watched())).await?;
    let suffix = format!("#{content}");
    delete(viewer, rows.iter().filter(|row| row.key.sort.ends_with(&suffix))).await
}

/// Deletes all that a viewer watched, as [`forget`] does with each title.
pub(crate) async fn forget_all(viewer: &Viewer, now: Millis) -> Result<(), Problem> {
    let positions = HISTORY.query_all(Selection::of(&viewer.positions())).await?;
    let entries = HISTORY.query_all(Selection::of(viewer.watched())).await?;
    // A play that only began has an entry and no position.
    let begun = entries.iter().filter_map(|row| row.key.sort.split_once('#').map(|(_, content)| content));
    let contents: BTreeSet<_> = positions.iter().map(|row| row.key.sort.as_str()).chain(begun).collect();
    let marks: Vec<_> =
        contents.into_iter().map(|content| mark_forgotten(viewer, content, now)).collect::<Result<_, _>>()?;
    in_turns(marks.into_iter()).await?;
    delete(viewer, entries.iter()).await
}

/// Deletes every row of a viewer, and that there was one.
pub(crate) async fn erase(viewer: &Viewer) -> Result<(), Problem> {
    let mut rows = Vec::new();
    for partition in [viewer.watched(), &viewer.positions(), &viewer.ratings()] {
        rows.extend(HISTORY.query_all(Selection::of(partition)).await?);
    }
    let deleted = rows.iter().map(|row| HISTORY.write(&row.key.partition, &row.key.sort, Change::Delete));
    in_turns(deleted.chain([registry::forget(viewer)])).await
}

fn mark_forgotten(viewer: &Viewer, content: &str, now: Millis) -> Result<Write, Problem> {
    let forgotten = Change::json(&Position::forgotten(now))?.expiring(now + FORGOTTEN_MS);
    Ok(HISTORY.write(&viewer.positions(), content, forgotten))
}

async fn delete(viewer: &Viewer, entries: impl Iterator<Item = &Row>) -> Result<(), Problem> {
    in_turns(entries.map(|row| HISTORY.write(viewer.watched(), &row.key.sort, Change::Delete))).await
}

/// Makes writes, as many at a time as a transaction takes.
async fn in_turns(writes: impl Iterator<Item = Write>) -> Result<(), Problem> {
    let mut writes = writes.peekable();
    while writes.peek().is_some() {
        transact(writes.by_ref().take(MAX_WRITES).collect()).await?;
    }
    Ok(())
}

/// All that a viewer watched, latest first.
pub(crate) async fn all(viewer: &Viewer) -> Result<Vec<Entry>, Problem> {
    HISTORY.query_all(Selection::of(viewer.watched()).reversed()).await?.iter().map(Row::json).collect()
}

/// What a viewer watched last, latest first, at most [`MAX_TOLD`] entries.
pub(crate) async fn latest(viewer: &Viewer) -> Result<Vec<Entry>, Problem> {
    let page = HISTORY.query(Selection::of(viewer.watched()).reversed().limit(MAX_TOLD)).await?;
    page.rows.iter().map(Row::json).collect()
}

/// The titles that were played most. Reads one small row for each title that was played.
pub(crate) async fn popular() -> Result<Vec<Plays>, Problem> {
    let rows = HISTORY.query_all(Selection::of(PLAYS)).await?;
    let mut titles: Vec<Plays> = rows.iter().filter_map(plays).collect();
    titles.sort_by_key(|title| (std::cmp::Reverse(title.plays), title.title_id));
    titles.truncate(MAX_POPULAR);
    Ok(titles)
}

fn plays(row: &Row) -> Option<Plays> {
    Some(Plays { title_id: row.key.sort.parse().ok()?, plays: row.counter(PLAYS).try_into().ok()? })
}

fn in_place_of(replaced: Option<u64>) -> Condition {
    replaced.map_or(Condition::Absent, Condition::Version)
}

async fn commit(writes: Vec<Write>) -> Result<bool, Problem> {
    if writes.is_empty() {
        return Ok(true);
    }
    match transact(writes).await {
        Ok(_) => Ok(true),
        Err(Error::Conflict(_)) => Ok(false),
        Err(other) => Err(other.into()),
    }
}
