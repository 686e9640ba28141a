//! What an edge counts.

use http::Response;
use http::header::CONTENT_LENGTH;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

/// The hit rate that is told is that of so many heartbeats.
const WINDOW: usize = 15;

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    hits: AtomicU64,
    misses: AtomicU64,
    coalesced: AtomicU64,
    bytes: AtomicU64,
    fills: AtomicU64,
    failures: AtomicU64,
    filling: AtomicI64,
    active: AtomicI64,
    window: Mutex<VecDeque<(u64, u64)>>,
}

/// Counts a request as active until it is dropped.
pub(crate) struct Active(Arc<Metrics>);

impl Drop for Active {
    fn drop(&mut self) {
        self.0.active.fetch_sub(1, Relaxed);
    }
}

impl Metrics {
    /// How many requests an edge handles at once.
    pub const CAPACITY: u32 = 1_024;

    pub(crate) fn hit(&self) {
        self.hits.fetch_add(1, Relaxed);
    }

    /// A miss; one that did not begin a fill waits for somebody else's.
    pub(crate) fn miss(&self, led: bool) {
        self.misses.fetch_add(1, Relaxed);
        self.coalesced.fetch_add(u64::from(!led), Relaxed);
    }

    pub(crate) fn answered<B>(&self, response: &Response<B>) {
        let length = response.headers().get(CONTENT_LENGTH).and_then(|l| l.to_str().ok()?.parse().ok());
        self.bytes.fetch_add(length.unwrap_or(0), Relaxed);
    }

    pub(crate) fn fill_began(&self) {
        self.filling.fetch_add(1, Relaxed);
        self.fills.fetch_add(1, Relaxed);
    }

    pub(crate) fn fill_ended(&self, well: bool) {
        self.filling.fetch_sub(1, Relaxed);
        self.failures.fetch_add(u64::from(!well), Relaxed);
    }

    pub(crate) fn begin(self: &Arc<Self>) -> Active {
        self.active.fetch_add(1, Relaxed);
        Active(self.clone())
    }

    /// Which share of the requests that it can handle at once it is handling, 0 to 1.
    pub(crate) fn load(&self) -> f32 {
        (self.active() as f32 / Self::CAPACITY as f32).min(1.0)
    }

    /// Requests under way.
    pub fn active(&self) -> u64 {
        self.active.load(Relaxed).max(0) as u64
    }

    /// Requests to parents since the start.
    pub fn fills(&self) -> u64 {
        self.fills.load(Relaxed)
    }

    /// Closes one interval and returns which share of the last 15 intervals' requests the
    /// cache answered, 0 to 1; 0 when there were none.
    pub(crate) fn hit_rate(&self) -> f32 {
        let now = (self.hits.load(Relaxed), self.misses.load(Relaxed));
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let then = window.front().copied().unwrap_or_default();
        window.push_back(now);
        if window.len() > WINDOW {
            window.pop_front();
        }
        let (hits, misses) = (now.0 - then.0, now.1 - then.1);
        if hits + misses == 0 { 0.0 } else { hits as f32 / (hits + misses) as f32 }
    }

    /// The counters as Prometheus reads them (text format 0.0.4), and what the cache takes
    /// of memory and has written to disk, in bytes.
    pub fn text(&self, memory: usize, disk: usize) -> String {
        let counters = [
            ("hits", "Requests answered from the cache.", &self.hits),
            ("misses", "Requests that needed a parent.", &self.misses),
            ("coalesced", "Misses that joined another's fill.", &self.coalesced),
            ("bytes", "Bytes of the bodies answered.", &self.bytes),
            ("fills", "Requests to parents.", &self.fills),
            ("fill_failures", "Requests to parents that failed.", &self.failures),
        ];
        let filling = self.filling.load(Relaxed).max(0) as u64;
        let gauges = [
            ("filling", "Requests to parents under way.", filling),
            ("active_requests", "Requests under way.", self.active()),
            ("memory_bytes", "Memory that objects take.", memory as u64),
        ];
        let disk = ("disk_written_bytes", "Bytes written to disk.", disk as u64);
        let counters = counters.map(|(name, help, counter)| (name, help, counter.load(Relaxed)));
        let counters = counters.into_iter().chain([disk]);
        let counters = counters.map(|(name, help, value)| metric(&format!("{name}_total"), "counter", help, value));
        let gauges = gauges.map(|(name, help, value)| metric(name, "gauge", help, value));
        counters.chain(gauges).collect()
    }
}

fn metric(name: &str, kind: &str, help: &str, value: u64) -> String {
    let name = format!("reel_edge_{name}");
    format!("# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hit_rate_is_that_of_the_last_intervals() {
        let metrics = Metrics::default();
        assert_eq!(metrics.hit_rate(), 0.0);
        (0..3).for_each(|_| metrics.hit());
        metrics.miss(true);
        assert_eq!(metrics.hit_rate(), 0.75);
        for _ in 0..WINDOW {
            metrics.hit_rate();
        }
        metrics.miss(false);
        assert_eq!(metrics.hit_rate(), 0.0);
    }

    #[test]
    fn metrics_are_lines_that_prometheus_reads() {
        let metrics = Metrics::default();
        metrics.miss(false);
        let text = metrics.text(7, 0);
        assert!(
            text.contains("\nreel_edge_coalesced_total 1\n") && text.contains("\nreel_edge_memory_bytes 7\n"),
            "{text}"
        );
        assert!(text.lines().all(|line| line.starts_with("# ") || line.split(' ').count() == 2), "{text}");
    }
}
