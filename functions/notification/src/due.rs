//! What is to be done at a time: rows of `due#SHARD`, in the order of their times.

use crate::store::MESSAGES;
use reel_api::{AccountId, Millis};
use reel_sdk::Problem;
use reel_sdk::table::{Change, Write};
use serde::{Deserialize, Serialize};

/// In how many partitions they are, so that no single one takes every write.
pub(crate) const SHARDS: u8 = 8;

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Task {
    /// Deliver what is left of a notice.
    Deliver { account: AccountId, notice: String },
}

impl Task {
    /// The write that has it done at a time.
    pub(crate) fn at(&self, at: Millis) -> Result<Write, Problem> {
        Ok(self.row(at, Change::json(self)?))
    }

    /// The write that takes it back.
    pub(crate) fn not_at(&self, at: Millis) -> Write {
        self.row(at, Change::Delete)
    }

    fn row(&self, at: Millis, change: Change) -> Write {
        let (account, what) = match self {
            Self::Deliver { account, notice } => (account, format!("deliver/{account}/{notice}")),
        };
        let shard = account.as_bytes()[15] % SHARDS;
        MESSAGES.write(&partition(shard), &format!("{at:013}/{what}"), change)
    }
}

/// The partition of a shard.
pub(crate) fn partition(shard: u8) -> String {
    format!("due#{shard}")
}
