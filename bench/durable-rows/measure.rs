//! Durable rows a second under group commit: many writers, one committing thread.

use crate::engine::{Engine, Kind, Row};
use anyhow::{Result, anyhow};
use serde::Serialize;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

const WRITERS: usize = 32;
const ROW_BYTES: usize = 300;
const GROUP: usize = 256;

/// What one store did.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    store: &'static str,
    /// Acknowledged rows a second.
    pub(crate) rows_per_second: f64,
    p50_us: u64,
    p99_us: u64,
}

/// Both stores, and the first against the second.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    writers: usize,
    row_bytes: usize,
    stores: Vec<Figures>,
    fjall_to_sqlite: f64,
}

/// Runs both stores in turns for so many seconds each.
pub(crate) fn compare(seconds: u64, rounds: u32) -> Result<Comparison> {
    let mut totals = [Totals::default(), Totals::default()];
    for _ in 0..rounds {
        for (kind, totals) in Kind::ALL.into_iter().zip(&mut totals) {
            totals.add(run(kind, Duration::from_secs(seconds))?);
        }
    }
    let stores: Vec<_> = Kind::ALL.into_iter().zip(totals).map(|(k, t)| t.figures(k)).collect();
    let fjall_to_sqlite = stores[0].rows_per_second / stores[1].rows_per_second;
    Ok(Comparison { writers: WRITERS, row_bytes: ROW_BYTES, stores, fjall_to_sqlite })
}

#[derive(Default)]
struct Totals {
    latencies: Vec<Duration>,
    elapsed: Duration,
}

impl Totals {
    fn add(&mut self, other: Totals) {
        self.latencies.extend(other.latencies);
        self.elapsed += other.elapsed;
    }

    fn figures(mut self, kind: Kind) -> Figures {
        self.latencies.sort_unstable();
        let rows = self.latencies.len();
        let at = |percent: usize| self.latencies.get(rows * percent / 100).map_or(0, |d| d.as_micros() as u64);
        let rows_per_second = rows as f64 / self.elapsed.as_secs_f64();
        Figures { store: kind.name(), rows_per_second, p50_us: at(50), p99_us: at(99) }
    }
}

type Request = (Vec<u8>, SyncSender<()>);

fn run(kind: Kind, length: Duration) -> Result<Totals> {
    let folder = tempfile::tempdir()?;
    let engine = kind.open(folder.path())?;
    let (sender, receiver) = mpsc::sync_channel(1_024);
    let committer = thread::spawn(move || commit(engine, &receiver));
    let start = Instant::now();
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let sender = sender.clone();
            thread::spawn(move || write(&sender, start + length))
        })
        .collect();
    drop(sender);
    let mut latencies = Vec::new();
    for writer in writers {
        latencies.extend(writer.join().map_err(|_| anyhow!("a writer panicked"))?);
    }
    let elapsed = start.elapsed();
    committer.join().map_err(|_| anyhow!("the committer panicked"))??;
    Ok(Totals { latencies, elapsed })
}

fn write(sender: &SyncSender<Request>, end: Instant) -> Vec<Duration> {
    let mut latencies = Vec::new();
    while Instant::now() < end {
        let (acknowledge, acknowledged) = mpsc::sync_channel(1);
        let start = Instant::now();
        if sender.send((vec![7; ROW_BYTES], acknowledge)).is_err() || acknowledged.recv().is_err() {
            break;
        }
        latencies.push(start.elapsed());
    }
    latencies
}

fn commit(mut engine: Box<dyn Engine>, requests: &Receiver<Request>) -> Result<()> {
    let mut number = 0;
    while let Ok(first) = requests.recv() {
        let group: Vec<Request> = std::iter::once(first).chain(requests.try_iter().take(GROUP - 1)).collect();
        let (values, waiting): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        let rows: Vec<Row> = values
            .into_iter()
            .map(|value| {
                number += 1;
                (number, value)
            })
            .collect();
        engine.append(&rows, true)?;
        waiting.into_iter().for_each(|writer| {
            let _ = writer.send(());
        });
    }
    Ok(())
}
