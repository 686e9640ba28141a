//! The model that answers, and when to look for a newer one.

use crate::{fresh, look};
use reel_api::ranking::NO_MODEL;
use reel_api::{Millis, Problem};
use reel_ranking::TitleModel;
use reel_sdk::background;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// How often a newer model is looked for, in milliseconds.
const LOOK_MS: Millis = 3_000;
/// After so long whoever looks is gone, in milliseconds.
const GONE_MS: Millis = 60_000;

/// A model and what it is called.
pub(crate) struct Held {
    pub(crate) version: String,
    pub(crate) model: TitleModel,
}

thread_local! {
    static HELD: RefCell<Option<Rc<Held>>> = const { RefCell::new(None) };
    static LOOKS: Looks = const { Looks { looked: Cell::new(None), looking: Cell::new(None) } };
}

/// The model that answers now. A newer one is looked for beside the requests, and takes its place
/// when all of it is there; only who comes before the first one waits.
///
/// # Errors
/// The problem `no-model`.
pub(crate) async fn current(now: Millis) -> Result<Rc<Held>, Problem> {
    let held = HELD.with_borrow(Clone::clone);
    if LOOKS.with(|looks| looks.begin(now)) {
        match held {
            Some(_) => background(look(now)),
            None => look(now).await,
        }
    }
    held.or_else(|| HELD.with_borrow(Clone::clone)).ok_or_else(no_model)
}

async fn look(now: Millis) {
    let version = HELD.with_borrow(|held| held.as_ref().map(|held| held.version.clone()));
    match look::newer(version.as_deref()).await {
        Ok(Some(newer)) => HELD.set(Some(Rc::new(newer))),
        Ok(None) => {}
        Err(problem) => eprintln!("the models cannot be looked for, the last one stays: {problem}"),
    }
    let held = HELD.with_borrow(Clone::clone);
    if let Some(held) = held
        && let Err(error) = fresh::follow(&held, now).await
    {
        eprintln!("what was watched since the training is not known: {error}");
    }
    LOOKS.with(|looks| looks.end(now));
}

fn no_model() -> Problem {
    let why = "no model has been trained yet: `reel train` trains one";
    Problem { retry_after: Some(5), ..Problem::new(503, NO_MODEL, "There is no model", why) }
}

/// Who looks, and when somebody looked.
struct Looks {
    looked: Cell<Option<Millis>>,
    looking: Cell<Option<Millis>>,
}

impl Looks {
    /// Whether it is time to look, and nobody does: whoever is told so does.
    fn begin(&self, now: Millis) -> bool {
        let recently = |at: Option<Millis>, ms| at.is_some_and(|at| now.saturating_sub(at) < ms);
        let begin = !recently(self.looked.get(), LOOK_MS) && !recently(self.looking.get(), GONE_MS);
        if begin {
            self.looking.set(Some(now));
        }
        begin
    }

    fn end(&self, began: Millis) {
        self.looked.set(Some(began));
        self.looking.set(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_looks_at_a_time_and_not_too_often() {
        let looks = Looks { looked: Cell::new(None), looking: Cell::new(None) };
        assert!(looks.begin(10_000) && !looks.begin(10_001) && !looks.begin(69_999));
        assert!(looks.begin(70_000), "whoever looked is gone");
        looks.end(70_000);
        assert!(!looks.begin(72_999) && looks.begin(73_000));
    }
}
