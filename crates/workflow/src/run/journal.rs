//! The journal: rows of the `workflow` table.
//!
//! | partition | sort | holds |
//! |---|---|---|
//! | `running` | `WORKFLOW/NAME` | nothing: the execution has not ended |
//! | `WORKFLOW/NAME` | `input` | the input, for ever |
//! | `WORKFLOW/NAME` | `execution` | where it stands, or how it ended |
//! | `WORKFLOW/NAME` | `items/STEP.RETRY` | which version of the item list a Map reads |
//! | `WORKFLOW/NAME` | `items/STEP.RETRY/INDEX` | where an item stands, or how it ended |
//!
//! Rows of items are deleted when the execution has ended.

use super::refusals::Refusals;
use crate::failure::Failure;
use reel_capabilities::Millis;
use reel_capabilities::table::{
    Change, Condition, Key, MAX_PAGE_ROWS, MAX_WRITES, Page, Row, Selection, TableError, Tables, Write,
};
use reel_capabilities::workflow::Progress;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

const TABLE: &str = "workflow";
const RUNNING: &str = "running";
const INPUT: &str = "input";
const ITEMS: &str = "items/";
/// The row of an execution itself.
pub(super) const EXECUTION: &str = "execution";

/// Where a walk through states is: at the door of a state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Position {
    pub(super) state: String,
    /// How many states came before.
    pub(super) step: u32,
    /// When this was written: what the context object calls the state's `EnteredTime`.
    pub(super) at: Millis,
    /// The state's raw input.
    pub(super) data: Value,
    /// How often each retrier of the state was used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) attempts: Vec<u32>,
    /// When the state goes on, if it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) wake_at: Option<Millis>,
}

impl Position {
    pub(super) fn start(state: &str, data: Value, at: Millis) -> Self {
        Self { state: state.into(), step: 0, at, data, attempts: Vec::new(), wake_at: None }
    }

    pub(super) fn advance(&mut self, next: String) {
        self.state = next;
        self.step += 1;
        self.attempts.clear();
        self.wake_at = None;
    }

    /// How often the state was tried again so far.
    pub(super) fn retries(&self) -> u32 {
        self.attempts.iter().fold(0, |sum, n| sum.saturating_add(*n))
    }
}

/// Where an execution or an item stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    At(Position),
    Done(Value),
    Failed(Failure),
}

impl From<Result<Value, Failure>> for Stage {
    fn from(outcome: Result<Value, Failure>) -> Self {
        match outcome {
            Ok(output) => Self::Done(output),
            Err(failure) => Self::Failed(failure),
        }
    }
}

/// The row of an execution or an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) started: Millis,
    /// When this was written.
    pub(super) written: Millis,
    pub(super) stage: Stage,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) progress: Vec<Progress>,
}

/// Reads and writes the journal.
pub(super) struct Journal {
    tables: Arc<dyn Tables>,
    refusals: Refusals,
}

impl Journal {
    pub(super) fn new(tables: Arc<dyn Tables>) -> Self {
        Self { tables, refusals: Refusals::default() }
    }

    /// Writes a new execution; a conflict when there is one of this name.
    pub(super) async fn begin(&self, partition: &str, input: &Value, record: &Record) -> Result<(), TableError> {
        let writes = vec![
            write(partition, INPUT, Condition::Absent, put(input)?),
            write(partition, EXECUTION, Condition::Absent, put(record)?),
            write(RUNNING, partition, Condition::Always, Change::Put { value: Vec::new(), expires_at: None }),
        ];
        self.tables.transact(writes).await.map(drop)
    }

    /// The input of an execution; none when there is no such execution.
    pub(super) async fn input(&self, partition: &str) -> Result<Option<Value>, TableError> {
        self.read(partition, INPUT).await
    }

    pub(super) async fn record(&self, partition: &str, sort: &str) -> Result<Option<Record>, TableError> {
        self.read(partition, sort).await
    }

