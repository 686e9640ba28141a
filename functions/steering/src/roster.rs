//! The edges that are alive, kept in a cache: what is lost, the next heartbeat brings back.

use reel_api::steering::{HEARTBEAT_INTERVAL_MS, Heartbeat};
use reel_api::{Millis, Problem};
use reel_sdk::cache::{Cache, Error};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const EDGES: Cache = Cache("edges");
const ROSTER: &str = "roster";
/// An edge that missed three heartbeats is taken for gone.
const ALIVE_MS: u64 = 3 * HEARTBEAT_INTERVAL_MS;
/// How long the roster names an edge that is silent.
const KNOWN_MS: u64 = 60_000;

/// When each edge was last written down. Two edges that write at once may lose one of
/// them; it is missing then, and its next heartbeat writes it again.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Roster(BTreeMap<String, Millis>);

impl Roster {
    /// The roster to write when this edge must be written down again; none when it stands
    /// there well enough.
    fn refreshed(mut self, id: &str, now: Millis) -> Option<Self> {
        if self.0.get(id).is_some_and(|at| now.saturating_sub(*at) < KNOWN_MS / 2) {
            return None;
        }
        self.0.retain(|_, at| now.saturating_sub(*at) < KNOWN_MS);
        self.0.insert(id.into(), now);
        Some(self)
    }
}

/// Keeps a heartbeat until three more are due.
pub(crate) async fn keep(beat: &Heartbeat, now: Millis) -> Result<(), Problem> {
    EDGES.set_json(&key(&beat.id), beat, ALIVE_MS).await?;
    let roster: Roster = EDGES.get_json(ROSTER).await?.unwrap_or_default();
    if let Some(roster) = roster.refreshed(&beat.id, now) {
        EDGES.set_json(ROSTER, &roster, KNOWN_MS).await?;
    }
    Ok(())
}

/// The edges that are alive; none when the cache fails, for players can do with the origin.
pub(crate) async fn edges() -> Vec<Heartbeat> {
    read().await.unwrap_or_else(|error| {
        eprintln!("the edges cannot be read, so that all play from the origin: {error:?}");
        Vec::new()
    })
}

async fn read() -> Result<Vec<Heartbeat>, Error> {
    let roster: Roster = EDGES.get_json(ROSTER).await?.unwrap_or_default();
    let mut edges = Vec::with_capacity(roster.0.len());
    for id in roster.0.keys() {
        edges.extend(EDGES.get_json::<Heartbeat>(&key(id)).await?);
    }
    Ok(edges)
}

fn key(id: &str) -> String {
    format!("edge/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_is_written_down_now_and_then_and_forgotten_when_silent() {
        let roster = Roster::default().refreshed("a", 1_000).unwrap();
        assert_eq!(roster.clone().refreshed("a", 1_000 + KNOWN_MS / 2 - 1), None);
        let both = roster.refreshed("b", 20_000).unwrap();
        assert_eq!(both.0.keys().collect::<Vec<_>>(), ["a", "b"]);
        let later = both.refreshed("b", 1_000 + KNOWN_MS).unwrap();
        assert_eq!(later.0.keys().collect::<Vec<_>>(), ["b"]);
    }
}
