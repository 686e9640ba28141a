//! The figures, as a table and as JSON.

use crate::measure::{Measured, at};
use anyhow::{Context, Result};
use serde::Serialize;
use std::fmt;

/// The function whose figures stand for all.
const FUNCTION: &str = "origin";
const MB: f64 = 1e6;

/// What should be reached, by the figure's name: at most so much.
const TARGETS: [(&str, f64, Pick); 4] = [
    ("cold start, ms", 15.0, |figures| figures.cold_ms),
    ("memory, MB", 40.0, |figures| figures.rss_mb),
    ("zip, MB", 12.0, |figures| figures.zip_mb),
    ("overhead of a call, ms", 0.3, |figures| figures.warm_overhead_ms),
];

type Pick = fn(&Figures) -> f64;

/// What one Lambda took, and the native peer beside it. Times are medians.
#[derive(Clone, Serialize)]
pub(crate) struct Figures {
    function: &'static str,
    components: usize,
    cold_ms: f64,
    cold_p95_ms: f64,
    cold_peer_ms: f64,
    cold_ratio: f64,
    rss_mb: f64,
    program_mb: f64,
    zip_mb: f64,
    warm_ms: f64,
    warm_p99_ms: f64,
    warm_peer_ms: f64,
    warm_overhead_ms: f64,
    /// The same up to the moment when the next event is asked for.
    billed_overhead_ms: f64,
}

/// All of them.
#[derive(Serialize)]
pub(crate) struct Report {
    bench: &'static str,
    /// How busy the machine was before.
    load: f64,
    runs: usize,
    calls: usize,
    /// Those of one function that is deployed.
    #[serde(flatten)]
    own: Figures,
    rows: Vec<Figures>,
}

impl Report {
    /// The first one measured is the peer.
    pub(crate) fn new(load: f64, measured: Vec<Measured<'_>>) -> Result<Self> {
        let peer = measured.first().context("nothing was measured")?;
        let rows: Vec<_> = measured.iter().map(|one| Figures::new(one, peer)).collect();
        let own = rows.iter().find(|row| row.function == FUNCTION).context("origin was not measured")?.clone();
        Ok(Self { bench: "cold-start", load, runs: peer.cold.len(), calls: peer.warm.len(), own, rows })
    }
}

impl Figures {
    fn new(one: &Measured<'_>, peer: &Measured<'_>) -> Self {
        let (cold_ms, cold_peer_ms) = (at(50, &one.cold), at(50, &peer.cold));
        let (warm_ms, warm_peer_ms) = (at(50, &one.warm), at(50, &peer.warm));
        Self {
            function: one.subject.name,
            components: one.subject.components,
            cold_ms,
            cold_p95_ms: at(95, &one.cold),
            cold_peer_ms,
            cold_ratio: cold_ms / cold_peer_ms,
            rss_mb: one.peak as f64 / MB,
            program_mb: one.subject.program_bytes as f64 / MB,
            zip_mb: one.subject.zip_bytes as f64 / MB,
            warm_ms,
            warm_p99_ms: at(99, &one.warm),
            warm_peer_ms,
            warm_overhead_ms: warm_ms - warm_peer_ms,
            billed_overhead_ms: at(50, &one.billed) - at(50, &peer.billed),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} starts and {} calls of each; the load before was {:.2}", self.runs, self.calls, self.load)?;
        writeln!(
            f,
            "{:14} {:>10} {:>8} {:>7} {:>7} {:>7} {:>10} {:>7} {:>8} {:>7} {:>9} {:>9}",
            "",
            "components",
            "cold ms",
            "p95",
            "x peer",
            "RSS MB",
            "program MB",
            "zip MB",
            "warm ms",
            "p99",
            "overhead",
            "billed"
        )?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))?;
        for (name, most, pick) in TARGETS {
            let missed: Vec<_> = self.rows[1..].iter().filter(|row| pick(row) > most).map(|row| row.function).collect();
            let verdict = if missed.is_empty() { "reached".into() } else { format!("missed by {}", missed.join(", ")) };
            writeln!(f, "{name:24} at most {most:>4}: {verdict}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:14} {:>10} {:>8.2} {:>7.2} {:>7.2} {:>7.1} {:>10.1} {:>7.1} {:>8.3} {:>7.3} {:>+9.3} {:>+9.3}",
            self.function,
            self.components,
            self.cold_ms,
            self.cold_p95_ms,
            self.cold_ratio,
            self.rss_mb,
            self.program_mb,
            self.zip_mb,
            self.warm_ms,
            self.warm_p99_ms,
            self.warm_overhead_ms,
            self.billed_overhead_ms
        )
    }
}
