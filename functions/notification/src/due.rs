//! What is to be done at a time: rows of `due#SHARD`, in the order of their times.

use crate::store::{MESSAGES, in_turns};
use reel_api::{AccountId, Millis, ProfileId, TitleId};
use reel_sdk::Problem;
use reel_sdk::table::{Change, Row, Selection, Write};
use serde::{Deserialize, Serialize};

/// In how many partitions they are, so that no single one takes every write.
pub(crate) const SHARDS: u8 = 8;

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Task {
    /// Deliver what is left of a notice.
    Deliver { account: AccountId, notice: String },
    /// Send what was held back.
    Digest { account: AccountId },
    /// Remind a profile of what it has begun.
    Remind { account: AccountId, profile: ProfileId, title: TitleId },
    /// Tell those who follow a series of an episode, from a page of them on.
    Announce { series: TitleId, episode: TitleId, cursor: Option<String> },
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
        let what = match self {
            Self::Deliver { account, notice } => format!("{account}/deliver/{notice}"),
            Self::Digest { account } => format!("{account}/digest"),
            Self::Remind { account, profile, title } => format!("{account}/remind/{profile}/{title}"),
            Self::Announce { episode, .. } => format!("announce/{episode}"),
        };
        MESSAGES.write(&partition(self.shard()), &format!("{at:013}/{what}"), change)
    }

    fn shard(&self) -> u8 {
        match self {
            Self::Announce { episode, .. } => episode.as_bytes()[15] % SHARDS,
            Self::Deliver { account, .. } | Self::Digest { account } | Self::Remind { account, .. } => shard(*account),
        }
    }

    fn is_of(&self, whose: AccountId) -> bool {
        match self {
            Self::Deliver { account, .. } | Self::Digest { account } | Self::Remind { account, .. } => {
                *account == whose
            }
            Self::Announce { .. } => false,
        }
    }
}

/// Takes back all that was to be done for an account, but delivering these notices. Reads a shard: accounts are
/// deleted rarely enough.
pub(crate) async fn forget(account: AccountId, but: &[&str]) -> Result<(), Problem> {
    let partition = partition(shard(account));
    let rows = MESSAGES.query_all(Selection::of(&partition)).await?;
    let of = |row: &&Row| match row.json::<Task>() {
        Ok(Task::Deliver { account: of, notice }) => of == account && !but.contains(&&*notice),
        Ok(task) => task.is_of(account),
        Err(_) => false,
    };
    in_turns(rows.iter().filter(of).map(|row| MESSAGES.write(&partition, &row.key.sort, Change::Delete))).await
}

/// When something is due.
pub(crate) fn time_of(row: &Row) -> Millis {
    row.key.sort.split('/').next().and_then(|at| at.parse().ok()).unwrap_or_default()
}

/// The partition of a shard.
pub(crate) fn partition(shard: u8) -> String {
    format!("due#{shard}")
}

fn shard(account: AccountId) -> u8 {
    account.as_bytes()[15] % SHARDS
}
