//! The figures, as a table or for programs.

use crate::{BATCH, Run, WRITERS};
use serde_json::json;

const NAMES: [&str; 4] = ["Reel's log", "Reel over HTTP", "JetStream", "JetStream, atomic batches"];

/// Events a second of each, by the clock and by what was used of processors.
pub(crate) struct Figures {
    per_s: [f64; 4],
    per_cpu_s: [f64; 4],
}

impl Figures {
    pub(crate) fn of(runs: [Run; 4]) -> Self {
        let by = |time: fn(&Run) -> f64| runs.map(|run| run.events as f64 / time(&run).max(f64::MIN_POSITIVE));
        Self { per_s: by(|run| run.elapsed.as_secs_f64()), per_cpu_s: by(|run| run.cpu.as_secs_f64()) }
    }

    /// The log to the better of JetStream's two ways.
    fn ratio(figures: &[f64; 4]) -> f64 {
        figures[0] / figures[2].max(figures[3])
    }

    fn http_ratio(figures: &[f64; 4]) -> f64 {
        figures[1] / figures[2].max(figures[3])
    }
}

pub(crate) fn print(figures: &Figures, as_json: bool) {
    let Figures { per_s, per_cpu_s } = figures;
    if as_json {
        let document = json!({
            "events_per_s": per_s[0], "http_events_per_s": per_s[1],
            "jetstream_events_per_s": per_s[2], "jetstream_batch_events_per_s": per_s[3],
            "events_per_cpu_s": per_cpu_s[0], "http_events_per_cpu_s": per_cpu_s[1],
            "jetstream_events_per_cpu_s": per_cpu_s[2], "jetstream_batch_events_per_cpu_s": per_cpu_s[3],
            "events_per_s_ratio": Figures::ratio(per_s), "events_per_cpu_s_ratio": Figures::ratio(per_cpu_s),
            "http_events_per_s_ratio": Figures::http_ratio(per_s),
        });
        println!("{document}");
        return;
    }
    println!("{WRITERS} writers, batches of {BATCH} events, each acknowledged once it is on the disk");
    println!("{:<28} {:>12} {:>16}", "", "events/s", "per CPU second");
    for (name, (per_s, per_cpu_s)) in NAMES.iter().zip(per_s.iter().zip(per_cpu_s)) {
        println!("{name:<28} {per_s:>12.0} {per_cpu_s:>16.0}");
    }
    println!(
        "Reel's log to the better of JetStream's: {:.2} by the clock, {:.2} per CPU second; over HTTP {:.2}",
        Figures::ratio(per_s),
        Figures::ratio(per_cpu_s),
        Figures::http_ratio(per_s)
    );
}
