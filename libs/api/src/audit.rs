//! `audit-log`: what editors, operators and owners did, in a chain that shows when it was changed.

use crate::{AccountId, CallError, Client, Millis, Role, Transport};
use serde::{Deserialize, Serialize};

/// Asked by the filter `audit` alone: `POST` with an [`Act`], answered with the [`Entry`]'s place.
pub const ACTS_PATH: &str = "/_reel/acts";

/// What is to be noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Act {
    /// Somebody is about to do something: noted before it is done.
    Begun {
        /// Who.
        account: AccountId,
        /// As what.
        role: Role,
        /// `POST`, `PUT`, `DELETE`, …
        method: String,
        /// To what.
        path: String,
        /// The trace of the request (W3C Trace Context), 32 hexadecimal digits.
        trace: String,
    },
    /// What came of it.
    Ended {
        /// The place of the entry that says what was begun.
        begun: u64,
        /// The status it was answered with.
        status: u16,
    },
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// 1 for the first.
    pub number: u64,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Entry {
    /// 1 for the first; none is left out.
    pub number: u64,
    /// When, in Unix milliseconds.
    pub at_ms: Millis,
    /// What.
    pub act: Act,
    /// The hash of the entry before; of the first, 64 zeros.
    pub before: String,
    /// The SHA-256, in hexadecimal, of `before` and of this entry's number, time and act as JSON.
    pub hash: String,
}

/// `GET /v1/audit?before=`, for operators: entries, latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditLog {
    /// Some entries.
    pub entries: Vec<Entry>,
    /// For the next page: entries before this one; none at the end.
    pub cursor: Option<u64>,
}

/// `GET /v1/audit/verification?after=&head=`, for operators: whether the chain holds after an entry, from its hash
/// on; from its beginning without them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verification {
    /// How many entries hold, from the first of all on.
    pub entries: u64,
    /// The hash of the last of them. Who keeps it elsewhere can tell whether the end of the log was replaced.
    pub head: String,
    /// The first thing that does not hold, in words.
    pub broken: Option<String>,
    /// Where to go on, with `head`; none at the end.
    pub cursor: Option<u64>,
}

impl<T: Transport> Client<T> {
    /// Notes an act. It is durable when this returns.
    pub async fn note_act(&self, act: &Act) -> Result<Place, CallError> {
        self.post(ACTS_PATH, act).await
    }

    /// What was done last.
    pub async fn audit_log(&self, before: Option<u64>) -> Result<AuditLog, CallError> {
        let before = before.map(|before| format!("?before={before}")).unwrap_or_default();
        self.get(&format!("/v1/audit{before}")).await
    }

    /// Whether the log is as it was written, after an entry that has this hash.
    pub async fn verify_audit(&self, after: Option<(u64, &str)>) -> Result<Verification, CallError> {
        let after = after.map(|(after, head)| format!("?after={after}&head={head}")).unwrap_or_default();
        self.get(&format!("/v1/audit/verification{after}")).await
    }
}
