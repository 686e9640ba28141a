//! The example of the design: a viewer watches 4K, the network drops to 5 Mbit/s and
//! comes back.

use crate::ours;
use crate::simulate::{LADDER, Played, Session, play};
use reel_player::Trace;

const DROP_S: f64 = 120.0;
const RECOVERY_S: f64 = 1_200.0;

fn watch(rates: &[f64]) -> Vec<Played> {
    let session = Session { rates: rates.to_vec(), segments: 400, ..Session::reference() };
    let trace = Trace::new(&[(DROP_S, 25e6), (RECOVERY_S - DROP_S, 5e6), (600.0, 25e6)], 0.02).unwrap();
    play(&session, &trace, &mut ours::Ours::new(&session, true).unwrap())
}

fn between(played: &[Played], from_s: f64, to_s: f64) -> Vec<usize> {
    played.iter().filter(|segment| (from_s..to_s).contains(&segment.finished_s)).map(|segment| segment.rung).collect()
}

/// 720p is rung 3 and 4K rung 5 of both ladders.
fn check(rates: &[f64]) {
    let played = watch(rates);
    assert!(between(&played, 60.0, DROP_S).iter().all(|&rung| rung == 5), "4K before the drop");
    assert!(played.iter().skip(1).all(|segment| segment.stall_s == 0.0), "the buffer never runs dry");
    let rest = between(&played, RECOVERY_S - 600.0, RECOVERY_S);
    assert!(rest.len() > 30 && rest.iter().all(|&rung| rung == 3), "it rests at 720p: {rest:?}");
    let climb = between(&played, RECOVERY_S, f64::INFINITY);
    assert!(climb.windows(2).all(|pair| (pair[0]..=pair[0] + 1).contains(&pair[1])), "rung by rung: {climb:?}");
    assert_eq!(climb.last(), Some(&5), "back at 4K: {climb:?}");
}

#[test]
fn a_drop_to_5_mbps_rests_at_720p_and_climbs_back_to_4k() {
    check(&LADDER);
}

#[test]
fn the_document_s_ladder_with_1080p_at_8_mbps_does_the_same() {
    check(&[0.235e6, 0.56e6, 1.05e6, 2.8e6, 8e6, 15e6]);
}
