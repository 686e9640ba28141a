//! What can be played and how often it was, remembered for a moment.

use crate::{CONTENT, HISTORY};
use reel_api::content::Title;
use reel_api::history::Plays;
use reel_api::{CallError, Client, Millis, OnBehalf, Principal};
use std::cell::RefCell;
use std::rc::Rc;
use std::thread::LocalKey;

/// For how long a warm instance asks nobody, in milliseconds.
const FRESH_MS: u64 = 5_000;
/// How many titles are looked at: the newest.
const MAX_TITLES: usize = 2_000;

type Remembered<T> = RefCell<Option<(Millis, Rc<Vec<T>>)>>;

thread_local! {
    static TITLES: Remembered<Title> = const { RefCell::new(None) };
    static PLAYS: Remembered<Plays> = const { RefCell::new(None) };
}

/// The titles that can be played, newest first. While `content` is away, those last seen.
pub(crate) async fn titles(principal: &Principal, now: Millis) -> Result<Rc<Vec<Title>>, CallError> {
    if let Some(titles) = recall(&TITLES, |at| is_fresh(at, now)) {
        return Ok(titles);
    }
    match fetch(principal).await {
        Ok(titles) => Ok(remember(&TITLES, titles, now)),
        Err(error) => recall(&TITLES, |_| true).ok_or(error),
    }
}

/// The titles that were played most.
pub(crate) async fn plays(now: Millis) -> Result<Vec<Plays>, CallError> {
    if let Some(plays) = recall(&PLAYS, |at| is_fresh(at, now)) {
        return Ok(plays.to_vec());
    }
    let plays = Client::new(HISTORY).popular().await?.titles;
    Ok(remember(&PLAYS, plays, now).to_vec())
}

async fn fetch(principal: &Principal) -> Result<Vec<Title>, CallError> {
    let content = Client::new(OnBehalf::new(CONTENT, principal.clone()));
    let (mut titles, mut cursor) = (Vec::new(), None);
    loop {
        let page = content.titles(cursor.as_deref()).await?;
        titles.extend(page.titles);
        cursor = page.cursor;
        if cursor.is_none() || titles.len() >= MAX_TITLES {
            return Ok(titles);
        }
    }
}

fn is_fresh(at: Millis, now: Millis) -> bool {
    now.saturating_sub(at) < FRESH_MS
}

fn recall<T>(memory: &'static LocalKey<Remembered<T>>, is_good: impl FnOnce(Millis) -> bool) -> Option<Rc<Vec<T>>> {
    memory.with_borrow(|memory| memory.as_ref().filter(|(at, _)| is_good(*at)).map(|(_, values)| Rc::clone(values)))
}

fn remember<T>(memory: &'static LocalKey<Remembered<T>>, values: Vec<T>, now: Millis) -> Rc<Vec<T>> {
    let values = Rc::new(values);
    memory.set(Some((now, Rc::clone(&values))));
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    thread_local! {
        static NUMBERS: Remembered<u32> = const { RefCell::new(None) };
    }

    #[test]
    fn what_was_seen_is_good_for_a_moment_and_for_need() {
        assert!(recall(&NUMBERS, |_| true).is_none());
        remember(&NUMBERS, vec![7], 10_000);
        assert_eq!(recall(&NUMBERS, |at| is_fresh(at, 14_999)).unwrap()[..], [7]);
        assert!(recall(&NUMBERS, |at| is_fresh(at, 15_000)).is_none());
        assert_eq!(recall(&NUMBERS, |_| true).unwrap()[..], [7]);
    }
}
