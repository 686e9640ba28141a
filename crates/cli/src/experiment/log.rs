//! The log of a platform's slots.

use crate::platform::Platform;
use futures::{StreamExt, TryStreamExt, stream};
use reel_api::TitleId;
use reel_api::experiment::LoggedDecision;
use reel_exploration::Logged;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// How many requests are under way at once.
const AT_ONCE: usize = 4;

/// The decisions of one slot, in the order of time. Arms are numbered by their titles, in ascending order.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) decisions: Vec<Logged>,
    pub(crate) arms: usize,
}

/// The decisions of these Unix days, by slot.
pub(crate) async fn slots(platform: &Platform, days: RangeInclusive<u64>) -> anyhow::Result<BTreeMap<String, Log>> {
    let days = stream::iter(days).map(|day| of_day(platform, day)).buffered(AT_ONCE);
    let decisions: Vec<Vec<LoggedDecision>> = days.try_collect().await?;
    let mut slots: BTreeMap<String, Vec<LoggedDecision>> = BTreeMap::new();
    for decision in decisions.into_iter().flatten() {
        slots.entry(decision.slot.clone()).or_default().push(decision);
    }
    Ok(slots.into_iter().map(|(slot, decisions)| (slot, Log::of(&decisions))).collect())
}

async fn of_day(platform: &Platform, day: u64) -> anyhow::Result<Vec<LoggedDecision>> {
    let (mut decisions, mut cursor) = (Vec::new(), None);
    loop {
        let page = platform.client().decisions(day, cursor.as_deref()).await?;
        decisions.extend(page.decisions);
        cursor = page.cursor;
        if cursor.is_none() {
            return Ok(decisions);
        }
    }
}

impl Log {
    /// The log of these decisions.
    pub(crate) fn of(decisions: &[LoggedDecision]) -> Self {
        let titles = decisions.iter().flat_map(|decision| decision.candidates.iter().copied());
        let mut arms: BTreeMap<TitleId, usize> = titles.map(|title| (title, 0)).collect();
        arms.values_mut().enumerate().for_each(|(number, arm)| *arm = number);
        let logged = |decision: &LoggedDecision| {
            Some(Logged {
                context: decision.context.clone(),
                candidates: decision.candidates.iter().filter_map(|title| arms.get(title).copied()).collect(),
                arm: *arms.get(&decision.title_id)?,
                propensity: decision.propensity,
                reward: f64::from(u8::from(decision.played)),
            })
        };
        Self { decisions: decisions.iter().filter_map(logged).collect(), arms: arms.len() }
    }
}
