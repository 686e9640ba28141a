//! The order in which a client should try the edges.

use crate::beat::ORIGIN;
use ipnet::IpNet;
use reel_api::playback::Pathway;
use reel_api::steering::{Heartbeat, Tier};
use sha2::{Digest, Sha256};
use std::cmp::Reverse;
use std::net::IpAddr;

/// From this load on an edge comes after all that are below it.
const OVERLOADED: f32 = 0.95;
/// What a miss costs beside load: the way to the parent.
const MISS_WEIGHT: f32 = 0.5;
/// A manifest names so many edges; those behind them would hardly be tried.
const MAX_EDGES: usize = 6;
/// How much better another edge must be before a player leaves the one it uses.
const STAY: f32 = 0.15;

/// What an edge is ordered by; smaller is better.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    overloaded: bool,
    tier: Tier,
    /// The narrowest network that holds the client is the nearest.
    nearness: Reverse<u8>,
    /// Cost in tenths, so that players do not move for what is noise.
    cost: u8,
    /// Spreads clients over edges that are equally good, and keeps each at its own.
    share: u64,
}

/// The edges that serve a client, best first, and the origin at the end, where there is
/// always something to play from. An origin without a URL is the platform itself. `cost` is
/// what an edge costs beside its load, for how well it served of late.
pub(crate) fn pathways(
    edges: &[Heartbeat],
    client: Option<IpAddr>,
    current: Option<&str>,
    origin: String,
    cost: impl Fn(&str) -> f32,
) -> Vec<Pathway> {
    let client = client.map(|address| address.to_canonical());
    let mut placed: Vec<_> =
        edges.iter().filter_map(|edge| Some((place(edge, client, current, cost(&edge.id))?, edge))).collect();
    placed.sort_by(|a, b| a.0.cmp(&b.0));
    let edges =
        placed.into_iter().take(MAX_EDGES).map(|(_, edge)| Pathway { id: edge.id.clone(), base_url: edge.url.clone() });
    edges.chain([Pathway { id: ORIGIN.into(), base_url: origin }]).collect()
}

/// None when the edge does not serve the client.
fn place(edge: &Heartbeat, client: Option<IpAddr>, current: Option<&str>, cost: f32) -> Option<Place> {
    let nearness = Reverse(nearness(&edge.serves, client)?);
    let used = if current == Some(&edge.id) { STAY } else { 0.0 };
    let cost = cost + edge.load + MISS_WEIGHT * (1.0 - edge.hit_rate) - used;
    let cost = (cost.max(0.0) * 10.0).round() as u8;
    Some(Place { overloaded: edge.load >= OVERLOADED, tier: edge.tier, nearness, cost, share: share(&edge.id, client) })
}

/// The length of the longest prefix that holds the client; 0 for an edge that serves all.
fn nearness(serves: &[String], client: Option<IpAddr>) -> Option<u8> {
    if serves.is_empty() {
        return Some(0);
    }
    let client = client?;
    let networks = serves.iter().filter_map(|network| network.parse::<IpNet>().ok());
    networks.filter(|network| network.contains(&client)).map(|network| network.prefix_len()).max()
}

