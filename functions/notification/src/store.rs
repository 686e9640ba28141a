//! Rows of table `messages`.
//!
//! All about an account is in the partition of its id:
//!
//! | sort key | holds |
//! |---|---|
//! | `contact` | where it is reached |
//! | `preferences` | what it wants to be told about |
//! | `push/ID` | a browser that it is pushed to |
//! | `notice/HASH` | a notice on its way, by its key: the outbox |
//! | `sent/DAY` | how many messages it was sent on a Unix day |
//! | `digest/ID` | what waits for the next digest |
//! | `watching/PROFILE/TITLE` | what a profile has begun |
//! | `inbox/ID` | what it was told |
//! | `unread/ID` | that it has not read it |
//! | `gone` | that it was deleted; nothing that comes late is kept |
//!
//! `due#SHARD` and a time: [what is to be done then](crate::due). `endpoint#ID` and `push/`: the account that a browser
//! belongs to.

use reel_api::AccountId;
use reel_sdk::Problem;
use reel_sdk::table::{Change, Selection, Table, Write, transact};

pub(crate) const MESSAGES: Table = Table("messages");

pub(crate) const CONTACT: &str = "contact";
pub(crate) const DIGEST: &str = "digest/";
pub(crate) const GONE: &str = "gone";
pub(crate) const INBOX: &str = "inbox/";
pub(crate) const NOTICE: &str = "notice/";
pub(crate) const PREFERENCES: &str = "preferences";
pub(crate) const PUSH: &str = "push/";
pub(crate) const SENT: &str = "sent/";
pub(crate) const UNREAD: &str = "unread/";
pub(crate) const WATCHING: &str = "watching/";

/// How many writes a transaction takes.
const MAX_WRITES: usize = 100;

/// A write to a row of an account.
pub(crate) fn write(account: AccountId, sort: &str, change: Change) -> Write {
    MESSAGES.write(&account.to_string(), sort, change)
}

/// The partition that says whose a browser is.
pub(crate) fn endpoint_row(id: &str) -> String {
    format!("endpoint#{id}")
}

/// The rows of an account whose keys begin so.
pub(crate) fn rows(account: AccountId, prefix: &str) -> Selection {
    Selection::of(&account.to_string()).prefix(prefix)
}

/// Makes writes, as many at a time as a transaction takes.
pub(crate) async fn in_turns(writes: impl Iterator<Item = Write>) -> Result<(), Problem> {
    let mut writes = writes.peekable();
    while writes.peek().is_some() {
        transact(writes.by_ref().take(MAX_WRITES).collect()).await?;
    }
    Ok(())
}
