//! The measuring: all Lambdas in turns, so that what else the machine does meets them alike.

use crate::process::Process;
use crate::subject::Subject;
use anyhow::Result;
use std::time::Duration;

/// How often the Lambdas take turns at being called.
const TURNS: u32 = 20;
/// How often each is called before that counts.
const BEFORE: u32 = 100;

/// What one Lambda took.
pub(crate) struct Measured<'a> {
    pub(crate) subject: &'a Subject,
    /// From a process's start to its first answer.
    pub(crate) cold: Vec<Duration>,
    /// From the handing over of an event to its answer, once it is warm.
    pub(crate) warm: Vec<Duration>,
    /// The same to the moment when the next event is asked for, which is what Lambda bills.
    pub(crate) billed: Vec<Duration>,
    /// The most memory of a process that has answered once, in bytes.
    pub(crate) peak: u64,
}

/// Measures each: so many fresh processes, and so many calls of one that is warm.
pub(crate) async fn all(subjects: &[Subject], runs: u32, calls: u32) -> Result<Vec<Measured<'_>>> {
    let mut measured: Vec<_> = subjects.iter().map(Measured::new).collect();
    // The first turn does not count: it reads the files from the disk.
    for turn in 0..=runs {
        for one in &mut measured {
            one.start(turn > 0).await?;
        }
    }
    warm(&mut measured, calls).await?;
    Ok(measured)
}

async fn warm(measured: &mut [Measured<'_>], calls: u32) -> Result<()> {
    let mut processes = Vec::new();
    for one in measured.iter() {
        let mut process = Process::start(one.subject).await?;
        process.first().await?;
        process.asks().await?;
        for _ in 0..BEFORE {
            process.call().await?;
        }
        processes.push(process);
    }
    for turn in 0..TURNS {
        // All turns together make so many calls, whatever their number.
        let calls = calls / TURNS + u32::from(turn < calls % TURNS);
        for (one, process) in measured.iter_mut().zip(&mut processes) {
            for _ in 0..calls {
                let (answered, asked) = process.call().await?;
                one.warm.push(answered);
                one.billed.push(asked);
            }
        }
    }
    for process in processes {
        process.end().await?;
    }
    Ok(())
}

impl<'a> Measured<'a> {
    fn new(subject: &'a Subject) -> Self {
        Self { subject, cold: vec![], warm: vec![], billed: vec![], peak: 0 }
    }

    async fn start(&mut self, counts: bool) -> Result<()> {
        let mut process = Process::start(self.subject).await?;
        let took = process.first().await?;
        if counts {
            self.cold.push(took);
            self.peak = self.peak.max(process.peak()?);
        }
        process.end().await
    }
}

/// A percentile in milliseconds.
pub(crate) fn at(percent: usize, durations: &[Duration]) -> f64 {
    let mut sorted = durations.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() * percent / 100).map_or(0.0, |duration| duration.as_secs_f64() * 1e3)
}
