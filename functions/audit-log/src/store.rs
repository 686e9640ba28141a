//! Rows of table `audit`: `entries#THOUSAND` and an entry's number, written once; `head` and `head`, the end of the
//! chain. Both are written in one transaction, so however many write at once, the chain has one end.

use crate::chain::Head;
use reel_api::Millis;
use reel_api::audit::{Act, Entry};
use reel_sdk::Problem;
use reel_sdk::table::{Change, Condition, Error, Row, Selection, Table, transact};

const AUDIT: Table = Table("audit");
const HEAD: &str = "head";
/// How many entries a partition has.
const THOUSAND: u64 = 1_000;
/// How often an entry is written anew because others were faster: as many administer at the same moment.
const ATTEMPTS: usize = 20;

/// The end of the chain.
pub(crate) async fn head() -> Result<Head, Problem> {
    Ok(read_head().await?.0)
}

/// Writes the next entry.
///
/// # Errors
/// A 503 problem when others were faster each time.
pub(crate) async fn append(act: Act, now: Millis) -> Result<Entry, Problem> {
    for _ in 0..ATTEMPTS {
        let (head, read) = read_head().await?;
        let entry = head.entry(act.clone(), now)?;
        let (partition, sort) = key(entry.number);
        let row = AUDIT.write(&partition, &sort, Change::json(&entry)?).when(Condition::Absent);
        let condition = read.map_or(Condition::Absent, Condition::Version);
        let end = AUDIT.write(HEAD, HEAD, Change::json(&Head::at(&entry))?).when(condition);
        match transact(vec![row, end]).await {
            Ok(_) => return Ok(entry),
            Err(Error::Conflict(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(Problem::unavailable("the audit log is being written by others at the same time", 1))
}

/// The entries from one number to another, as far as they are there.
pub(crate) async fn entries(first: u64, last: u64) -> Result<Vec<Entry>, Problem> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut next = first;
    while next <= last {
        let (partition, sort) = key(next);
        let rows = AUDIT.query_all(Selection::of(&partition).starting_at(&sort)).await?;
        let some: Result<Vec<Entry>, Problem> = rows.iter().map(Row::json).collect();
        entries.extend(some?.into_iter().filter(|entry| entry.number <= last));
        next = (next / THOUSAND + 1) * THOUSAND;
    }
    Ok(entries)
}

async fn read_head() -> Result<(Head, Option<u64>), Problem> {
    match AUDIT.get(HEAD, HEAD).await? {
        Some(row) => Ok((row.json()?, Some(row.version))),
        None => Ok((Head::start(), None)),
    }
}

fn key(number: u64) -> (String, String) {
    (format!("entries#{:012}", number / THOUSAND), format!("{number:016}"))
}
