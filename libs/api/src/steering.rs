//! `steering`: which edge a player should use.

use crate::playback::Pathway;
use serde::{Deserialize, Serialize};

/// How near an edge is to viewers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// In the viewer's network.
    Isp,
    /// At an exchange; the parent of ISP edges.
    Ixp,
}

/// `PUT /v1/edges/{id}`: what an edge tells of itself every two seconds; after three
/// missed ones it is taken for gone. Signed: `authorization: Edge SIGNATURE`, where
/// SIGNATURE is base64url of HMAC-SHA256 over the body with the edges' key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Heartbeat {
    /// Names the edge: a-z, 0-9 and -.
    pub id: String,
    /// Where it stands.
    pub tier: Tier,
    /// Its base URL for viewers, without a path: `http://localhost:8081`.
    pub url: String,
    /// When it was sent, in Unix milliseconds; one older than 30 s is refused.
    pub at: crate::Millis,
    /// The networks it serves, as CIDR (RFC 4632); empty for all.
    #[serde(default)]
    pub serves: Vec<String>,
    /// How busy it is, 0 to 1.
    pub load: f32,
    /// How many of the last requests its cache answered, 0 to 1.
    pub hit_rate: f32,
}

/// How often an edge tells of itself, in milliseconds.
pub const HEARTBEAT_INTERVAL_MS: u64 = 2_000;

/// `POST /_reel/rank`, asked by `playback`: the edges for a client, best first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RankRequest {
    /// The client's IP address.
    pub client: String,
}

/// The path of [`RankRequest`].
pub const RANK_PATH: &str = "/_reel/rank";

/// The answer: pathways whose `base_url` is the edge's URL without a token. The last is
/// `origin`; its `base_url` is empty when that is the platform itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranking {
    /// The edges, best first.
    pub pathways: Vec<Pathway>,
}

/// `GET /steering/{token}`: a content steering manifest (HLS, RFC 8216bis section 7.2;
/// ETSI TS 103 998 for DASH).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "UPPERCASE")]
pub struct SteeringManifest {
    /// 1.
    pub version: u32,
    /// After how many seconds to ask again.
    pub ttl: u32,
    /// Where to ask, absolute.
    #[serde(rename = "RELOAD-URI", skip_serializing_if = "Option::is_none")]
    pub reload_uri: Option<String>,
    /// Pathway ids, best first.
    #[serde(rename = "PATHWAY-PRIORITY")]
    pub pathway_priority: Vec<String>,
}
