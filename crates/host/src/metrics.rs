//! Counts of what functions do, as Prometheus reads them (text format 0.0.4).

use http::StatusCode;
use std::fmt::Write;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// One function's counts.
#[derive(Debug, Default)]
pub(crate) struct FunctionMetrics {
    requests: AtomicU64,
    errors: AtomicU64,
    shed: AtomicU64,
    microseconds: AtomicU64,
    instances: AtomicI64,
    started: AtomicU64,
    failed: AtomicU64,
}

impl FunctionMetrics {
    /// Notes the end of a native function's invocation.
    pub(crate) fn invoked(&self, failed: bool, took: Duration) {
        let status = if failed { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK };
        self.answered(status, took);
    }

    /// Notes an answer; one of 500 and above counts as an error.
    pub(crate) fn answered(&self, status: StatusCode, took: Duration) {
        self.requests.fetch_add(1, Relaxed);
        self.microseconds.fetch_add(took.as_micros() as u64, Relaxed);
        if status.is_server_error() {
            self.errors.fetch_add(1, Relaxed);
        }
    }

    /// Notes a request that was not taken, since the function is at its limit.
    pub(crate) fn shed(&self) {
        self.shed.fetch_add(1, Relaxed);
    }

    pub(crate) fn instance_began(&self) {
        self.instances.fetch_add(1, Relaxed);
        self.started.fetch_add(1, Relaxed);
    }

    pub(crate) fn instance_failed(&self) {
        self.failed.fetch_add(1, Relaxed);
    }

    pub(crate) fn instance_ended(&self) {
        self.instances.fetch_sub(1, Relaxed);
    }
}

type Read = fn(&FunctionMetrics) -> f64;

/// Name, type, meaning and value of each metric.
const METRICS: [(&str, &str, &str, Read); 7] = [
    ("reel_function_requests_total", "counter", "Requests answered, or invocations ended.", |m| {
        m.requests.load(Relaxed) as f64
    }),
    ("reel_function_errors_total", "counter", "Requests answered with 500 or above, or invocations failed.", |m| {
        m.errors.load(Relaxed) as f64
    }),
    ("reel_function_shed_total", "counter", "Requests refused at the function's limit.", |m| {
        m.shed.load(Relaxed) as f64
    }),
    ("reel_function_duration_seconds_sum", "counter", "Time until the answers began, or the invocations ended.", |m| {
        m.microseconds.load(Relaxed) as f64 / 1e6
    }),
    ("reel_function_instances", "gauge", "Instances alive.", |m| m.instances.load(Relaxed) as f64),
    ("reel_function_instances_started_total", "counter", "Instances made.", |m| m.started.load(Relaxed) as f64),
    ("reel_function_instances_failed_total", "counter", "Instances that ended by a trap or a time-out.", |m| {
        m.failed.load(Relaxed) as f64
    }),
];

/// What is told of components alone: who runs native functions keeps their processes.
const OF_INSTANCES: &str = "reel_function_instances";

/// The counts of all functions as text: those of components, and those of native functions,
/// each ordered by name.
pub(crate) fn render<'a, C, N>(components: C, natives: N) -> String
where
    C: Iterator<Item = (&'a str, &'a FunctionMetrics)> + Clone,
    N: Iterator<Item = (&'a str, &'a FunctionMetrics)> + Clone,
{
    let mut text = String::new();
    for (name, kind, help, read) in METRICS {
        // Writing to a string does not fail.
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
        let natives = natives.clone().filter(|_| !name.starts_with(OF_INSTANCES));
        for (function, metrics) in components.clone().chain(natives) {
            let _ = writeln!(text, "{name}{{function=\"{function}\"}} {}", read(metrics));
        }
    }
    text
}
