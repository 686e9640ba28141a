//! What viewers see and how often it was played, remembered for a moment.

use crate::{CONTENT, HISTORY};
use reel_api::catalogue::Kept;
use reel_api::content::Title;
use reel_api::history::Plays;
use reel_api::{CallError, Client, Millis, OnBehalf, Principal};
use std::cell::RefCell;
use std::rc::Rc;

/// For how long nobody is asked what was played, in milliseconds.
const FRESH_MS: u64 = 5_000;

thread_local! {
    static TITLES: Rc<Kept<Vec<Title>>> = Rc::default();
    static PLAYS: RefCell<Option<(Millis, Vec<Plays>)>> = const { RefCell::new(None) };
}

/// What viewers see, newest first. While `content` is away, what was last seen.
pub(crate) async fn titles(principal: &Principal, now: Millis) -> Result<Rc<Vec<Title>>, CallError> {
    let content = Client::new(OnBehalf::new(CONTENT, principal.clone()));
    TITLES.with(Rc::clone).view(&content, now, |catalogue, _, _| Ok(catalogue.newest_first())).await
}

/// The titles that were played most.
pub(crate) async fn plays(now: Millis) -> Result<Vec<Plays>, CallError> {
    let known = PLAYS.with_borrow(|known| known.clone().filter(|(at, _)| now.saturating_sub(*at) < FRESH_MS));
    if let Some((_, plays)) = known {
        return Ok(plays);
    }
    let plays = Client::new(HISTORY).popular().await?.titles;
    PLAYS.set(Some((now, plays.clone())));
    Ok(plays)
}
