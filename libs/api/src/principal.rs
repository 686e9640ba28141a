//! Who a request comes from, as the `authenticate` filter found out.

use crate::{AccountId, ProfileId, SessionId};
use serde::{Deserialize, Serialize};

/// The header in which `authenticate` hands a [`Principal`] on, as JSON. The gateway
/// strips it, as every `x-reel-` header, from what comes from outside.
pub const PRINCIPAL_HEADER: &str = "x-reel-principal";

/// What an account may do. Each role may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Watches.
    Viewer,
    /// Publishes titles.
    Editor,
    /// Runs the platform.
    Operator,
    /// Owns the platform.
    Owner,
}

/// The authenticated caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// The account.
    pub account: AccountId,
    /// The session that the token belongs to.
    pub session: SessionId,
    /// The profile that is watching, once one is chosen.
    pub profile: Option<ProfileId>,
    /// What the account may do.
    pub role: Role,
    /// Up to which age the profile is shown what is rated, as it was when the token was made; none without a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maturity: Option<u8>,
}

impl Principal {
    /// Admits a caller whose role is at least this one.
    ///
    /// # Errors
    /// A 403 problem that names the role that is needed.
    pub fn require(&self, role: Role) -> Result<(), crate::Problem> {
        if self.role >= role {
            return Ok(());
        }
        Err(crate::Problem::forbidden(
            "role",
            format!("this needs the role {role:?}; the account's is {:?}", self.role).to_lowercase(),
        ))
    }
}
