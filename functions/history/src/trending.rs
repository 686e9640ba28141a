//! What is played these days: every play counts half as much after two days.
//!
//! `trending#WEEK` and the title hold a counter for the plays that began in that week, since 1970.
//! A later play is given more, instead of all earlier ones less: so a play is one addition, and the
//! counters of this week and the last are brought to the same moment when they are read.

use crate::store::HISTORY;
use reel_api::history::{MAX_POPULAR, Trend};
use reel_api::{Millis, TitleId};
use reel_sdk::Problem;
use reel_sdk::table::{Change, Row, Selection, Write};
use std::collections::HashMap;

const DAY_MS: f64 = 24.0 * 3_600.0 * 1_000.0;
const WEEK_MS: Millis = 7 * 24 * 3_600 * 1_000;
const HALVES_IN_MS: f64 = 2.0 * DAY_MS;
/// What a play counts that begins with its week: an addition is of whole numbers.
const ONE: f64 = 1_000.0;
const PLAYS: &str = "plays";

/// The write that counts a play.
pub(crate) fn count(content: &str, began: Millis) -> Write {
    let week = began / WEEK_MS;
    HISTORY.write(&partition(week), content, Change::Add(vec![(PLAYS.into(), weight(began))]))
}

/// What is played most these days, most first.
pub(crate) async fn trending(now: Millis) -> Result<Vec<Trend>, Problem> {
    let week = now / WEEK_MS;
    let mut plays = HashMap::new();
    for week in [week.saturating_sub(1), week] {
        let rows = HISTORY.query_all(Selection::of(&partition(week))).await?;
        rows.iter().filter_map(|row| counted(row, week, now)).for_each(|(title, of)| {
            *plays.entry(title).or_default() += of;
        });
    }
    Ok(most(plays))
}

fn most(plays: HashMap<TitleId, f64>) -> Vec<Trend> {
    let mut titles: Vec<Trend> = plays.into_iter().map(|(title_id, plays)| Trend { title_id, plays }).collect();
    titles.sort_by(|a, b| b.plays.total_cmp(&a.plays).then(a.title_id.cmp(&b.title_id)));
    titles.truncate(MAX_POPULAR);
    titles
}

fn partition(week: u64) -> String {
    format!("trending#{week}")
}

/// What a play counts in its week: twice as much for every two days since the week began.
fn weight(began: Millis) -> i64 {
    (ONE * ((began % WEEK_MS) as f64 / HALVES_IN_MS).exp2()).round() as i64
}

fn counted(row: &Row, week: u64, now: Millis) -> Option<(TitleId, f64)> {
    Some((row.key.sort.parse().ok()?, by_now(row.counter(PLAYS), week, now)))
}

/// What a week's counter is worth at a moment.
fn by_now(counter: i64, week: u64, now: Millis) -> f64 {
    let since = now.saturating_sub(week * WEEK_MS) as f64;
    counter as f64 / ONE * (-since / HALVES_IN_MS).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_play_counts_half_after_two_days_and_across_weeks() {
        let (week, day) = (2_900 * WEEK_MS, DAY_MS as Millis);
        for began in [week, week + 3 * day + 5_000, week + 6 * day] {
            for (later, of) in [(0, 1.0), (2 * day, 0.5), (6 * day, 0.125)] {
                let worth = by_now(weight(began), began / WEEK_MS, began + later);
                assert!((worth - of).abs() < 2e-3, "{began} after {later}: {worth}");
            }
        }
    }

    #[test]
    fn what_is_played_most_comes_first() {
        let id = |n| TitleId::new(n, &[1; 10]);
        let titles = most((0..60).map(|n| (id(n), n as f64)).collect());
        assert_eq!((titles.len(), titles[0].title_id, titles[49].title_id), (MAX_POPULAR, id(59), id(10)));
    }
}
