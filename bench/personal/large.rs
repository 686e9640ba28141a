//! The blends at the size of MovieLens 1M: how long a list takes when there are 3,700 films.

use crate::data::splitmix64;
use crate::measure::LENGTH;
use crate::models::{REEL, TRUNCATED, blend};
use crate::table::Row;
use reel_ranking::{Interaction, Interactions};
use std::time::Instant;

const USERS: u64 = 2_000;
const ITEMS: u64 = 3_700;
/// Draws of a film for each user: 165 different ones in the mean, as in MovieLens 1M.
const EACH: u64 = 195;

/// Made-up viewers: only the time is measured, which does not depend on what they watch.
pub(crate) fn rows() -> Result<[Row; 2], String> {
    let pairs = (0..USERS).flat_map(|user| (0..EACH).map(move |number| (user, number)));
    let interactions = pairs.map(|(user, number)| {
        let uniform = (splitmix64((user << 32) | number) >> 11) as f64 / (1_u64 << 53) as f64;
        Interaction { user: user as u32, item: (uniform.powi(3) * ITEMS as f64) as u32, weight: 1.0 }
    });
    let history = Interactions::new(USERS as usize, ITEMS as usize, interactions).map_err(|why| why.to_string())?;
    Ok([row(&history, REEL, None)?, row(&history, "reel, truncated", Some(TRUNCATED))?])
}

fn row(history: &Interactions, name: &str, keep: Option<usize>) -> Result<Row, String> {
    let begin = Instant::now();
    let model = blend(history, 1, keep).map_err(|why| why.to_string())?;
    let train_s = begin.elapsed().as_secs_f64();
    let begin = Instant::now();
    let found: usize = history.histories().map(|history| model.top(history, LENGTH).len()).sum();
    let score_ms = begin.elapsed().as_secs_f64() * 1_000.0 / history.users() as f64;
    if found != history.users() * LENGTH {
        return Err("a made-up viewer got no full list".to_owned());
    }
    Ok(Row { model: format!("{name}, 3,700 films"), train_s, score_ms, ..Row::default() })
}