/// Rendezvous hashing: each client has its own order of the edges.
fn share(id: &str, client: Option<IpAddr>) -> u64 {
    let client = client.map(|address| address.to_string()).unwrap_or_default();
    let digest: [u8; 32] = Sha256::digest(format!("{client} {id}")).into();
    u64::from_be_bytes(std::array::from_fn(|i| digest[i]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::beat::tests::{NOW, beat};
    use crate::quality;

    const CLIENT: &str = "192.0.2.7";

    fn isp(id: &str, network: &str) -> Heartbeat {
        Heartbeat { serves: vec![network.into()], ..beat(id) }
    }

    fn ixp(id: &str) -> Heartbeat {
        Heartbeat { tier: Tier::Ixp, ..beat(id) }
    }

    fn order(edges: &[Heartbeat], client: &str, current: Option<&str>) -> Vec<String> {
        let pathways = pathways(edges, client.parse().ok(), current, String::new(), |_| 0.0);
        pathways.into_iter().map(|pathway| pathway.id).collect()
    }

    #[test]
    fn the_best_edge_comes_first_and_the_origin_last() {
        let loaded = |load, edge| Heartbeat { load, ..edge };
        let hitting = |hit_rate, edge| Heartbeat { hit_rate, ..edge };
        let near = || isp("near", "192.0.2.0/24");
        let cases: [(&str, Vec<Heartbeat>, &str, &[&str]); 11] = [
            ("no edge", vec![], CLIENT, &["origin"]),
            ("the viewer's network before the exchange", vec![ixp("x"), near()], CLIENT, &["near", "x", "origin"]),
            (
                "an edge of another network not at all",
                vec![ixp("x"), isp("far", "198.51.100.0/24")],
                CLIENT,
                &["x", "origin"],
            ),
            (
                "a narrower network first",
                vec![isp("wide", "192.0.0.0/16"), near()],
                CLIENT,
                &["near", "wide", "origin"],
            ),
            (
                "a named network before one that serves all",
                vec![beat("all"), near()],
                CLIENT,
                &["near", "all", "origin"],
            ),
            (
                "less load first",
                vec![loaded(0.8, isp("busy", "192.0.2.0/24")), near()],
                CLIENT,
                &["near", "busy", "origin"],
            ),
            (
                "more hits first",
                vec![hitting(0.1, isp("cold", "192.0.2.0/24")), near()],
                CLIENT,
                &["near", "cold", "origin"],
            ),
            (
                "an overloaded one after all others",
                vec![loaded(0.96, near()), ixp("x")],
                CLIENT,
                &["x", "near", "origin"],
            ),
            ("IPv6", vec![ixp("x"), isp("six", "2001:db8::/32")], "2001:db8::1", &["six", "x", "origin"]),
            ("IPv4 in IPv6", vec![ixp("x"), near()], "::ffff:192.0.2.7", &["near", "x", "origin"]),
            ("no address", vec![ixp("x"), near()], "?", &["x", "origin"]),
        ];
        for (what, edges, client, expected) in cases {
            assert_eq!(order(&edges, client, None), expected, "{what}");
        }
    }

    #[test]
    fn a_player_stays_until_another_edge_is_clearly_better() {
        let (a, b) = (isp("a", "192.0.2.0/24"), isp("b", "192.0.2.0/24"));
        let busier = |edge: &Heartbeat, load| Heartbeat { load, ..edge.clone() };
        assert_eq!(order(&[busier(&a, 0.2), b.clone()], CLIENT, Some("a"))[0], "a");
        assert_eq!(order(&[busier(&a, 0.2), b.clone()], CLIENT, None)[0], "b");
        assert_eq!(order(&[busier(&a, 0.5), b], CLIENT, Some("a"))[0], "b");
    }

    #[test]
    fn an_edge_that_stalled_of_late_comes_after_its_equals_and_comes_back() {
        let edges = ["a", "b"].map(|id| isp(id, "192.0.2.0/24"));
        let quality = quality::tests::told(&quality::tests::stalls("a"));
        let first = |client: u8, later: u64| {
            let client = format!("192.0.2.{client}").parse().ok();
            let cost = |edge: &str| quality.cost(edge, NOW + later);
            pathways(&edges, client, None, String::new(), cost)[0].id.clone()
        };
        let of_a = |later| (0..=255).filter(|client| first(*client, later) == "a").count();
        assert_eq!(of_a(0), 0);
        assert!((90..=166).contains(&of_a(900_000)), "{}", of_a(900_000));
    }

    #[test]
    fn a_stalling_edge_still_comes_before_one_that_is_overloaded_or_farther() {
        let (bad, far) = (isp("a", "192.0.2.0/24"), ixp("x"));
        let first = pathways(&[bad, far], CLIENT.parse().ok(), None, String::new(), |_| 0.3)[0].id.clone();
        assert_eq!(first, "a");
    }

    #[test]
    fn equal_edges_share_the_clients_and_each_client_keeps_its_own() {
        let edges: Vec<_> = ["a", "b", "c", "d"].map(|id| isp(id, "10.0.0.0/8")).into();
        let first = |n: u8| order(&edges, &format!("10.0.0.{n}"), None)[0].clone();
        for id in ["a", "b", "c", "d"] {
            let clients = (0..=255).filter(|n| first(*n) == id).count();
            assert!((40..=90).contains(&clients), "{id} has {clients} of 256");
        }
        let without_d = |n: u8| order(&edges[..3], &format!("10.0.0.{n}"), None)[0].clone();
        assert!((0..=255).filter(|n| first(*n) != "d").all(|n| first(n) == without_d(n)));
    }

    #[test]
    fn the_origin_may_stand_elsewhere() {
        let pathways = pathways(&[], None, None, "https://origin.example".into(), |_| 0.0);
        assert_eq!(pathways[0].base_url, "https://origin.example");
    }
}
