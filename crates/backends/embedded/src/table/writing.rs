//! Changes rows: first looks at all that a transaction touches, then writes, so that a
//! refused transaction has changed nothing.

use super::reading::read_counters;
use reel_capabilities::Millis;
use reel_capabilities::table::{self, Change, Condition, Key, TableError, Write};
use rusqlite::{Connection, OptionalExtension, named_params};
use std::collections::BTreeMap;

/// How many expired rows one sweep removes.
const SWEEP_ROWS: u32 = 1_000;

type Counters = BTreeMap<String, i64>;

/// What a write must know of the row as it is.
#[derive(Default)]
struct Present {
    version: u64,
    expires_at: Option<Millis>,
    counters: Counters,
    value_bytes: usize,
}

/// What a write does to its row.
enum Effect<'a> {
    Nothing,
    Remove,
    Replace { value: &'a [u8], expires_at: Option<Millis>, counters: Counters },
    Count { expires_at: Option<Millis>, counters: Counters },
}

/// Makes the changes and returns the versions, or says what refuses them.
pub(super) fn transact(
    connection: &Connection,
    writes: &[Write],
    now: Millis,
) -> rusqlite::Result<Result<Vec<u64>, TableError>> {
    let mut planned = Vec::with_capacity(writes.len());
    for (index, write) in (0..).zip(writes) {
        let present = find(connection, write, now)?;
        match plan(index, write, present) {
            Ok(step) => planned.push(step),
            Err(refusal) => return Ok(Err(refusal)),
        }
    }
    for (write, (version, effect)) in writes.iter().zip(&planned) {
        apply(connection, write, *version, effect)?;
    }
    Ok(Ok(planned.into_iter().map(|(version, _)| version).collect()))
}

/// Removes some of the rows that have expired, and says how many.
pub(super) fn sweep(connection: &Connection, now: Millis) -> rusqlite::Result<usize> {
    let mut delete = connection.prepare_cached(
        "DELETE FROM rows WHERE (tbl, partition, sort) IN
         (SELECT tbl, partition, sort FROM rows WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
    )?;
    delete.execute((now.cast_signed(), SWEEP_ROWS))
}

fn find(connection: &Connection, write: &Write, now: Millis) -> rusqlite::Result<Option<Present>> {
    let mut select = connection.prepare_cached(
        "SELECT version, expires_at, counters, length(value) FROM rows
         WHERE tbl = :table AND partition = :partition AND sort = :sort
         AND (expires_at IS NULL OR expires_at > :now)",
    )?;
    let parameters = named_params! {
        ":table": write.table.as_bytes(), ":partition": write.key.partition.as_bytes(),
        ":sort": write.key.sort.as_bytes(), ":now": now.cast_signed(),
    };
    let present = select.query_row(parameters, |row| {
        Ok(Present {
            version: row.get::<_, i64>(0)?.cast_unsigned(),
            expires_at: row.get::<_, Option<i64>>(1)?.map(i64::cast_unsigned),
            counters: read_counters(row, 2)?,
            value_bytes: row.get::<_, i64>(3)?.cast_unsigned() as usize,
        })
    });
    present.optional()
}

/// The row's version afterwards, and what is to be done to it.
fn plan(index: u32, write: &Write, present: Option<Present>) -> Result<(u64, Effect<'_>), TableError> {
    if !holds(write.condition, present.as_ref()) {
        return Err(TableError::Conflict(index));
    }
    let present = present.unwrap_or_default();
    let next = present.version + 1;
    Ok(match &write.change {
        Change::Check => (present.version, Effect::Nothing),
        Change::Delete => (0, Effect::Remove),
        Change::Put { value, expires_at } => {
            fits(&write.key, value.len(), &present.counters)?;
            (next, Effect::Replace { value, expires_at: *expires_at, counters: present.counters })
        }
        Change::Add(additions) => {
            let counters = add(present.counters, additions)?;
            fits(&write.key, present.value_bytes, &counters)?;
            (next, Effect::Count { expires_at: present.expires_at, counters })
        }
    })
}

fn holds(condition: Condition, present: Option<&Present>) -> bool {
    match condition {
        Condition::Always => true,
        Condition::Absent => present.is_none(),
        Condition::Present => present.is_some(),
        Condition::Version(version) => present.is_some_and(|row| row.version == version),
    }
}

fn add(mut counters: Counters, additions: &[(String, i64)]) -> Result<Counters, TableError> {
    for (name, by) in additions {
        let counter = counters.entry(name.clone()).or_default();
        let sum = counter.checked_add(*by);
        *counter = sum.ok_or_else(|| {
            TableError::Invalid(format!("counter {name:?} stands at {counter}: {by} more does not fit 64 bits"))
        })?;
    }
    Ok(counters)
}

fn fits(key: &Key, value_bytes: usize, counters: &Counters) -> Result<(), TableError> {
    let names: usize = counters.keys().map(|name| name.len() + 8).sum();
    table::validate_size(table::size(key, value_bytes, &[]) + names)
}

fn apply(connection: &Connection, write: &Write, version: u64, effect: &Effect<'_>) -> rusqlite::Result<()> {
    match effect {
        Effect::Nothing => Ok(()),
        Effect::Remove => remove(connection, write),
        Effect::Replace { value, expires_at, counters } => {
            store(connection, REPLACE, write, version, *expires_at, counters, value)
        }
        Effect::Count { expires_at, counters } => store(connection, COUNT, write, version, *expires_at, counters, b""),
    }
}

fn remove(connection: &Connection, write: &Write) -> rusqlite::Result<()> {
    let mut delete = connection.prepare_cached("DELETE FROM rows WHERE tbl = ?1 AND partition = ?2 AND sort = ?3")?;
    delete.execute((write.table.as_bytes(), write.key.partition.as_bytes(), write.key.sort.as_bytes()))?;
    Ok(())
}

const REPLACE: &str = "INSERT INTO rows(tbl, partition, sort, version, expires_at, counters, value)
    VALUES (:table, :partition, :sort, :version, :expires_at, :counters, :value)
    ON CONFLICT DO UPDATE SET version = :version, expires_at = :expires_at, counters = :counters, value = :value";

/// Version 1 starts afresh over a row that has expired and is not swept yet.
const COUNT: &str = "INSERT INTO rows(tbl, partition, sort, version, expires_at, counters, value)
    VALUES (:table, :partition, :sort, :version, :expires_at, :counters, :value)
    ON CONFLICT DO UPDATE SET version = :version, expires_at = :expires_at, counters = :counters,
    value = CASE :version WHEN 1 THEN :value ELSE value END";

fn store(
    connection: &Connection,
    statement: &str,
    write: &Write,
    version: u64,
    expires_at: Option<Millis>,
    counters: &Counters,
    value: &[u8],
) -> rusqlite::Result<()> {
    let json = |error: serde_json::Error| rusqlite::Error::ToSqlConversionFailure(error.into());
    let counters = (!counters.is_empty()).then(|| serde_json::to_vec(counters)).transpose().map_err(json)?;
    connection.prepare_cached(statement)?.execute(named_params! {
        ":table": write.table.as_bytes(), ":partition": write.key.partition.as_bytes(),
        ":sort": write.key.sort.as_bytes(), ":version": version.cast_signed(),
        ":expires_at": expires_at.map(|at| i64::try_from(at).unwrap_or(i64::MAX)), ":counters": counters, ":value": value,
    })?;
    Ok(())
}
