//! One playback over one trace.

use reel_player::Trace;
use serde::Serialize;

/// What is played, and from what.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// Bits per second, ascending.
    pub(crate) rates: Vec<f64>,
    /// Seconds of a segment.
    pub(crate) segment_s: f64,
    /// Segments to play.
    pub(crate) segments: usize,
    /// No download starts above this many buffered seconds.
    pub(crate) max_buffer_s: f64,
}

/// The reference ladder in bits per second.
pub(crate) const LADDER: [f64; 6] = [0.235e6, 0.56e6, 1.05e6, 2.8e6, 5.8e6, 15.6e6];
/// What a second of stalling costs: the worth of the whole reference ladder.
pub(crate) const STALL_COST: f64 = 4.195;
/// How often a download under way is looked at (s).
const LOOK_S: f64 = 0.25;

impl Session {
    /// 150 segments of 4 s over the reference ladder, with 60 s of buffer.
    pub(crate) fn reference() -> Self {
        Self { rates: LADDER.to_vec(), segment_s: 4.0, segments: 150, max_buffer_s: 60.0 }
    }

    pub(crate) fn bits(&self, rung: usize) -> f64 {
        self.rates[rung] * self.segment_s
    }

    /// What a rung is worth.
    pub(crate) fn worth(&self, rung: usize) -> f64 {
        (self.rates[rung] / self.rates[0]).ln()
    }
}

/// A finished download as a chooser gets to know it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fetched {
    pub(crate) bits: f64,
    pub(crate) started_s: f64,
    pub(crate) first_byte_s: f64,
    pub(crate) finished_s: f64,
}

/// A download under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UnderWay {
    pub(crate) rung: usize,
    pub(crate) received_bits: f64,
    pub(crate) total_bits: f64,
    pub(crate) elapsed_s: f64,
    pub(crate) buffer_s: f64,
}

/// An algorithm under test.
pub(crate) trait Chooser {
    /// The rung of the next segment.
    fn choose(&mut self, buffer_s: f64, last: Option<usize>) -> usize;
    /// Takes in a download.
    fn observe(&mut self, fetched: &Fetched);
    /// The lower rung to fetch instead of what is under way.
    fn abandon(&self, _: &UnderWay) -> Option<usize> {
        None
    }
}

/// One played segment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Played {
    pub(crate) rung: usize,
    pub(crate) finished_s: f64,
    pub(crate) stall_s: f64,
}

/// Plays a session over a trace.
pub(crate) fn play(session: &Session, trace: &Trace, chooser: &mut dyn Chooser) -> Vec<Played> {
    let (mut now, mut buffer_s, mut played) = (0.0, 0.0, Vec::<Played>::with_capacity(session.segments));
    for segment in 0..session.segments {
        let first = chooser.choose(buffer_s, played.last().map(|segment| segment.rung));
        let (rung, asked_s) = settle(session, trace, chooser, (first, now), (segment > 0).then_some(buffer_s));
        let bits = session.bits(rung);
        let finished_s = trace.finish(asked_s, bits);
        let seconds = finished_s - now;
        let stall_s = if segment == 0 { 0.0 } else { (seconds - buffer_s).max(0.0) };
        buffer_s = (buffer_s - seconds).max(0.0) + session.segment_s;
        played.push(Played { rung, finished_s, stall_s });
        chooser.observe(&Fetched { bits, started_s: asked_s, first_byte_s: asked_s + trace.latency_s(), finished_s });
        now = finished_s + (buffer_s - session.max_buffer_s).max(0.0);
        buffer_s = buffer_s.min(session.max_buffer_s);
    }
    played
}

/// The rung that is fetched to its end, and when it is asked for.
fn settle(
    session: &Session,
    trace: &Trace,
    chooser: &dyn Chooser,
    (mut rung, start_s): (usize, f64),
    buffer_s: Option<f64>,
) -> (usize, f64) {
    let Some(buffer_s) = buffer_s else { return (rung, start_s) };
    let mut asked_s = start_s;
    while let Some((lower, given_up_s)) = look(session, trace, chooser, rung, asked_s, start_s + buffer_s) {
        (rung, asked_s) = (lower, given_up_s);
    }
    (rung, asked_s)
}

fn look(
    session: &Session,
    trace: &Trace,
    chooser: &dyn Chooser,
    rung: usize,
    asked_s: f64,
    dry_s: f64,
) -> Option<(usize, f64)> {
    let total_bits = session.bits(rung);
    let (begun, end_s) = (trace.bits_by(asked_s + trace.latency_s()), trace.finish(asked_s, total_bits));
    (1..((end_s - asked_s) / LOOK_S) as u32).find_map(|step| {
        let elapsed_s = f64::from(step) * LOOK_S;
        let received_bits = (trace.bits_by(asked_s + elapsed_s) - begun).max(0.0);
        let buffer_s = (dry_s - asked_s - elapsed_s).max(0.0);
        let lower = chooser.abandon(&UnderWay { rung, received_bits, total_bits, elapsed_s, buffer_s })?;
        Some((lower, asked_s + elapsed_s))
    })
}

/// What came of a playback.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Outcome {
    pub(crate) qoe: f64,
    pub(crate) stall_percent: f64,
    pub(crate) mean_mbps: f64,
    pub(crate) switches: f64,
    pub(crate) startup_s: f64,
}

/// Sums a playback up: QoE is the mean of worth − 4.195 × stall − change over segments.
pub(crate) fn outcome(session: &Session, played: &[Played]) -> Outcome {
    let count = played.len() as f64;
    let stall: f64 = played.iter().map(|segment| segment.stall_s).sum();
    let quality: f64 = played.iter().map(|segment| session.worth(segment.rung)).sum();
    let change: f64 =
        played.windows(2).map(|pair| (session.worth(pair[0].rung) - session.worth(pair[1].rung)).abs()).sum();
    Outcome {
        qoe: (quality - change - STALL_COST * stall) / count,
        stall_percent: 100.0 * stall / (count * session.segment_s + stall),
        mean_mbps: played.iter().map(|segment| session.rates[segment.rung]).sum::<f64>() / count / 1e6,
        switches: played.windows(2).filter(|pair| pair[0].rung != pair[1].rung).count() as f64,
        startup_s: played.first().map_or(0.0, |segment| segment.finished_s),
    }
}

/// The mean of outcomes.
pub(crate) fn mean(outcomes: &[Outcome]) -> Outcome {
    let over = |field: fn(&Outcome) -> f64| outcomes.iter().map(field).sum::<f64>() / outcomes.len().max(1) as f64;
    Outcome {
        qoe: over(|o| o.qoe),
        stall_percent: over(|o| o.stall_percent),
        mean_mbps: over(|o| o.mean_mbps),
        switches: over(|o| o.switches),
        startup_s: over(|o| o.startup_s),
    }
}
