//! Events as the log holds them.

use crate::Event;
use reel_api::{AccountId, Millis, ProfileId};
use serde::{Deserialize, Serialize};

/// An event with who sent it, as a record of the stream of its kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// The account, from its token.
    pub account: AccountId,
    /// The profile, from its token.
    pub profile: ProfileId,
    /// When it arrived.
    pub received_at: Millis,
    /// The event.
    #[serde(flatten)]
    pub event: Event,
}

impl Recorded {
    /// The event that a record of the log holds.
    ///
    /// # Errors
    /// Why it is none.
    pub fn read(data: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(data).map_err(|e| format!("the record is not an event: {e}"))
    }

    /// The record's key: events of one profile keep their order.
    pub fn key(&self) -> String {
        key(self.account, self.profile)
    }
}

/// What names a viewer: `ACCOUNT#PROFILE`.
pub fn key(account: AccountId, profile: ProfileId) -> String {
    format!("{account}#{profile}")
}
