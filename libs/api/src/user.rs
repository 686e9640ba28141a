//! `user`: the profiles of an account.

use crate::{CallError, Client, ProfileId, Transport};
use serde::{Deserialize, Serialize};

/// The most profiles of an account.
pub const MAX_PROFILES: usize = 5;

/// One viewer of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Profile {
    /// Its id.
    pub id: ProfileId,
    /// What it is called, 1 to 40 characters.
    pub name: String,
    /// Which of the page's pictures stands for it.
    pub avatar: u8,
    /// Shows only what suits children.
    pub kids: bool,
    /// Grows with each change; send it back with one.
    pub version: u64,
}

/// `POST /v1/profiles`, and `PUT /v1/profiles/{id}` with the version that was read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfileChange {
    /// What it is called.
    pub name: String,
    /// Which picture stands for it.
    #[serde(default)]
    pub avatar: u8,
    /// Shows only what suits children.
    #[serde(default)]
    pub kids: bool,
    /// The version that this changes; needed with `PUT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

/// `GET /v1/profiles`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Profiles {
    /// All of the account's, oldest first.
    pub profiles: Vec<Profile>,
}

/// Asked by `auth` alone: makes an account's first profile; the same call again
/// answers the same profile. `POST /_reel/accounts/{account}`, answered with a [`Profile`].
pub const FIRST_PROFILE_PATH: &str = "/_reel/accounts/";

impl<T: Transport> Client<T> {
    /// The account's profiles.
    pub async fn profiles(&self) -> Result<Profiles, CallError> {
        self.get("/v1/profiles").await
    }
}
