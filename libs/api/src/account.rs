//! All about a person: to take along, and to delete.
//!
//! `auth` leads. Each function that keeps something of an account answers
//! `GET /_reel/accounts/{account}/export` with its part, and `DELETE /_reel/accounts/{account}` once nothing of
//! it is left there; both as often as they are asked.

use crate::passkey::Assertion;
use crate::{AccountId, CallError, Client, Transport};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Where a function answers for an account.
pub const ACCOUNTS_PATH: &str = "/_reel/accounts/";

/// `GET /v1/account/export`: all that is kept about a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountExport {
    /// When it was gathered, RFC 3339.
    pub exported_at: String,
    /// What each function keeps, by its name.
    pub parts: BTreeMap<String, Value>,
}

/// `DELETE /v1/account`, with the password or a passkey: 204 once nothing is left. A 503 says that a function
/// could not delete its part yet: send it again.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Deletion {
    /// The account's password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// An answer to a challenge of `POST /v1/auth/passkeys/challenge`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<Assertion>,
}

impl<T: Transport> Client<T> {
    /// What the function keeps of an account.
    pub async fn export_account(&self, account: AccountId) -> Result<Value, CallError> {
        self.get(&format!("{ACCOUNTS_PATH}{account}/export")).await
    }

    /// Deletes what the function keeps of an account.
    pub async fn forget_account(&self, account: AccountId) -> Result<(), CallError> {
        self.delete(&format!("{ACCOUNTS_PATH}{account}")).await
    }
}
