//! What was watched since the model was trained: titles that it does not know are ranked by that.

use crate::held::Held;
use reel_api::history::{self, FRESH_MS, FreshPlay};
use reel_api::{CallError, Client, Millis, TitleId};
use reel_ranking::{CoWatched, TitleKey, Watched};
use reel_sdk::http::Function;
use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

const HISTORY: Function = Function("history");
/// How far it is gone back for plays that were slow to be noted, in milliseconds.
const SLOW_MS: Millis = 60_000;
/// How many pages are read at a time: what is left comes with the next look.
const PAGES: usize = 20;
/// The most pairs of titles that are counted, some 50 bytes each: then the next training has to come.
const MAX_PAIRS: usize = 500_000;
/// A new title is ranked once so many have watched it.
const WATCHERS: f32 = 2.0;

/// What was watched since a model was trained.
#[derive(Default)]
struct Fresh {
    model: Option<Rc<Held>>,
    /// Until when it is known.
    until: Millis,
    /// The keys of the plays that may be told again.
    counted: HashSet<String>,
    together: CoWatched,
}

thread_local! {
    static FRESH: RefCell<Fresh> = RefCell::default();
}

/// Reads what was watched since the last look, or since the model began to be trained.
pub(crate) async fn follow(held: &Rc<Held>, now: Millis) -> Result<(), CallError> {
    let mut since = FRESH.with_borrow_mut(|fresh| fresh.begin(held, now));
    let history = Client::new(HISTORY);
    for _ in 0..PAGES {
        let page = history.fresh(since).await?;
        since = FRESH.with_borrow_mut(|fresh| fresh.take_in(&page));
        if !page.more {
            break;
        }
    }
    Ok(())
}

/// Titles that the model does not know and that follow from what was watched, best first.
pub(crate) fn ranked(watched: &[Watched], n: usize, leave_out: &[TitleKey]) -> Vec<(TitleKey, f32)> {
    // A play counts once: how far it came says little yet.
    let watched: Vec<_> = watched.iter().filter(|w| w.weight > 0.0).map(|w| Watched { weight: 1.0, ..*w }).collect();
    FRESH.with_borrow(|fresh| {
        let admits = |title: &TitleKey| !leave_out.contains(title) && fresh.is_ranked(title);
        fresh.together.rank(&watched, n, admits)
    })
}

impl Fresh {
    /// Begins anew with another model: what it was trained with is in it. Returns from when on to read.
    fn begin(&mut self, held: &Rc<Held>, now: Millis) -> Millis {
        if self.model.as_ref().is_none_or(|model| model.version != held.version) {
            let trained = held.version.split('-').next().and_then(|began| began.parse().ok()).unwrap_or(now);
            let mut together = CoWatched::default();
            let known = held.content.popular(usize::MAX);
            known.into_iter().for_each(|(title, watchers)| together.watched_before(title, watchers));
            let until = trained.max(now.saturating_sub(FRESH_MS));
            *self = Self { model: Some(Rc::clone(held)), until, counted: HashSet::new(), together };
        }
        self.until
    }

    /// Counts a page of plays, and returns from when on to read the next.
    fn take_in(&mut self, page: &history::Fresh) -> Millis {
        page.plays.iter().for_each(|play| self.count(play));
        let slow = page.until.saturating_sub(SLOW_MS);
        // Keys begin with when they were noted, and order by it.
        self.counted.retain(|key| **key >= *format!("{slow:013}"));
        self.until = self.until.max(slow);
        if page.more { page.until } else { self.until }
    }

    fn count(&mut self, play: &FreshPlay) {
        if self.together.pairs() >= MAX_PAIRS || !self.counted.insert(play.key.clone()) {
            return;
        }
        // Pairs of titles that the model knows both are its own matter.
        let is_new = self.is_new(play.title_id.as_bytes());
        let before = play.before.iter().filter(|title| is_new || self.is_new(title.as_bytes()));
        let before: Vec<_> = before.map(|title| watched(*title)).collect();
        self.together.watch(&before, watched(play.title_id));
    }

    fn is_new(&self, title: &TitleKey) -> bool {
        self.model.as_ref().is_none_or(|held| !held.content.knows(title))
    }

    fn is_ranked(&self, title: &TitleKey) -> bool {
        self.is_new(title) && self.together.square(title) >= WATCHERS
    }
}

fn watched(title: TitleId) -> Watched {
    Watched { title: *title.as_bytes(), weight: 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_ranking::learn;

    fn id(n: u8) -> TitleId {
        TitleId::new(u64::from(n), &[n; 10])
    }

    /// Twenty viewers who watched titles 0 to 4; trained at 1,000,000.
    fn held() -> Rc<Held> {
        let history = vec![(0..5).map(|n| watched(id(n))).collect::<Vec<_>>(); 20];
        Rc::new(Held { version: "0000001000000-x".into(), content: learn(&history).unwrap() })
    }

    fn play(key: u64, title: u8, before: &[u8]) -> FreshPlay {
        FreshPlay {
            key: format!("{key:013}#v#t"),
            title_id: id(title),
            before: before.iter().map(|n| id(*n)).collect(),
        }
    }

    fn ranked(fresh: &Fresh, n: u8) -> Vec<TitleKey> {
        let ranked = fresh.together.rank(&[watched(id(n))], 9, |title| fresh.is_ranked(title));
        ranked.into_iter().map(|(title, _)| title).collect()
    }

    #[test]
    fn a_new_title_follows_once_two_have_watched_it_and_doubles_do_not_count() {
        let mut fresh = Fresh::default();
        assert_eq!(fresh.begin(&held(), 2_000_000), 1_000_000);
        let page = |plays, until, more| history::Fresh { plays, until, more };
        let first = page(vec![play(1_500_000, 9, &[1, 2]), play(1_500_001, 3, &[1])], 1_500_001, true);
        assert_eq!(fresh.take_in(&first), 1_500_001);
        fresh.take_in(&page(vec![play(1_500_000, 9, &[1, 2])], 1_500_001, true));
        assert!(ranked(&fresh, 1).is_empty(), "one viewer is few");
        assert_eq!(fresh.take_in(&page(vec![play(1_900_000, 9, &[1])], 2_000_000, false)), 1_940_000);
        assert_eq!(ranked(&fresh, 1), [*id(9).as_bytes()]);
        assert!(fresh.together.square(id(1).as_bytes()) >= 20.0, "the watchers of the training count");
        assert!(fresh.counted.is_empty(), "what is not told again is forgotten");
        let newer = Rc::new(Held { version: "0000003000000-y".into(), content: held().content.clone() });
        assert_eq!(fresh.begin(&newer, 3_500_000), 3_000_000);
        assert!(ranked(&fresh, 1).is_empty());
    }
}
