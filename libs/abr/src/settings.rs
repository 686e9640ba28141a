//! What the caller sets, and the few figures that were tuned.

/// The player's side of the matter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The length of a segment in milliseconds.
    pub segment_ms: f64,
    /// No download starts while more than this many milliseconds are buffered.
    pub max_buffer_ms: f64,
    /// The throughput to expect before anything was measured, in bits per second: the
    /// last session's, or a cautious guess.
    pub start_bps: f64,
    /// How the choice is weighed.
    pub tuning: Tuning,
}

impl Default for Settings {
    fn default() -> Self {
        Self { segment_ms: 4_000.0, max_buffer_ms: 60_000.0, start_bps: 1e6, tuning: Tuning::default() }
    }
}

/// How the choice is weighed. The defaults were tuned with `bench/abr`; see
/// docs/decisions/0005-abr.md.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tuning {
    /// What a second of stalling costs, in units of log bitrate. The default is the worth
    /// of the whole reference ladder, ln(15.6 / 0.235).
    pub stall_cost: f64,
    /// How many segments a plan looks ahead.
    pub horizon: usize,
    /// After how many seconds of downloading an older measurement counts half. A download
    /// halves what was before it at least once, however short it was.
    pub half_life_s: f64,
    /// How far off, as a standard deviation of log throughput, a forecast is taken to be
    /// before any was checked.
    pub prior_error: f64,
    /// What share of the squared error survives the next check.
    pub error_memory: f64,
    /// How likely the network is to fall back to the lowest throughput it has shown, before
    /// any fall was seen: a probability per download.
    pub prior_relapse: f64,
    /// How many downloads weigh as much as that assumption.
    pub relapse_weight: f64,
    /// After how many seconds of downloading half of the lowest throughput is forgotten.
    pub relapse_memory_s: f64,
    /// What the first buffered second is worth beyond the horizon.
    pub buffer_worth: f64,
    /// After how many seconds of buffer the worth of one more has fallen to 1/e.
    pub buffer_scale_s: f64,
    /// By how many seconds that scale grows for each second that the smallest segment
    /// would take at the lowest throughput.
    pub buffer_caution: f64,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            stall_cost: 4.195,
            horizon: 8,
            half_life_s: 12.0,
            prior_error: 0.25,
            error_memory: 0.75,
            prior_relapse: 0.005,
            relapse_weight: 40.0,
            relapse_memory_s: 1_200.0,
            buffer_worth: 0.6,
            buffer_scale_s: 20.0,
            buffer_caution: 9.0,
        }
    }
}
