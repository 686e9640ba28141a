//! How well each edge served of late, as players tell: kept in a cache, for it is soon old.

use reel_api::internal::{Batch, Receipt};
use reel_api::{Millis, Problem};
use reel_events::{Kind, Recorded};
use reel_sdk::cache::Cache;
use reel_sdk::{Response, clock};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const QUALITY: Cache = Cache("edge-quality");
const RECORD: &str = "record";
/// After so long what was told counts half, in milliseconds.
const HALF_LIFE_MS: f64 = 120_000.0;
/// What is older counts for nothing, in milliseconds.
const FORGOTTEN_MS: u64 = 20 * 60 * 1_000;
/// A longer stall counts as this one, in milliseconds: one player alone condemns no edge.
const MAX_STALL_MS: u64 = 3_000;
/// An edge is taken for good as if so much had been watched from it without a stall, in milliseconds.
const TRUST_MS: f64 = 300_000.0;
/// What a share of the time spent waiting costs beside load: a hundredth costs a tenth.
const WEIGHT: f64 = 10.0;
/// The most that it costs.
const MAX_COST: f64 = 0.3;

/// What was told of an edge, each moment weighed by its age at `at`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Told {
    stalled_ms: f64,
    watched_ms: f64,
    at: Millis,
}

impl Told {
    /// The same, as it counts at a time.
    fn at(self, now: Millis) -> Self {
        let weight = weight(now.saturating_sub(self.at));
        Self { stalled_ms: self.stalled_ms * weight, watched_ms: self.watched_ms * weight, at: now }
    }

    fn cost(self, now: Millis) -> f64 {
        let Self { stalled_ms, watched_ms, .. } = self.at(now);
        (WEIGHT * stalled_ms / (stalled_ms + watched_ms + TRUST_MS)).min(MAX_COST)
    }
}

fn weight(age_ms: u64) -> f64 {
    0.5_f64.powf(age_ms as f64 / HALF_LIFE_MS)
}

/// What was told of all edges.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Quality(BTreeMap<String, Told>);

impl Quality {
    /// What choosing an edge costs beside its load, 0 to 0.3.
    pub(crate) fn cost(&self, edge: &str, now: Millis) -> f32 {
        self.0.get(edge).map_or(0.0, |told| told.cost(now)) as f32
    }

    /// Takes in what an event tells of one of these edges, if it tells anything.
    fn hear(&mut self, event: &Recorded, edges: &BTreeSet<String>, now: Millis) {
        let age = now.saturating_sub(event.event.at);
        let (edge, stalled_ms, watched_ms) = match &event.event.kind {
            Kind::BufferEvent(stall) => (&stall.pathway, stall.stalled_ms.min(MAX_STALL_MS), 0),
            Kind::ViewSegment(view) => (&view.pathway, 0, view.duration_ms / 8),
            _ => return,
        };
        let Some(edge) = edge.as_ref().filter(|edge| age < FORGOTTEN_MS && edges.contains(*edge)) else { return };
        let told = self.0.entry(edge.clone()).or_default();
        *told = told.at(now);
        told.stalled_ms += stalled_ms as f64 * weight(age);
        told.watched_ms += watched_ms as f64 * weight(age);
    }
}

/// Takes in a batch of what players tell. What comes twice counts twice, for a while.
pub(crate) async fn consume(batch: &Batch, edges: &BTreeSet<String>) -> Result<Response, Problem> {
    // Without the roster nobody knows which edges there are.
    if edges.is_empty() {
        return Response::json(200, &Receipt::default());
    }
    let now = clock::now_ms();
    let mut quality = recent().await;
    let before = quality.clone();
    quality.0.retain(|edge, told| edges.contains(edge) && now.saturating_sub(told.at) < FORGOTTEN_MS);
    // What is no event has no edge: others put it aside.
    let events = batch.records.iter().filter_map(|record| serde_json::from_slice(&record.data).ok());
    events.for_each(|event: Recorded| quality.hear(&event, edges, now));
    if quality != before {
        QUALITY.set_json(RECORD, &quality, FORGOTTEN_MS).await?;
    }
    Response::json(200, &Receipt::default())
}

/// What was told of late; nothing where the cache fails.
pub(crate) async fn recent() -> Quality {
    QUALITY.get_json(RECORD).await.ok().flatten().unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::beat::tests::NOW;
    use reel_api::{AccountId, EventId, PlayId, ProfileId, TitleId};
    use reel_events::{BufferEvent, Event, ViewSegment};

    fn recorded(at: Millis, kind: Kind) -> Recorded {
        let event = Event { id: EventId::new(at, &[1; 10]), v: 1, at, kind };
        Recorded { account: AccountId::new(1, &[1; 10]), profile: ProfileId::new(1, &[2; 10]), received_at: at, event }
    }

    fn stall(edge: &str, at: Millis, stalled_ms: u64) -> Recorded {
        let (play, title_id) = (PlayId::new(at, &[3; 10]), TitleId::new(1, &[4; 10]));
        let pathway = Some(edge.into());
        recorded(
            at,
            Kind::BufferEvent(BufferEvent { play, title_id, position_ms: 1, stalled_ms, pathway, bitrate: None }),
        )
    }

    fn view(edge: &str, at: Millis, duration_ms: u64) -> Recorded {
        let (play, title_id) = (PlayId::new(at, &[3; 10]), TitleId::new(1, &[4; 10]));
        let (device, pathway) = ("tv".into(), Some(edge.into()));
        let view = ViewSegment { play, title_id, device, eighth: 1, position_ms: 1, duration_ms, pathway };
        recorded(at, Kind::ViewSegment(view))
    }

    /// What these tell at [`NOW`] of the edges `a` and `b`.
    pub(crate) fn told(events: &[Recorded]) -> Quality {
        let mut quality = Quality::default();
        let edges = ["a", "b"].map(str::to_owned).into();
        events.iter().for_each(|event| quality.hear(event, &edges, NOW));
        quality
    }

    /// Ten stalls of a second each on an edge.
    pub(crate) fn stalls(edge: &str) -> Vec<Recorded> {
        (0..10).map(|n| stall(edge, NOW - n * 1_000, 1_000)).collect()
    }

    #[test]
    fn an_edge_that_stalls_costs_more_and_recovers() {
        let quality = told(&stalls("a"));
        let costs: Vec<f32> = [0, 120_000, 600_000].map(|later| quality.cost("a", NOW + later)).into();
        assert!(costs[0] > 0.25 && costs[0] <= 0.3, "{costs:?}");
        assert!(costs[1] < costs[0] * 0.7 && costs[2] < 0.02, "{costs:?}");
        assert_eq!(quality.cost("b", NOW), 0.0);
    }

    #[test]
    fn what_is_watched_without_a_stall_weighs_against_it() {
        let watched = [stalls("a"), vec![view("a", NOW, 8 * 3_600_000)]].concat();
        assert!(told(&watched).cost("a", NOW) < 0.03);
    }

    #[test]
    fn one_player_the_past_and_unknown_edges_condemn_nobody() {
        assert!(told(&[stall("a", NOW, 3_600_000)]).cost("a", NOW) < 0.1);
        assert!(told(&[stall("a", NOW - FORGOTTEN_MS, 9_000)]).0.is_empty());
        assert!(told(&[stall("elsewhere", NOW, 9_000)]).0.is_empty());
    }
}
