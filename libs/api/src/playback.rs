//! `playback`: what a device needs to play a title.

use crate::{CallError, Client, PlayId, TitleId, Transport};
use serde::{Deserialize, Serialize};

/// `GET /playback?contentId=ID_OR_SLUG&device=PROFILE&player=PLAYER`, with a bearer token. The URLs
/// are good until `expires_at` and need no further credentials; those of the platform
/// are relative to its base URL. A player that gives itself a name has one place among those that the plan
/// allows at once, however often it asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Playback {
    /// The title.
    pub title_id: TitleId,
    /// What it is called.
    pub name: String,
    /// How long it runs.
    pub duration_ms: u64,
    /// The device profile that the manifests are made for.
    pub device: String,
    /// The DASH manifest, when the device plays DASH.
    pub dash_url: Option<String>,
    /// The HLS multivariant playlist, when the device plays HLS.
    pub hls_url: Option<String>,
    /// Where to `POST` Clear Key licence requests; none when the title is clear.
    pub license_url: Option<String>,
    /// The content steering manifest (DASH-IF CTS 00XX, HLS content steering).
    pub steering_url: String,
    /// The edges, best first, as the manifests name them.
    pub pathways: Vec<Pathway>,
    /// Where this profile stopped; 0 for the beginning.
    pub resume_ms: u64,
    /// When the URLs expire, RFC 3339.
    pub expires_at: String,
    /// Holds the play's place among those that the plan allows at once; none where any number is allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Lease>,
}

/// A play's place among those that the plan allows at once. `PUT /v1/plays/{play}` renews it; once it has run out,
/// the place may be somebody else's. `DELETE /v1/plays/{play}` gives it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lease {
    /// The play.
    pub play: PlayId,
    /// After how long to renew it, in milliseconds; it runs out after three times as long.
    pub renew_ms: u64,
}

/// `GET /v1/plays`: what is playing on the account's devices, where there is a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plays {
    /// The plays, oldest first.
    pub plays: Vec<Playing>,
}

/// Something that is playing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Playing {
    /// The play.
    pub play: PlayId,
    /// What the title is called.
    pub title: String,
    /// The device profile that it plays on.
    pub device: String,
    /// When it began, RFC 3339.
    pub since: String,
}

/// A way to the segments: one edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Pathway {
    /// The id in the manifests: a-z, 0-9 and -.
    pub id: String,
    /// Its base URL, with the token, ending in `/`.
    pub base_url: String,
}

/// The DASH manifest of a token: `GET /play/{token}/{title}/{revision}/{device}/manifest.mpd`.
/// The HLS ones: `…/main.m3u8` and `…/{rendition}.m3u8`.
pub fn manifest_path(token: &str, prefix: &str, device: &str, file: &str) -> String {
    format!("play/{token}/{prefix}/{device}/{file}")
}

impl<T: Transport> Client<T> {
    /// What this device needs to play a title.
    pub async fn playback(&self, content_id: &str, device: &str) -> Result<Playback, CallError> {
        self.get(&format!("/playback?contentId={content_id}&device={device}")).await
    }
}
