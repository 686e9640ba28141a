//! The two stores under one trait: an append-only log of numbered rows.

use anyhow::{Context, Result, bail};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use rusqlite::Connection;
use std::path::Path;
use std::str::FromStr;

/// Which store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// fjall 3: a log-structured merge tree behind a journal.
    Fjall,
    /// SQLite: a B-tree behind a write-ahead log.
    Sqlite,
}

impl Kind {
    /// Both, in the order they are reported.
    pub(crate) const ALL: [Kind; 2] = [Kind::Fjall, Kind::Sqlite];

    /// The name on the command line and in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Fjall => "fjall",
            Kind::Sqlite => "sqlite",
        }
    }

    /// Opens the store in a folder, creating it when it is not there.
    pub(crate) fn open(self, folder: &Path) -> Result<Box<dyn Engine>> {
        Ok(match self {
            Kind::Fjall => Box::new(Fjall::open(folder)?),
            Kind::Sqlite => Box::new(Sqlite::open(folder)?),
        })
    }
}

impl FromStr for Kind {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> Result<Self> {
        match Kind::ALL.into_iter().find(|kind| kind.name() == name) {
            Some(kind) => Ok(kind),
            None => bail!("a store is fjall or sqlite, not {name:?}"),
        }
    }
}

/// A numbered row.
pub(crate) type Row = (u64, Vec<u8>);

/// A store of numbered rows.
pub(crate) trait Engine: Send {
    /// Writes rows, all or none. With `durable` they are on the disk when it returns.
    fn append(&mut self, rows: &[Row], durable: bool) -> Result<()>;
    /// All rows, ordered by number.
    fn scan(&self) -> Result<Vec<Row>>;
}

struct Fjall {
    database: Database,
    rows: Keyspace,
}

impl Fjall {
    fn open(folder: &Path) -> Result<Self> {
        let database = Database::builder(folder.join("fjall")).open()?;
        let rows = database.keyspace("rows", KeyspaceCreateOptions::default)?;
        Ok(Self { database, rows })
    }
}

impl Engine for Fjall {
    fn append(&mut self, rows: &[Row], durable: bool) -> Result<()> {
        let mode = if durable { PersistMode::SyncData } else { PersistMode::Buffer };
        let mut batch = self.database.batch().durability(Some(mode));
        for (number, value) in rows {
            batch.insert(&self.rows, number.to_be_bytes(), value.as_slice());
        }
        Ok(batch.commit()?)
    }

    fn scan(&self) -> Result<Vec<Row>> {
        self.rows
            .iter()
            .map(|guard| {
                let (key, value) = guard.into_inner()?;
                let number = key.as_ref().try_into().context("a key has 8 bytes")?;
                Ok((u64::from_be_bytes(number), value.to_vec()))
            })
            .collect()
    }
}

struct Sqlite(Connection);

impl Sqlite {
    fn open(folder: &Path) -> Result<Self> {
        let connection = Connection::open(folder.join("rows.sqlite"))?;
        connection.execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
             CREATE TABLE IF NOT EXISTS rows(number INTEGER PRIMARY KEY, value BLOB NOT NULL);",
        )?;
        Ok(Self(connection))
    }
}

impl Engine for Sqlite {
    fn append(&mut self, rows: &[Row], durable: bool) -> Result<()> {
        self.0.pragma_update(None, "synchronous", if durable { "FULL" } else { "NORMAL" })?;
        let transaction = self.0.transaction()?;
        {
            let mut insert = transaction.prepare_cached("INSERT INTO rows VALUES (?1, ?2)")?;
            for (number, value) in rows {
                insert.execute((*number as i64, value))?;
            }
        }
        Ok(transaction.commit()?)
    }

    fn scan(&self) -> Result<Vec<Row>> {
        let mut select = self.0.prepare("SELECT number, value FROM rows ORDER BY number")?;
        let rows = select.query_map([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
