//! Adaptive bitrate algorithms over recorded networks.
//!
//!     cargo run --release -p bench-abr -- [--traces FOLDER] [--json] [--oracle]
//!
//! Each set of traces is shown in two halves, the even ones and the odd ones: Reel's
//! parameters were tuned on the even half alone.

#[cfg(test)]
mod network_drop;
mod oracle;
mod ours;
mod peers;
mod sets;
mod simulate;

use reel_player::Trace;
use serde::Serialize;
use simulate::{Chooser, Outcome, Session, mean, outcome, play};
use std::path::PathBuf;
use std::process::ExitCode;

/// Where the recorded traces are, seen from the repository.
const TRACES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/abr");

/// A line of the table.
#[derive(Serialize)]
struct Row {
    set: String,
    algorithm: &'static str,
    all: Outcome,
    even: Outcome,
    odd: Outcome,
}

struct Arguments {
    traces: PathBuf,
    json: bool,
    oracle: bool,
}

fn main() -> ExitCode {
    match arguments().and_then(|arguments| run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench-abr: {why}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Arguments, String> {
    let mut arguments = Arguments { traces: TRACES.into(), json: false, oracle: false };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--json" => arguments.json = true,
            "--oracle" => arguments.oracle = true,
            "--traces" => arguments.traces = words.next().ok_or("--traces wants a folder of sabre's traces")?.into(),
            other => return Err(format!("{other} is not known; there are --traces FOLDER, --json and --oracle")),
        }
    }
    Ok(arguments)
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let sets = sets::load(&arguments.traces)?;
    let mut rows = Vec::new();
    for set in &sets {
        for (algorithm, make) in algorithms() {
            rows.push(row(&set.name, algorithm, |trace| played(trace, make), &set.traces));
        }
        if arguments.oracle {
            let knows =
                |trace: &Trace| Outcome { qoe: oracle::best_qoe(&Session::reference(), trace), ..Outcome::default() };
            rows.push(row(&set.name, "knows the future", knows, &set.traces));
        }
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&rows).map_err(|e| e.to_string())?);
    } else {
        print(&rows);
    }
    Ok(())
}

type Make = fn(&Session) -> Box<dyn Chooser>;

fn algorithms() -> [(&'static str, Make); 5] {
    [
        ("reel", |session| ours(session, false)),
        ("reel, abandoning", |session| ours(session, true)),
        ("throughput rule", |session| Box::new(peers::ThroughputRule::new(&session.rates))),
        ("BOLA", |session| Box::new(peers::Bola::new(&session.rates, session.max_buffer_s))),
        ("dash.js Dynamic", |session| Box::new(peers::Dynamic::new(&session.rates))),
    ]
}

fn ours(session: &Session, gives_up: bool) -> Box<dyn Chooser> {
    Box::new(ours::Ours::new(session, gives_up).expect("the reference ladder ascends"))
}

fn played(trace: &Trace, make: Make) -> Outcome {
    let session = Session::reference();
    outcome(&session, &play(&session, trace, &mut *make(&session)))
}

fn row(set: &str, algorithm: &'static str, play: impl Fn(&Trace) -> Outcome, traces: &[Trace]) -> Row {
    let outcomes: Vec<_> = traces.iter().map(play).collect();
    let half = |from: usize| mean(&outcomes.iter().skip(from).step_by(2).cloned().collect::<Vec<_>>());
    Row { set: set.to_owned(), algorithm, all: mean(&outcomes), even: half(0), odd: half(1) }
}

fn print(rows: &[Row]) {
    println!(
        "{:20} {:18} {:>7} {:>8} {:>8} {:>8} {:>7} {:>9} {:>8}",
        "set", "algorithm", "QoE", "tuned on", "held out", "stall %", "Mbit/s", "switches", "start s"
    );
    for Row { set, algorithm, all, even, odd } in rows {
        println!(
            "{set:20} {algorithm:18} {:7.3} {:8.3} {:8.3} {:8.3} {:7.2} {:9.1} {:8.2}",
            all.qoe, even.qoe, odd.qoe, all.stall_percent, all.mean_mbps, all.switches, all.startup_s
        );
    }
}
