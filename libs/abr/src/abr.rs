//! The chooser.

use crate::abandon::abandon;
use crate::plan::{Planner, Position};
use crate::throughput::Throughput;
use crate::{Download, Ladder, Progress, Settings};

/// Where playback stands when the next segment is to be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct State<'a> {
    /// What is buffered ahead of the playhead (ms).
    pub buffer_ms: f64,
    /// The rung of the segment before; none at the start.
    pub rung: Option<usize>,
    /// Whether playback has begun.
    pub playing: bool,
    /// Sizes in bytes of the next segments where known: segment after segment, each with
    /// one size per rung; 0 is not known. May be empty.
    pub sizes: &'a [f64],
    /// Low latency: how much can be buffered at most behind the live edge (ms).
    pub live_buffer_ms: Option<f64>,
}

/// Why a rung was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    /// Nothing is playing yet.
    Start = 0,
    /// The same rung is still worth most.
    Hold = 1,
    /// The network carries more.
    Up = 2,
    /// The buffer or the network asks for less.
    Down = 3,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decision {
    /// The rung to fetch, 0 is the lowest.
    pub rung: usize,
    /// How long to wait first because the buffer is full (ms).
    pub wait_ms: f64,
    /// Why this rung.
    pub reason: Reason,
}

/// Chooses renditions for one playback.
#[derive(Debug, Clone, Copy)]
pub struct Abr {
    ladder: Ladder,
    settings: Settings,
    throughput: Throughput,
    /// Whether the first climb, from the first segment on, is over.
    settled: bool,
}

impl Abr {
    /// A chooser that has measured nothing yet.
    pub fn new(ladder: Ladder, settings: Settings) -> Self {
        let throughput = Throughput::new(&settings.tuning, settings.start_bps);
        Self { ladder, settings, throughput, settled: false }
    }

    /// Chooses from another ladder from now on; what was measured stays.
    pub fn set_ladder(&mut self, ladder: Ladder) {
        self.ladder = ladder;
    }

    /// Takes in a finished download.
    pub fn observe(&mut self, download: &Download) {
        self.throughput.observe(&self.settings.tuning, download);
    }

    /// The throughput to expect, in bits per second (the median).
    pub fn estimate_bps(&self) -> f64 {
        self.throughput.forecast().median_bps
    }

    /// Chooses the next segment's rung.
    pub fn choose(&mut self, state: &State) -> Decision {
        let max_ms = state.live_buffer_ms.unwrap_or(f64::INFINITY).min(self.settings.max_buffer_ms);
        let position = Position {
            buffer_s: state.buffer_ms.max(0.0) / 1_000.0,
            rung: state.rung.map(|rung| rung.min(self.ladder.top())),
            sizes: state.sizes,
            max_buffer_s: max_ms / 1_000.0,
        };
        let planner =
            Planner { ladder: &self.ladder, settings: &self.settings, forecast: self.throughput.forecast(), position };
        let rung = planner.best(self.highest(position.rung));
        self.settled |= position.rung.is_some_and(|before| rung <= before);
        Decision { rung, wait_ms: (state.buffer_ms - max_ms).max(0.0), reason: reason(position.rung, rung) }
    }

    /// The highest rung to consider: none above the current one that the network does not
    /// sustain, or the picture would go up and down for ever; and, after the first climb,
    /// one step at a time.
    fn highest(&self, current: Option<usize>) -> usize {
        let bps = self.estimate_bps();
        let sustained = self.ladder.rates().iter().rposition(|&rate| rate <= bps).unwrap_or(0);
        match current {
            Some(current) if self.settled => sustained.clamp(current, (current + 1).min(self.ladder.top())),
            Some(current) => sustained.max(current),
            None => sustained,
        }
    }

    /// Whether to give up a download under way, and for which lower rung.
    pub fn abandon(&self, progress: &Progress) -> Option<usize> {
        abandon(&self.ladder, &self.settings, self.estimate_bps(), progress)
    }
}

fn reason(before: Option<usize>, now: usize) -> Reason {
    match before {
        None => Reason::Start,
        Some(before) if now > before => Reason::Up,
        Some(before) if now < before => Reason::Down,
        Some(_) => Reason::Hold,
    }
}
