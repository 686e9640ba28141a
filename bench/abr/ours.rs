//! Reel's chooser at the simulator.

use crate::simulate::{Chooser, Fetched, Session, UnderWay};
use reel_abr::{Abr, Download, Ladder, LadderError, Progress, Settings, State};

/// Reel's chooser.
pub(crate) struct Ours {
    abr: Abr,
    gives_up: bool,
}

impl Ours {
    /// `gives_up`: whether it may abandon a segment under way.
    pub(crate) fn new(session: &Session, gives_up: bool) -> Result<Self, LadderError> {
        let settings = Settings {
            segment_ms: session.segment_s * 1_000.0,
            max_buffer_ms: session.max_buffer_s * 1_000.0,
            ..Settings::default()
        };
        Ok(Self { abr: Abr::new(Ladder::new(&session.rates)?, settings), gives_up })
    }
}

impl Chooser for Ours {
    fn choose(&mut self, buffer_s: f64, last: Option<usize>) -> usize {
        let state = State { buffer_ms: buffer_s * 1_000.0, rung: last, playing: last.is_some(), ..State::default() };
        self.abr.choose(&state).rung
    }

    fn observe(&mut self, fetched: &Fetched) {
        self.abr.observe(&Download {
            bytes: fetched.bits / 8.0,
            started_ms: fetched.started_s * 1_000.0,
            first_byte_ms: fetched.first_byte_s * 1_000.0,
            finished_ms: fetched.finished_s * 1_000.0,
            idle_ms: 0.0,
        });
    }

    fn abandon(&self, under_way: &UnderWay) -> Option<usize> {
        let progress = Progress {
            rung: under_way.rung,
            received_bytes: under_way.received_bits / 8.0,
            total_bytes: under_way.total_bits / 8.0,
            elapsed_ms: under_way.elapsed_s * 1_000.0,
            buffer_ms: under_way.buffer_s * 1_000.0,
        };
        if self.gives_up { self.abr.abandon(&progress) } else { None }
    }
}
