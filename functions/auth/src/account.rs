//! An account, as it is stored.

use crate::email::Email;
use reel_api::{AccountId, Millis, Role};
use serde::{Deserialize, Serialize};

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) email: Email,
    /// The Argon2id hash, as a PHC string; without one nobody can sign in with a password.
    pub(crate) password: Option<String>,
    pub(crate) role: Role,
    pub(crate) created_at: Millis,
}
