//! What keeps a title from being played.

use crate::cmaf::CmafError;
use reel_api::CallError;

/// Why there is nothing to play, or nothing more.
#[derive(Debug, thiserror::Error)]
pub enum PlayerError {
    /// The base URL is none.
    #[error("{0:?} is not the base URL of a platform: it should look like http://localhost:8080")]
    BaseUrl(String),
    /// The platform answered with a problem, or not at all.
    #[error(transparent)]
    Platform(#[from] CallError),
    /// The platform has no manifest of the kind that is asked for.
    #[error("the platform offers no {0} manifest for this device")]
    NoManifest(&'static str),
    /// A manifest cannot be read.
    #[error("the manifest {url} cannot be read: {why}")]
    Manifest {
        /// Where it came from.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// No edge delivered an object.
    #[error("no edge delivers {path}: {why}")]
    Unreachable {
        /// The object, relative to the edges.
        path: String,
        /// What each edge said.
        why: String,
    },
    /// An object is not what it should be.
    #[error("{path} is damaged: {why}")]
    Damaged {
        /// The object, relative to the edges.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is no such rendition.
    #[error("there is no rendition {0:?}; there are {1}")]
    NoRendition(String, String),
    /// The licence lacks a key.
    #[error("the licence has no key {0}")]
    NoKey(String),
    /// The ladder of the manifest is none.
    #[error("the manifest's bitrates are no ladder: {0}")]
    Ladder(#[from] reel_abr::LadderError),
    /// A trace is none.
    #[error("this is no network trace: {0}")]
    Trace(String),
    /// ffmpeg could not be asked.
    #[error("{0}")]
    Decoder(String),
}

impl PlayerError {
    /// An object that is not what it should be.
    pub(crate) fn damaged(path: &str, error: &CmafError) -> Self {
        Self::Damaged { path: path.to_owned(), why: error.to_string() }
    }
}
