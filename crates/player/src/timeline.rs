//! The time of a playback: the real one, or that of a recorded network.

use crate::Trace;
use std::time::{Duration, Instant};

/// How time passes.
pub(crate) enum Timeline {
    /// As it does; downloads take as long as they take.
    Real(Instant),
    /// By a recorded network: downloads take as long as they would have over it.
    Traced { trace: Trace, now_s: f64 },
}

/// When a download happened, in milliseconds since the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    pub(crate) started_ms: f64,
    pub(crate) first_byte_ms: f64,
    pub(crate) finished_ms: f64,
}

impl Timeline {
    pub(crate) fn new(trace: Option<Trace>) -> Self {
        trace.map_or_else(|| Self::Real(Instant::now()), |trace| Self::Traced { trace, now_s: 0.0 })
    }

    /// Milliseconds since the start.
    pub(crate) fn now_ms(&self) -> f64 {
        match self {
            Self::Real(start) => start.elapsed().as_secs_f64() * 1_000.0,
            Self::Traced { now_s, .. } => now_s * 1_000.0,
        }
    }

    /// Lets time pass.
    pub(crate) async fn wait(&mut self, ms: f64) {
        match self {
            Self::Real(_) => tokio::time::sleep(Duration::from_secs_f64((ms / 1_000.0).clamp(0.0, 86_400.0))).await,
            Self::Traced { now_s, .. } => *now_s += ms.max(0.0) / 1_000.0,
        }
    }

    /// Books a download that has just ended. Over a recorded network this lets as much time
    /// pass as it would have taken.
    pub(crate) fn book(&mut self, started_ms: f64, first_byte: Instant, bytes: usize) -> Span {
        let first_byte_ms = match self {
            Self::Real(start) => first_byte.saturating_duration_since(*start).as_secs_f64() * 1_000.0,
            Self::Traced { trace, now_s } => {
                let first_byte_ms = (*now_s + trace.latency_s()) * 1_000.0;
                *now_s = trace.finish(*now_s, bytes as f64 * 8.0);
                first_byte_ms
            }
        };
        Span { started_ms, first_byte_ms, finished_ms: self.now_ms() }
    }
}
