//! The statements of the event log.

use bytes::Bytes;
use reel_capabilities::Millis;
use reel_capabilities::events::{Entry, Record};
use rusqlite::{Connection, OptionalExtension};

/// A stream remembers its last position, so that positions grow even when it is emptied.
pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS streams(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS records(
        stream INTEGER NOT NULL, position INTEGER NOT NULL, at INTEGER NOT NULL,
        key TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY(stream, position)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS consumers(
        stream TEXT NOT NULL, consumer TEXT NOT NULL, position INTEGER NOT NULL,
        PRIMARY KEY(stream, consumer)) WITHOUT ROWID;";

/// The most bytes that one read answers, unless its first record alone has more.
const MAX_READ: usize = 10 * 1024 * 1024;
/// How many records one sweep removes from a stream.
const SWEEP_RECORDS: u32 = 1_000;

/// Appends records and returns the position of the last one.
pub(super) fn append(connection: &Connection, stream: &str, entries: &[Entry], now: Millis) -> rusqlite::Result<u64> {
    let mut extend = connection.prepare_cached(
        "INSERT INTO streams(name, last) VALUES (?1, ?2)
         ON CONFLICT(name) DO UPDATE SET last = last + ?2 RETURNING id, last",
    )?;
    let count = entries.len() as i64;
    let (id, last): (i64, i64) = extend.query_row((stream, count), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut insert = connection.prepare_cached("INSERT INTO records VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for (position, entry) in (last - count + 1..).zip(entries) {
        insert.execute((id, position, now.cast_signed(), &entry.key, &entry.data[..]))?;
    }
    Ok(last.cast_unsigned())
}

/// The records after a position.
pub(super) fn read(connection: &Connection, stream: &str, after: u64, limit: usize) -> rusqlite::Result<Vec<Record>> {
    let mut select = connection.prepare_cached(
        "SELECT position, at, key, data FROM records
         WHERE stream = (SELECT id FROM streams WHERE name = ?1) AND position > ?2 ORDER BY position LIMIT ?3",
    )?;
    let rows = select.query_map((stream, clamp(after), clamp(limit as u64)), read_record)?;
    let mut records = Vec::new();
    let mut bytes = 0;
    for record in rows {
        let record = record?;
        bytes += record.key.len() + record.data.len();
        if bytes > MAX_READ && !records.is_empty() {
            break;
        }
        records.push(record);
    }
    Ok(records)
}

fn read_record(row: &rusqlite::Row<'_>) -> rusqlite::Result<Record> {
    Ok(Record {
        position: row.get::<_, i64>(0)?.cast_unsigned(),
        at: row.get::<_, i64>(1)?.cast_unsigned(),
        key: row.get(2)?,
        data: Bytes::from(row.get::<_, Vec<u8>>(3)?),
    })
}

/// The last position of a stream; 0 when it has no records yet.
pub(super) fn last(connection: &Connection, stream: &str) -> rusqlite::Result<u64> {
    let mut select = connection.prepare_cached("SELECT last FROM streams WHERE name = ?1")?;
    let last: Option<i64> = select.query_row([stream], |row| row.get(0)).optional()?;
    Ok(last.unwrap_or(0).cast_unsigned())
}

/// The last position that stands before a time: positions and times grow together, so it is
/// searched for by halves.
pub(super) fn before(connection: &Connection, stream: &str, at: Millis) -> rusqlite::Result<u64> {
    let mut next = connection.prepare_cached(
        "SELECT position, at FROM records
         WHERE stream = (SELECT id FROM streams WHERE name = ?1) AND position >= ?2 ORDER BY position LIMIT 1",
    )?;
    // All up to `low` stand before the time, nothing from `high` on does.
    let (mut low, mut high) = (0, clamp(last(connection, stream)?) + 1);
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        let found: Option<(i64, i64)> =
            next.query_row((stream, middle), |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        match found {
            Some((position, then)) if then.cast_unsigned() < at => low = position,
            _ => high = middle,
        }
    }
    Ok(low.cast_unsigned())
}

/// How far a consumer has come.
pub(super) fn position(connection: &Connection, stream: &str, consumer: &str) -> rusqlite::Result<u64> {
    let mut select = connection.prepare_cached("SELECT position FROM consumers WHERE stream = ?1 AND consumer = ?2")?;
    let position: Option<i64> = select.query_row([stream, consumer], |row| row.get(0)).optional()?;
    Ok(position.unwrap_or(0).cast_unsigned())
}

/// Notes how far a consumer has come.
pub(super) fn commit(connection: &Connection, stream: &str, consumer: &str, position: u64) -> rusqlite::Result<()> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO consumers VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET position = excluded.position",
    )?;
    upsert.execute((stream, consumer, clamp(position)))?;
    Ok(())
}

/// Removes records that stand before a time and that no known consumer still has to read.
pub(super) fn sweep(connection: &Connection, before: Millis) -> rusqlite::Result<usize> {
    let mut streams = connection.prepare_cached(
        "SELECT id, coalesce((SELECT min(position) FROM consumers WHERE stream = name), last) FROM streams",
    )?;
    // The oldest stand first, so looking at no more than are removed finds them all in time.
    let mut delete = connection.prepare_cached(
        "DELETE FROM records WHERE stream = ?1 AND position IN (SELECT position FROM
         (SELECT position, at FROM records WHERE stream = ?1 AND position <= ?2 ORDER BY position LIMIT ?4) WHERE at < ?3)",
    )?;
    let streams: Vec<(i64, i64)> =
        streams.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut removed = 0;
    for (stream, read) in streams {
        removed += delete.execute((stream, read, before.cast_signed(), SWEEP_RECORDS))?;
    }
    Ok(removed)
}

/// SQLite's integers end at 2^63 - 1, far beyond any position.
fn clamp(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
