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

/// How large pictures are, as plans know it. Each has a key of its own, so that a licence can leave
/// the larger ones out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Definition {
    /// Up to 720 lines.
    Hd,
    /// Up to 1,080 lines.
    FullHd,
    /// More than that.
    UltraHd,
}

impl Definition {
    /// Every definition, the smallest first.
    pub const ALL: [Self; 3] = [Self::Hd, Self::FullHd, Self::UltraHd];

    /// What pictures of so many lines are.
    pub fn of_height(height: u32) -> Self {
        match height {
            0..=720 => Self::Hd,
            721..=1_080 => Self::FullHd,
            _ => Self::UltraHd,
        }
    }
}

/// Which of a title's keys: pictures of each definition and sound have one each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Track {
    /// The key of the video renditions of this definition.
    Video(Definition),
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
