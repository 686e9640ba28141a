//! What everybody watches: in this region since ever, and everywhere these days.

use crate::ranked;
use crate::{HISTORY, RANKING};
use reel_api::history::{MAX_POPULAR, Trending};
use reel_api::ranking::Question;
use reel_api::{CallError, Client, Millis, TitleId};
use reel_sdk::cache::Cache;
use std::cell::RefCell;

/// For how long nobody is asked what is popular, in milliseconds.
const FRESH_MS: Millis = 5_000;
/// For how long what is played these days holds, in milliseconds.
const TRENDING_MS: u64 = 5 * 60 * 1_000;
const TRENDING: Cache = Cache("trending");
const KEY: &str = "titles";

thread_local! {
    static POPULAR: RefCell<Option<(Millis, Vec<TitleId>)>> = const { RefCell::new(None) };
}

/// The titles that were played most in this deployment, which is one region; those of the model
/// while `history` does not tell.
pub(crate) async fn popular(now: Millis) -> Result<Vec<TitleId>, CallError> {
    let known = POPULAR.with_borrow(|known| known.clone().filter(|(at, _)| now.saturating_sub(*at) < FRESH_MS));
    if let Some((_, titles)) = known {
        return Ok(titles);
    }
    let titles = match Client::new(HISTORY).popular().await {
        Ok(popular) => popular.titles.iter().filter(|title| title.plays > 0).map(|title| title.title_id).collect(),
        Err(_) => of_the_model().await?,
    };
    POPULAR.set(Some((now, titles.clone())));
    Ok(titles)
}

async fn of_the_model() -> Result<Vec<TitleId>, CallError> {
    let asked = vec![Question { limit: MAX_POPULAR, ..Question::default() }];
    let popular = Client::new(RANKING).rank(asked).await?.answers;
    Ok(popular.into_iter().next().map(ranked::titles).unwrap_or_default())
}

/// The titles that are played most these days, at most five minutes old: the cache answers while
/// `history` does not.
pub(crate) async fn trending() -> Result<Vec<TitleId>, CallError> {
    // A cache may fail at any time.
    if let Ok(Some(cached)) = TRENDING.get_json::<Vec<TitleId>>(KEY).await {
        return Ok(cached);
    }
    let Trending { titles } = Client::new(HISTORY).trending().await?;
    let titles: Vec<TitleId> = titles.iter().map(|title| title.title_id).collect();
    if !titles.is_empty() {
        let _ = TRENDING.set_json(KEY, &titles, TRENDING_MS).await;
    }
    Ok(titles)
}
