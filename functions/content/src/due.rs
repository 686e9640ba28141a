//! Titles that are published by themselves when their time has come.
//!
//! Nobody has to wake for it: whoever reads lists first publishes what is due, and followers do every few seconds.
//! A title by itself is always answered as it is now.

use crate::lists::{Listing, time_of};
use crate::store::{self, TITLES};
use reel_api::{Millis, TitleId};
use reel_sdk::table::{Change, Row, Selection};
use reel_sdk::{Problem, clock};
use std::cell::Cell;

/// For how long nobody looks again, in milliseconds.
const AGAIN_MS: Millis = 1_000;
/// How many are published at a look; the others are at the next.
const AT_ONCE: u32 = 200;

/// Publishes what is due. What cannot be now will be at the next look.
pub(crate) async fn publish() {
    thread_local! {
        static LOOKED: Cell<Millis> = const { Cell::new(0) };
    }
    let now = clock::now_ms();
    if now.saturating_sub(LOOKED.get()) < AGAIN_MS {
        return;
    }
    LOOKED.set(now);
    if let Err(problem) = publish_all(now).await {
        eprintln!("titles that are due wait: {problem}");
    }
}

async fn publish_all(now: Millis) -> Result<(), Problem> {
    let waiting = TITLES.query(Selection::of(&Listing::Scheduled.partition()).limit(AT_ONCE)).await?.rows;
    let due: Vec<&Row> = waiting.iter().take_while(|row| time_of(&row.key.sort) <= now).collect();
    for row in &due {
        publish_one(row).await?;
    }
    if !due.is_empty() {
        crate::outbox::send().await;
    }
    Ok(())
}

async fn publish_one(row: &Row) -> Result<(), Problem> {
    let id = row.key.sort.split_once('#').and_then(|(_, id)| id.parse::<TitleId>().ok());
    let published = match id {
        Some(id) => store::change(id, None, |_| Ok(())).await,
        None => Err(Problem::not_found("the row names no title")),
    };
    match published {
        // It stands there no more, unless it never should have.
        Ok((_, what)) if !what.is_empty() => Ok(()),
        Ok(_) => forget(row).await,
        Err(problem) if problem.status == 404 => forget(row).await,
        Err(problem) => Err(problem),
    }
}

async fn forget(row: &Row) -> Result<(), Problem> {
    Ok(TITLES.write(&row.key.partition, &row.key.sort, Change::Delete).commit().await.map(drop)?)
}
