use async_trait::async_trait;
use reel_capabilities::table::{Change, Condition, Key, Page, Row, Selection, TableError, Tables, Write, validate};
use std::collections::BTreeMap;
use std::sync::Mutex;
use tokio::sync::Notify;

/// At which side of a write the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    /// The write is not made.
    Before,
    /// The write is made, and nobody learns of it.
    After,
}

/// Rows in memory. They can be told to never answer from some write on.
#[derive(Default)]
pub(crate) struct MemoryTables {
    state: Mutex<State>,
    /// Told when the process is dead.
    pub(crate) dead: Notify,
}

#[derive(Default)]
struct State {
    rows: BTreeMap<(String, Key), Row>,
    writes: usize,
    bytes: usize,
    refusals: usize,
    death: Option<(usize, Death)>,
}

impl MemoryTables {
    /// From the given write on (1: the next), no write returns.
    pub(crate) fn die_at(&self, write: usize, death: Death) {
        let mut state = self.state.lock().expect("unpoisoned");
        state.death = Some((state.writes + write, death));
    }

    pub(crate) fn revive(&self) {
        self.state.lock().expect("unpoisoned").death = None;
    }

    /// The next so many writes are refused as unavailable.
    pub(crate) fn refuse(&self, times: usize) {
        self.state.lock().expect("unpoisoned").refusals = times;
    }

    pub(crate) fn writes(&self) -> usize {
        self.state.lock().expect("unpoisoned").writes
    }

    /// How many bytes were written in all.
    pub(crate) fn bytes(&self) -> usize {
        self.state.lock().expect("unpoisoned").bytes
    }

    /// The keys of all rows, as `partition sort`.
    pub(crate) fn keys(&self) -> Vec<String> {
        let state = self.state.lock().expect("unpoisoned");
        state.rows.keys().map(|(_, key)| format!("{} {}", key.partition, key.sort)).collect()
    }
}

impl State {
    fn apply(&mut self, writes: Vec<Write>) -> Result<Vec<u64>, TableError> {
        validate(&writes)?;
        for (index, write) in writes.iter().enumerate() {
            let version = self.rows.get(&(write.table.clone(), write.key.clone())).map(|row| row.version);
            let holds = match write.condition {
                Condition::Always => true,
                Condition::Absent => version.is_none(),
                Condition::Present => version.is_some(),
                Condition::Version(wanted) => version == Some(wanted),
            };
            if !holds {
                return Err(TableError::Conflict(index as u32));
            }
        }
        Ok(writes.into_iter().map(|write| self.write(write)).collect())
    }

    fn write(&mut self, write: Write) -> u64 {
        let name = (write.table, write.key.clone());
        let version = self.rows.get(&name).map_or(0, |row| row.version) + 1;
        match write.change {
            Change::Put { value, expires_at } => {
                self.bytes += value.len();
                self.rows.insert(name, Row { key: write.key, version, value, counters: Vec::new(), expires_at });
                version
            }
            Change::Delete => {
                self.rows.remove(&name);
                0
            }
            Change::Add(_) | Change::Check => panic!("the runner makes no such change"),
        }
    }
}

#[async_trait]
impl Tables for MemoryTables {
    async fn get(&self, table: &str, key: &Key) -> Result<Option<Row>, TableError> {
        let state = self.state.lock().expect("unpoisoned");
        Ok(state.rows.get(&(table.to_owned(), key.clone())).cloned())
    }

    /// Small pages, so that paging is followed.
    async fn query(&self, table: &str, selection: &Selection) -> Result<Page, TableError> {
        assert!((1..=1_000).contains(&selection.limit));
        let state = self.state.lock().expect("unpoisoned");
        let fits = |row: &&Row| {
            let after = selection.cursor.as_ref().is_none_or(|cursor| row.key.sort > *cursor);
            row.key.partition == selection.partition && row.key.sort.starts_with(&selection.prefix) && after
        };
        let first = (table.to_owned(), Key::new(selection.partition.clone(), ""));
        let mut rows: Vec<_> = state.rows.range(first..).map(|(_, row)| row).filter(fits).take(501).cloned().collect();
        let more = rows.len() > 500;
        rows.truncate(500);
        let cursor = rows.last().filter(|_| more).map(|row| row.key.sort.clone());
        Ok(Page { rows, cursor })
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<Vec<u64>, TableError> {
        let (dies, result) = {
            let mut state = self.state.lock().expect("unpoisoned");
            if state.refusals > 0 {
                state.refusals -= 1;
                return Err(TableError::Unavailable("out of order".into()));
            }
            state.writes += 1;
            let dies = state.death.is_some_and(|(write, _)| state.writes >= write);
            let made = !dies || state.death == Some((state.writes, Death::After));
            (dies, if made { state.apply(writes) } else { Ok(Vec::new()) })
        };
        if dies {
            self.dead.notify_one();
            std::future::pending::<()>().await;
        }
        result
    }
}
