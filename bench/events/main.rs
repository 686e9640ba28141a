//! Durable events a second: Reel's event log, and the same over HTTP, beside NATS JetStream.
//!
//!     cargo run --release -p bench-events -- [--json] [--seconds N] [--rounds N]
//!
//! Everybody gets the same events from the same number of writers in batches of the same size,
//! and each batch is acknowledged once it is on the disk. They take turns in each round.

mod jetstream;
mod log;
mod platform;
mod process;
mod table;

use anyhow::{Context, Result};
use jetstream::{JetStream, Publishing};
use log::Log;
use platform::Platform;
use std::time::{Duration, Instant};
use table::Figures;

/// How many write at once.
const WRITERS: usize = 32;
/// How many events each of them has acknowledged together.
const BATCH: usize = 100;

/// Where everybody keeps what is measured: on the disk of the tree, for /tmp may be in memory.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target");

struct Arguments {
    json: bool,
    seconds: u64,
    rounds: u32,
}

/// What somebody did in some time.
#[derive(Debug, Clone, Copy, Default)]
struct Run {
    events: u64,
    elapsed: Duration,
    /// Of processors, by the process that keeps the events; for the log, by this one.
    cpu: Duration,
}

/// Takes batches in and answers once they are durable.
trait Subject {
    /// A writer of its own for each task.
    type Writer: Write;
    async fn writer(&self) -> Result<Self::Writer>;
    /// How much of processors it has used so far.
    fn cpu(&self) -> Result<Duration>;
}

trait Write: Send + 'static {
    /// One batch, durable when it returns.
    fn write(&mut self) -> impl Future<Output = Result<()>> + Send;
}

#[tokio::main]
async fn main() -> Result<()> {
    let Arguments { json, seconds, rounds } = arguments()?;
    let time = Duration::from_secs(seconds);
    let (log, platform) = (Log::open()?, Platform::start().await?);
    let single = JetStream::start(Publishing::Single).await?;
    let atomic = JetStream::start(Publishing::AtomicBatch).await?;
    let mut runs = [Run::default(); 4];
    for _ in 0..rounds {
        let round = [
            run(&log, time).await.context("the log")?,
            run(&platform, time).await.context("over HTTP")?,
            run(&single, time).await.context("JetStream")?,
            run(&atomic, time).await.context("JetStream in batches")?,
        ];
        runs.iter_mut().zip(round).for_each(|(sum, run)| sum.add(run));
    }
    table::print(&Figures::of(runs), json);
    Ok(())
}

impl Run {
    fn add(&mut self, other: Self) {
        self.events += other.events;
        self.elapsed += other.elapsed;
        self.cpu += other.cpu;
    }
}

/// Has all writers write for so long.
async fn run<S: Subject>(subject: &S, time: Duration) -> Result<Run> {
    let (cpu, begun) = (subject.cpu()?, Instant::now());
    let mut tasks = Vec::new();
    for _ in 0..WRITERS {
        let mut writer = subject.writer().await?;
        tasks.push(tokio::spawn(async move {
            let mut batches = 0;
            while begun.elapsed() < time {
                writer.write().await?;
                batches += 1;
            }
            anyhow::Ok(batches)
        }));
    }
    let mut events = 0;
    for task in tasks {
        events += task.await?? * BATCH as u64;
    }
    Ok(Run { events, elapsed: begun.elapsed(), cpu: subject.cpu()?.saturating_sub(cpu) })
}

fn arguments() -> Result<Arguments> {
    let mut arguments = Arguments { json: false, seconds: 4, rounds: 3 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number =
            || words.next().and_then(|word| word.parse().ok()).with_context(|| format!("{word} takes a number"));
        match word.as_str() {
            "--json" => arguments.json = true,
            "--seconds" => arguments.seconds = number()?,
            "--rounds" => arguments.rounds = number()? as u32,
            other => anyhow::bail!("{other} is not known; there are --json, --seconds and --rounds"),
        }
    }
    Ok(arguments)
}
