//! `license`: content keys for entitled players, as W3C Clear Key (EME, section 9.1).

use crate::{RevisionId, TitleId};
use serde::{Deserialize, Serialize};

/// `POST /v1/license/{token}`: what a Clear Key player sends. `{token}` is the playback
/// token of the title; it stands in the path so that players need no header.
///
/// `GET /v1/license/{token}?kid=HEX`, with 32 digits, answers the 16 bytes of one key: what
/// HLS players without EME ask for (RFC 8216, section 4.3.2.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LicenseRequest {
    /// The key ids, base64url without padding.
    pub kids: Vec<String>,
    /// `temporary`.
    #[serde(rename = "type", default = "temporary")]
    pub kind: String,
}

fn temporary() -> String {
    "temporary".into()
}

/// The answer: a JSON Web Key Set (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct License {
    /// The keys.
    pub keys: Vec<ContentKey>,
    /// `temporary`.
    #[serde(rename = "type", default = "temporary")]
    pub kind: String,
}

/// A content key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContentKey {
    /// `oct`.
    pub kty: String,
    /// The key id, base64url without padding.
    pub kid: String,
    /// The key, base64url without padding.
    pub k: String,
}

/// Which of a title's keys: pictures and sound have one each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Track {
    /// The key of every video rendition.
    Video,
    /// The key of every audio rendition.
    Audio,
}

/// `POST /_reel/key`, asked by `protect` alone, answered with a [`TrackKey`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRequest {
    /// The title.
    pub title_id: TitleId,
    /// The encoding.
    pub revision: RevisionId,
    /// Pictures or sound.
    pub track: Track,
}

/// The path of [`KeyRequest`].
pub const KEY_PATH: &str = "/_reel/key";

/// A key to encrypt with; never journalled, never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackKey {
    /// The key id, 32 hexadecimal digits.
    pub kid: String,
    /// The key, 32 hexadecimal digits.
    pub key: String,
}
