//! An account, as it is stored.

use crate::email::Email;
use reel_api::{AccountId, Millis, Role};
use serde::{Deserialize, Serialize};

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) email: Email,
    /// Whether the address was confirmed by the mail that went there.
    #[serde(default)]
    pub(crate) verified: bool,
    /// The Argon2id hash, as a PHC string; without one nobody can sign in with a password.
    pub(crate) password: Option<String>,
    pub(crate) role: Role,
    /// The language of what is sent to it, a BCP 47 tag.
    #[serde(default = "english")]
    pub(crate) language: String,
    pub(crate) created_at: Millis,
}

fn english() -> String {
    "en".into()
}
