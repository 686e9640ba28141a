//! Who looks, and when somebody looked.

use reel_api::Millis;
use std::cell::Cell;

/// How often a newer object is looked for, in milliseconds.
const LOOK_MS: Millis = 3_000;
/// After so long whoever looks is gone, in milliseconds.
const GONE_MS: Millis = 60_000;

#[derive(Debug)]
pub(crate) struct Looks {
    looked: Cell<Option<Millis>>,
    looking: Cell<Option<Millis>>,
}

impl Looks {
    pub(crate) const fn new() -> Self {
        Self { looked: Cell::new(None), looking: Cell::new(None) }
    }

    /// Whether it is time to look, and nobody does: whoever is told so does.
    pub(crate) fn begin(&self, now: Millis) -> bool {
        let recently = |at: Option<Millis>, ms| at.is_some_and(|at| now.saturating_sub(at) < ms);
        let begin = !recently(self.looked.get(), LOOK_MS) && !recently(self.looking.get(), GONE_MS);
        if begin {
            self.looking.set(Some(now));
        }
        begin
    }

    pub(crate) fn end(&self, began: Millis) {
        self.looked.set(Some(began));
        self.looking.set(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_looks_at_a_time_and_not_too_often() {
        let looks = Looks::new();
        assert!(looks.begin(10_000) && !looks.begin(10_001) && !looks.begin(69_999));
        assert!(looks.begin(70_000), "whoever looked is gone");
        looks.end(70_000);
        assert!(!looks.begin(72_999) && looks.begin(73_000));
    }
}
