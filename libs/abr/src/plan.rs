//! Looking ahead: what a rung is worth over what the network may do.

use crate::throughput::Forecast;
use crate::{Ladder, Settings};

/// Outcomes of a normal distribution and their weights (Gauss-Hermite, 5 points).
const OUTCOMES: [(f64, f64); 5] = [
    (-2.856_970, 0.011_257),
    (-1.355_626, 0.222_076),
    (0.0, 0.533_333),
    (1.355_626, 0.222_076),
    (2.856_970, 0.011_257),
];

/// Where playback stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Position<'a> {
    pub(crate) buffer_s: f64,
    pub(crate) rung: Option<usize>,
    /// Bytes, row by row: segment after segment, each rung after rung; 0 is not known.
    pub(crate) sizes: &'a [f64],
    pub(crate) max_buffer_s: f64,
}

/// Everything a plan is weighed by.
pub(crate) struct Planner<'a> {
    pub(crate) ladder: &'a Ladder,
    pub(crate) settings: &'a Settings,
    pub(crate) forecast: Forecast,
    pub(crate) position: Position<'a>,
}

/// How far a plan has come: the buffer in seconds, and what was gained so far.
#[derive(Clone, Copy)]
struct Walk {
    buffer_s: f64,
    gain: f64,
}

impl Planner<'_> {
    /// The rung whose plans are worth most.
    pub(crate) fn best(&self, highest: usize) -> usize {
        let mut best = (0, f64::NEG_INFINITY);
        for rung in 0..=highest {
            let worth = self.worth(rung);
            if worth > best.1 {
                best = (rung, worth);
            }
        }
        best.0
    }

    /// What the next segments are worth when the first of them is of this rung, over all outcomes.
    fn worth(&self, rung: usize) -> f64 {
        let Forecast { median_bps, error_below, error_above, lowest_bps, relapse } = self.forecast;
        let usual = OUTCOMES.iter().map(|&(deviation, weight)| {
            let error = if deviation < 0.0 { error_below } else { error_above };
            weight * self.worth_at(rung, median_bps * libm::exp(deviation * error))
        });
        (1.0 - relapse) * usual.sum::<f64>() + relapse * self.worth_at(rung, lowest_bps)
    }

    /// The same when throughput turns out to be this. What follows the first segment is the
    /// best that can be made of that throughput: by then it is known.
    fn worth_at(&self, rung: usize, bps: f64) -> f64 {
        let mut walk = self.step(Walk { buffer_s: self.position.buffer_s, gain: 0.0 }, 0, rung, bps);
        if let Some(current) = self.position.rung {
            walk.gain -= self.change(current, rung);
        }
        let mut best = self.hold(walk, 1, rung, bps);
        for turn in 1..self.settings.tuning.horizon {
            for next in (0..=self.ladder.top()).filter(|&next| next != rung) {
                let turned = Walk { gain: walk.gain - self.change(rung, next), ..walk };
                best = best.max(self.hold(turned, turn, next, bps));
            }
            walk = self.step(walk, turn, rung, bps);
        }
        best
    }

    /// Stays at a rung from segment `from` to the horizon.
    fn hold(&self, mut walk: Walk, from: usize, rung: usize, bps: f64) -> f64 {
        for segment in from..self.settings.tuning.horizon {
            walk = self.step(walk, segment, rung, bps);
        }
        walk.gain + self.beyond(walk.buffer_s)
    }

    /// Downloads one segment.
    fn step(&self, walk: Walk, segment: usize, rung: usize, bps: f64) -> Walk {
        let seconds = self.bits(segment, rung) / bps;
        let stall = (seconds - walk.buffer_s).max(0.0);
        let left = (walk.buffer_s - seconds).max(0.0) + self.settings.segment_ms / 1_000.0;
        Walk {
            buffer_s: left.min(self.position.max_buffer_s),
            gain: walk.gain + self.ladder.utilities()[rung] - self.settings.tuning.stall_cost * stall,
        }
    }

    fn bits(&self, segment: usize, rung: usize) -> f64 {
        let known = self.position.sizes.get(segment * self.ladder.rates().len() + rung);
        match known {
            Some(&bytes) if bytes > 0.0 => bytes * 8.0,
            _ => self.ladder.rates()[rung] * self.settings.segment_ms / 1_000.0,
        }
    }

    fn change(&self, from: usize, to: usize) -> f64 {
        (self.ladder.utilities()[from] - self.ladder.utilities()[to]).abs()
    }

    /// What a buffer is worth beyond the horizon: each second less than the one before, and
    /// more of them where the network was once very slow.
    fn beyond(&self, buffer_s: f64) -> f64 {
        let tuning = &self.settings.tuning;
        let smallest_s = self.ladder.rates()[0] * self.settings.segment_ms / 1_000.0 / self.forecast.lowest_bps;
        let scale = tuning.buffer_scale_s + tuning.buffer_caution * smallest_s.min(self.position.max_buffer_s);
        tuning.buffer_worth * scale * (1.0 - libm::exp(-buffer_s / scale))
    }
}
