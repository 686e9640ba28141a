//! The network as it was measured, and as it may be next.

use crate::Tuning;

/// A finished download.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Download {
    /// The size of what came, in bytes.
    pub bytes: f64,
    /// When it was asked for (ms).
    pub started_ms: f64,
    /// When its first byte came (ms); as `started_ms` when not known.
    pub first_byte_ms: f64,
    /// When its last byte came (ms).
    pub finished_ms: f64,
    /// For how long of that the server itself was waiting for the encoder, as it does with
    /// a low-latency segment that is still being made (ms); 0 otherwise.
    pub idle_ms: f64,
}

impl Download {
    /// Seconds from request to last byte, without what the server waited for.
    fn seconds(&self) -> f64 {
        (self.finished_ms - self.started_ms - self.idle_ms.max(0.0)) / 1_000.0
    }
}

/// What the next download's throughput may be: about a median, or, when the network
/// relapses, as low as it was once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Forecast {
    /// Bits per second.
    pub(crate) median_bps: f64,
    /// Standard deviation of the natural logarithm, below the median.
    pub(crate) error_below: f64,
    /// The same above the median.
    pub(crate) error_above: f64,
    /// The lowest throughput that was seen (bits per second), half forgotten.
    pub(crate) lowest_bps: f64,
    /// How likely it is to come back with the next download.
    pub(crate) relapse: f64,
}

/// A mean of what was seen and, as if it had been seen before, of an assumption.
#[derive(Debug, Clone, Copy)]
struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    fn assume(value: f64, weight: f64) -> Self {
        Self { sum: value * weight, weight }
    }

    fn add(&mut self, value: f64, memory: f64) {
        self.sum = memory * self.sum + value;
        self.weight = memory * self.weight + 1.0;
    }

    fn value(&self) -> f64 {
        self.sum / self.weight
    }
}

/// Downloads one after another, until they have lasted long enough to tell of the network
/// and not of a moment.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    bits: f64,
    seconds: f64,
}

impl Window {
    /// The throughput (bits per second) of the downloads since the last answer, if any.
    fn add(&mut self, bits: f64, seconds: f64) -> Option<f64> {
        self.bits += bits;
        self.seconds += seconds;
        (self.seconds >= WINDOW_S).then(|| {
            let Self { bits, seconds } = core::mem::take(self);
            bits / seconds
        })
    }
}

/// How long a throughput must last to be remembered as the lowest (s).
const WINDOW_S: f64 = 4.0;
/// How many checked forecasts weigh as much as the assumed error.
const PRIOR_WEIGHT: f64 = 5.0;
/// An error beyond this factor (e) tells of a relapse or its end, not of noise.
const NOISE_LIMIT: f64 = 1.0;
/// A download at less than half of the forecast is a relapse.
const FALL: f64 = core::f64::consts::LN_2;

/// Follows the throughput, and how well it was foretold. Throughputs are natural logarithms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Throughput {
    seen: bool,
    level: f64,
    lowest: f64,
    window: Window,
    below: Mean,
    above: Mean,
    relapses: Mean,
}

impl Throughput {
    pub(crate) fn new(tuning: &Tuning, start_bps: f64) -> Self {
        let level = libm::log(start_bps.max(1.0));
        let error = Mean::assume(tuning.prior_error * tuning.prior_error, PRIOR_WEIGHT);
        let relapses = Mean::assume(tuning.prior_relapse, tuning.relapse_weight);
        Self { seen: false, level, lowest: level, window: Window::default(), below: error, above: error, relapses }
    }

    /// Takes in a download; one without bytes or without duration says nothing.
    pub(crate) fn observe(&mut self, tuning: &Tuning, download: &Download) {
        let seconds = download.seconds();
        let bps = download.bytes * 8.0 / seconds;
        if !(bps > 0.0 && bps.is_finite() && seconds > 0.0) {
            return;
        }
        let measured = libm::log(bps);
        if !self.seen {
            (self.seen, self.level, self.lowest) = (true, measured, measured);
            return;
        }
        self.check(tuning, measured - self.level);
        self.follow(tuning, measured, seconds);
    }

    /// Learns from how far off the forecast was.
    fn check(&mut self, tuning: &Tuning, error: f64) {
        let square = |error: f64| error.clamp(0.0, NOISE_LIMIT) * error.clamp(0.0, NOISE_LIMIT);
        self.below.add(square(-error), tuning.error_memory);
        self.above.add(square(error), tuning.error_memory);
        self.relapses.add(if error < -FALL { 1.0 } else { 0.0 }, 1.0);
    }

    fn follow(&mut self, tuning: &Tuning, measured: f64, seconds: f64) {
        let keep = libm::exp2(-(seconds / tuning.half_life_s).max(1.0));
        self.level = keep * self.level + (1.0 - keep) * measured;
        let remember = libm::exp2(-seconds.max(tuning.half_life_s) / tuning.relapse_memory_s);
        self.lowest = self.level + (self.lowest - self.level) * remember;
        if let Some(bps) = self.window.add(libm::exp(measured) * seconds, seconds) {
            self.lowest = self.lowest.min(libm::log(bps));
        }
    }

    /// What to expect of the next download.
    pub(crate) fn forecast(&self) -> Forecast {
        Forecast {
            median_bps: libm::exp(self.level),
            error_below: libm::sqrt(self.below.value()),
            error_above: libm::sqrt(self.above.value()),
            lowest_bps: libm::exp(self.lowest.min(self.level)),
            relapse: self.relapses.value(),
        }
    }
}
