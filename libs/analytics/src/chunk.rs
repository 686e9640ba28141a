//! Events on their way into the counts.

use crate::{Cell, Counts, Dimension, Fact, Figure, Width, facts, is_late};
use reel_events::Recorded;
use reel_events::recent::{Mark, Recent};
use std::collections::BTreeMap;

/// By how much cells grow.
pub type Tally = BTreeMap<Cell, Counts>;

/// Some records of a stream, counted: what is written at once, with how far that is.
#[derive(Debug, Default)]
pub struct Chunk {
    /// What grows.
    pub tally: Tally,
    /// The keys of the facts in it.
    pub keys: Vec<u64>,
    /// How far the stream is then.
    pub mark: Mark,
}

impl Chunk {
    /// A chunk that goes on from a mark.
    pub fn after(mark: Mark) -> Self {
        Self { mark, ..Self::default() }
    }

    /// Takes in the event at a position, if it was not taken in before. `recent` learns its keys.
    pub fn take(&mut self, position: u64, recorded: &Recorded, recent: &mut Recent) {
        if position <= self.mark.position {
            return;
        }
        // A sender whose clock is ahead does not make others late.
        let latest = self.mark.latest.max(recorded.event.at.min(recorded.received_at));
        self.mark = Mark { position, latest };
        let mut facts = facts(&recorded.event);
        let told = facts.len();
        facts.retain(|fact| recent.take(fact.key));
        if facts.is_empty() && told > 0 {
            count(&mut self.tally, &arrived(recorded, Figure::Doubles));
        }
        for fact in facts {
            self.keys.push(fact.key);
            let late = is_late(fact.at, latest);
            count(&mut self.tally, &if late { arrived(recorded, Figure::Late) } else { fact });
        }
    }

    /// Goes past a record that has nothing to count.
    pub fn pass(&mut self, position: u64) {
        self.mark.position = self.mark.position.max(position);
    }
}

/// What is known of an event by its arrival alone.
fn arrived(recorded: &Recorded, figure: Figure) -> Fact {
    Fact { key: 0, at: recorded.received_at, figures: vec![(figure, 1)], parts: Vec::new() }
}

fn count(tally: &mut Tally, fact: &Fact) {
    let totals = (Dimension::Totals, String::new());
    for (dimension, of) in fact.parts.iter().chain([&totals]) {
        for width in dimension.widths() {
            let counts = tally.entry(cell(*dimension, *width, fact, of)).or_default();
            for (figure, by) in &fact.figures {
                *counts.entry(*figure).or_default() += by;
            }
        }
    }
}

fn cell(dimension: Dimension, width: Width, fact: &Fact, of: &str) -> Cell {
    Cell::new(dimension, width, width.start(fact.at), of)
}
