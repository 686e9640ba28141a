//! What was watched just now, for who counts it before the next training.
//!
//! `fresh#HOUR` (since 1970) and `NOTED_AT#VIEWER#TITLE`: a play that came far enough to tell
//! something, with what the viewer had watched before. Written in the transaction that says so of the
//! entry, so each play is there once; it expires.

use crate::entry::Entry;
use crate::store::{self, HISTORY};
use crate::viewer::Viewer;
use reel_api::history::{FRESH_MS, Fresh, FreshPlay, MAX_BEFORE};
use reel_api::{Millis, TitleId};
use reel_ranking::played;
use reel_sdk::Problem;
use reel_sdk::table::{Change, Row, Selection, Write};
use serde::{Deserialize, Serialize};

const HOUR_MS: Millis = 3_600 * 1_000;
/// How many plays a page has.
const PAGE: u32 = 500;

/// A play, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    title: String,
    before: Vec<TitleId>,
}

/// Whether an entry tells something now, and did not before.
pub(crate) fn tells(before: Option<&Entry>, after: &Entry) -> bool {
    let told = |entry: &Entry| played(entry.progress_pct).is_some();
    told(after) && !before.is_some_and(told)
}

/// The write that notes a play. Reads what the viewer watched before.
pub(crate) async fn note(viewer: &Viewer, entry: &Entry, now: Millis) -> Result<Write, Problem> {
    let before = before(&store::latest(viewer).await?, &entry.content);
    let key = format!("{now:013}#{:08x}#{}", viewer.hash(), entry.content);
    let stored = Change::json(&Stored { title: entry.content.clone(), before })?.expiring(now + FRESH_MS);
    Ok(HISTORY.write(&partition(now / HOUR_MS), &key, stored))
}

/// The titles of a history that tell something, each once, but for one.
fn before(entries: &[Entry], but: &str) -> Vec<TitleId> {
    let mut titles = Vec::new();
    let telling = entries.iter().filter(|entry| entry.content != but && played(entry.progress_pct).is_some());
    for title in telling.filter_map(|entry| entry.content.parse().ok()) {
        if titles.len() < MAX_BEFORE && !titles.contains(&title) {
            titles.push(title);
        }
    }
    titles
}

/// The plays that were noted from a time on: a page of the first hour that has any.
pub(crate) async fn since(since: Millis, now: Millis) -> Result<Fresh, Problem> {
    let mut from = since.max(now.saturating_sub(FRESH_MS));
    while from / HOUR_MS <= now / HOUR_MS {
        let selection = Selection::of(&partition(from / HOUR_MS)).starting_at(&format!("{from:013}")).limit(PAGE);
        let page = HISTORY.query(selection).await?;
        let next_hour = (from / HOUR_MS + 1) * HOUR_MS;
        // Keys of one millisecond are not parted: a page of them alone would never end.
        let last = page.rows.last().and_then(noted_at).map_or(from, |at| at.max(from + u64::from(at == from)));
        let until = if page.cursor.is_some() { last } else { next_hour.min(now) };
        let more = page.cursor.is_some() || next_hour <= now;
        if !page.rows.is_empty() || !more {
            let plays = page.rows.iter().map(play).collect::<Result<_, _>>()?;
            return Ok(Fresh { plays, until, more });
        }
        from = next_hour;
    }
    Ok(Fresh { plays: Vec::new(), until: now, more: false })
}

fn noted_at(row: &Row) -> Option<Millis> {
    row.key.sort.split('#').next()?.parse().ok()
}

fn play(row: &Row) -> Result<FreshPlay, Problem> {
    let Stored { title, before } = row.json()?;
    let title_id = title.parse().map_err(|e| Problem::internal(format!("a fresh play is of no title: {e}")))?;
    Ok(FreshPlay { key: row.key.sort.clone(), title_id, before })
}

fn partition(hour: u64) -> String {
    format!("fresh#{hour}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(n: u8, progress_pct: u8) -> Entry {
        let content = TitleId::new(u64::from(n), &[n; 10]).to_string();
        Entry { content, watched_at: 1, progress_pct, device: "web".into() }
    }

    #[test]
    fn a_play_is_noted_once_when_it_has_come_far_enough() {
        assert!(tells(None, &entry(1, 50)) && tells(Some(&entry(1, 19)), &entry(1, 20)));
        assert!(!tells(None, &entry(1, 19)) && !tells(Some(&entry(1, 20)), &entry(1, 90)));
    }

    #[test]
    fn what_was_watched_before_is_told_once_and_without_the_title_itself() {
        let entries = [entry(1, 90), entry(2, 90), entry(3, 10), entry(2, 50)];
        let titles = before(&entries, &entry(1, 0).content);
        assert_eq!(titles, [TitleId::new(2, &[2; 10])]);
        let many: Vec<_> = (0..200).map(|n| entry(n, 90)).collect();
        assert_eq!(before(&many, "").len(), MAX_BEFORE);
    }
}