    /// The partitions of executions that have not ended.
    pub(super) async fn running(&self) -> Result<Vec<String>, TableError> {
        let rows = self.query(RUNNING, "").await?;
        Ok(rows.into_iter().map(|row| row.key.sort).collect())
    }

    /// Writes a row, however long it takes: nothing goes on without its journal.
    pub(super) async fn save<T: Serialize>(&self, partition: &str, sort: &str, row: &T) {
        self.refusals
            .outlast(partition, || async {
                let writes = vec![write(partition, sort, Condition::Always, put(row)?)];
                self.tables.transact(writes).await
            })
            .await;
    }

    /// Which version of its item list a Map pinned when it first read it.
    pub(super) async fn pin(&self, partition: &str, map: &str) -> Option<String> {
        let sort = item_row(map);
        self.refusals.outlast(partition, || self.read(partition, &sort)).await
    }

    /// The items of a Map that the journal knows, by their index.
    pub(super) async fn items(&self, partition: &str, map: &str) -> HashMap<usize, Record> {
        let prefix = format!("{}/", item_row(map));
        let rows = self.refusals.outlast(partition, || self.query(partition, &prefix)).await;
        // Rows of a Map within an item have the prefix too, but no index after it.
        let index = |row: &Row| row.key.sort.strip_prefix(&prefix)?.parse().ok();
        let item = |row: Row| match parse(&row) {
            Ok(record) => Some((index(&row)?, record)),
            Err(error) => {
                tracing::error!(%error, "the item begins anew");
                None
            }
        };
        rows.into_iter().filter(|row| index(row).is_some()).filter_map(item).collect()
    }

    /// Forgets the items of an execution that has ended, and then that it was running.
    pub(super) async fn close(&self, partition: &str) {
        self.refusals
            .outlast(partition, || async {
                let rows = self.query(partition, ITEMS).await?;
                let items = rows.into_iter().map(|row| row.key);
                let keys: Vec<_> = items.chain([Key::new(RUNNING, partition)]).collect();
                for keys in keys.chunks(MAX_WRITES) {
                    let delete = |key: &Key| write(&key.partition, &key.sort, Condition::Always, Change::Delete);
                    self.tables.transact(keys.iter().map(delete).collect()).await?;
                }
                Ok(())
            })
            .await;
    }

    /// What keeps an execution from being written down. Asking makes what waits be repeated now.
    pub(super) async fn trouble(&self, partition: &str) -> Option<TableError> {
        self.refusals.of(partition).await
    }

    async fn read<T: DeserializeOwned>(&self, partition: &str, sort: &str) -> Result<Option<T>, TableError> {
        let row = self.tables.get(TABLE, &Key::new(partition, sort)).await?;
        row.map(|row| parse(&row)).transpose()
    }

    async fn query(&self, partition: &str, prefix: &str) -> Result<Vec<Row>, TableError> {
        let mut selection = Selection {
            partition: partition.into(),
            prefix: prefix.into(),
            limit: MAX_PAGE_ROWS,
            ..Selection::default()
        };
        let mut all = Vec::new();
        loop {
            let Page { rows, cursor } = self.tables.query(TABLE, &selection).await?;
            all.extend(rows);
            match cursor {
                Some(_) => selection.cursor = cursor,
                None => return Ok(all),
            }
        }
    }
}

/// The sort key of an item, or of the Map that it belongs to.
pub(super) fn item_row(path: &str) -> String {
    format!("{ITEMS}{path}")
}

fn put<T: Serialize>(content: &T) -> Result<Change, TableError> {
    let value = serde_json::to_vec(content).map_err(|e| TableError::Invalid(e.to_string()))?;
    Ok(Change::Put { value, expires_at: None })
}

fn write(partition: &str, sort: &str, condition: Condition, change: Change) -> Write {
    Write { table: TABLE.into(), key: Key::new(partition, sort), condition, change }
}

fn parse<T: DeserializeOwned>(row: &Row) -> Result<T, TableError> {
    let Key { partition, sort } = &row.key;
    serde_json::from_slice(&row.value).map_err(|e| TableError::Invalid(format!("journal row {partition} {sort}: {e}")))
}
