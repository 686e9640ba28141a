//! What could have been done by one who knew the network: a beam search over the whole
//! playback.

use crate::simulate::{STALL_COST, Session};
use reel_player::Trace;

/// How many ways are kept for each rung and each second of buffer.
const BEAM: usize = 2;

/// A way of having played so far.
#[derive(Clone, Copy)]
struct Way {
    now_s: f64,
    buffer_s: f64,
    rung: usize,
    gain: f64,
}

/// About the best QoE that a playback over this trace can have.
pub(crate) fn best_qoe(session: &Session, trace: &Trace) -> f64 {
    let begin = |rung| Way {
        now_s: trace.finish(0.0, session.bits(rung)),
        buffer_s: session.segment_s,
        rung,
        gain: session.worth(rung),
    };
    let mut ways: Vec<Way> = (0..session.rates.len()).map(begin).collect();
    for _ in 1..session.segments {
        let next = ways.iter().flat_map(|way| (0..session.rates.len()).map(|rung| step(session, trace, way, rung)));
        ways = thin(session, next.collect());
    }
    ways.iter().map(|way| way.gain).fold(f64::NEG_INFINITY, f64::max) / session.segments as f64
}

fn step(session: &Session, trace: &Trace, way: &Way, rung: usize) -> Way {
    let finished_s = trace.finish(way.now_s, session.bits(rung));
    let seconds = finished_s - way.now_s;
    let buffer_s = (way.buffer_s - seconds).max(0.0) + session.segment_s;
    let change = (session.worth(rung) - session.worth(way.rung)).abs();
    let stall = (seconds - way.buffer_s).max(0.0);
    Way {
        now_s: finished_s + (buffer_s - session.max_buffer_s).max(0.0),
        buffer_s: buffer_s.min(session.max_buffer_s),
        rung,
        gain: way.gain + session.worth(rung) - change - STALL_COST * stall,
    }
}

fn thin(session: &Session, mut ways: Vec<Way>) -> Vec<Way> {
    ways.sort_by(|one, other| other.gain.total_cmp(&one.gain));
    let mut kept = vec![0; session.rates.len() * (session.max_buffer_s as usize + 1)];
    ways.retain(|way| {
        let cell = &mut kept[way.rung + session.rates.len() * way.buffer_s as usize];
        *cell += 1;
        *cell <= BEAM
    });
    ways
}
