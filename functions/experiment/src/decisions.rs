//! Rows of table `experiments` that slots have.
//!
//! `decisions#HOUR` and a decision's id: what was decided in that Unix hour, and what came of it. `arms#SLOT` and a
//! title: what is known of it there, written with the decision that taught it, so that each is learned once.

use crate::slot::{DIMENSIONS, Decision};
use crate::store::{ATTEMPTS, EXPERIMENTS, busy};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::{DecisionId, Millis, TitleId};
use reel_exploration::Sums;
use reel_sdk::Problem;
use reel_sdk::table::{Change, Condition, Error, Row, Selection, transact};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

const HOUR_MS: Millis = 3_600 * 1_000;
/// For how long decisions are kept, in milliseconds: 90 days.
const KEPT_MS: Millis = 90 * 24 * HOUR_MS;
/// For how long what was learned is not read again, in milliseconds.
const FRESH_MS: Millis = 5_000;
/// How many hours a day has.
const DAY: u64 = 24;
/// A page ends when it has so many decisions.
const PAGE: u32 = 500;

type Learned = Rc<HashMap<TitleId, Sums>>;

thread_local! {
    static LEARNED: RefCell<HashMap<String, (Millis, Learned)>> = RefCell::default();
}

/// What is known of the titles that were shown in a slot, at most some seconds old.
pub(crate) async fn learned(slot: &str, now: Millis) -> Result<Learned, Problem> {
    let known = LEARNED.with_borrow(|known| known.get(slot).cloned());
    if let Some((_, known)) = known.filter(|(at, _)| now.saturating_sub(*at) < FRESH_MS) {
        return Ok(known);
    }
    let rows = EXPERIMENTS.query_all(Selection::of(&arms_of(slot))).await?;
    let arm = |row: &Row| Some((row.key.sort.parse().ok()?, row.json().ok()?));
    let known: Learned = Rc::new(rows.iter().filter_map(arm).collect());
    LEARNED.with_borrow_mut(|all| all.insert(slot.to_owned(), (now, Rc::clone(&known))));
    Ok(known)
}

/// Keeps a decision, before anybody is shown it.
pub(crate) async fn keep(decision: &Decision) -> Result<(), Problem> {
    let (hour, id) = key(decision.id);
    let row = Change::json(decision)?.expiring(decision.id.made_at() + KEPT_MS);
    EXPERIMENTS.write(&hour, &id, row).when(Condition::Absent).commit().await?;
    Ok(())
}

/// Learns what came of a decision; `of` says whether it was this one's doing.
pub(crate) async fn learn(id: DecisionId, played: bool, of: impl Fn(&Decision) -> bool) -> Result<(), Problem> {
    let (hour, sort) = key(id);
    for _ in 0..ATTEMPTS {
        let Some(row) = EXPERIMENTS.get(&hour, &sort).await? else { return Ok(()) };
        let decision: Decision = row.json()?;
        if !of(&decision) {
            return Ok(());
        }
        let (arms, title) = (arms_of(&decision.slot), decision.title_id.to_string());
        let arm = EXPERIMENTS.get(&arms, &title).await?;
        let sums = arm.as_ref().map_or_else(|| Ok(Sums::new(DIMENSIONS)), Row::json)?;
        let wrong = |e| Problem::internal(format!("decision {id} cannot be learned from: {e}"));
        let Some((decision, sums)) = decision.after(played, &sums).map_err(wrong)? else { return Ok(()) };
        let kept = Change::json(&decision)?.expiring(id.made_at() + KEPT_MS);
        let kept = EXPERIMENTS.write(&hour, &sort, kept).when(Condition::Version(row.version));
        let unchanged = arm.map_or(Condition::Absent, |arm| Condition::Version(arm.version));
        // A title that no slot shows any more is forgotten.
        let learned = Change::json(&sums)?.expiring(id.made_at() + KEPT_MS);
        let learned = EXPERIMENTS.write(&arms, &title, learned).when(unchanged);
        match transact(vec![kept, learned]).await {
            Ok(_) => return Ok(()),
            Err(Error::Conflict(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(busy())
}

/// Decisions of a Unix day, in their order, and where the next page begins.
pub(crate) async fn page(day: u64, cursor: Option<&str>) -> Result<(Vec<Decision>, Option<String>), Problem> {
    let (mut hour, mut within) = match cursor {
        Some(cursor) => read_cursor(day, cursor)?,
        None => (day * DAY, None),
    };
    let mut decisions = Vec::new();
    while hour < (day + 1) * DAY {
        let continued = within.is_some();
        let page = match EXPERIMENTS.query(Selection::of(&partition(hour)).limit(PAGE).after(within)).await {
            Err(Error::Invalid(_)) if continued => return Err(bad_cursor()),
            page => page?,
        };
        let read: Vec<_> = page.rows.iter().map(Row::json).collect::<Result<_, _>>()?;
        decisions.extend(read);
        (hour, within) = if page.cursor.is_some() { (hour, page.cursor) } else { (hour + 1, None) };
        if decisions.len() >= PAGE as usize {
            let next =
                format!("{hour}.{}", within.map(|within| BASE64_URL_SAFE_NO_PAD.encode(within)).unwrap_or_default());
            return Ok((decisions, (hour < (day + 1) * DAY).then_some(next)));
        }
    }
    Ok((decisions, None))
}

/// The hour in which a page ended, and where in it.
fn read_cursor(day: u64, cursor: &str) -> Result<(u64, Option<String>), Problem> {
    let (hour, within) = cursor.split_once('.').ok_or_else(bad_cursor)?;
    let hour = hour.parse().ok().filter(|hour| (day * DAY..(day + 1) * DAY).contains(hour)).ok_or_else(bad_cursor)?;
    if within.is_empty() {
        return Ok((hour, None));
    }
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(within).map_err(|_| bad_cursor())?;
    Ok((hour, Some(String::from_utf8(bytes).map_err(|_| bad_cursor())?)))
}

fn bad_cursor() -> Problem {
    Problem::invalid("cursor is not one that a page of that day ended with")
}

fn key(id: DecisionId) -> (String, String) {
    (partition(id.made_at() / HOUR_MS), id.to_string())
}

fn partition(hour: u64) -> String {
    format!("decisions#{hour}")
}

fn arms_of(slot: &str) -> String {
    format!("arms#{slot}")
}
