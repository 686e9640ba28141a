//! Reads rows.

use reel_capabilities::Millis;
use reel_capabilities::table::{Key, MAX_PAGE, Page, Row, Selection};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, named_params};
use std::collections::BTreeMap;

/// One row, unless it has expired.
pub(super) fn get(connection: &Connection, table: &str, key: &Key, now: Millis) -> rusqlite::Result<Option<Row>> {
    let mut select = connection.prepare_cached(
        "SELECT sort, version, expires_at, counters, value FROM rows
         WHERE tbl = :table AND partition = :partition AND sort = :sort
         AND (expires_at IS NULL OR expires_at > :now)",
    )?;
    let parameters = named_params! {
        ":table": table.as_bytes(), ":partition": key.partition.as_bytes(),
        ":sort": key.sort.as_bytes(), ":now": now.cast_signed(),
    };
    select.query_row(parameters, |row| read_row(&key.partition, row)).optional()
}

/// A page of a partition.
pub(super) fn query(
    connection: &Connection,
    table: &str,
    selection: &Selection,
    now: Millis,
) -> rusqlite::Result<Page> {
    let bounds = Bounds::of(selection);
    let mut select = connection.prepare_cached(if selection.reverse { BACKWARD } else { FORWARD })?;
    let rows = select.query_map(
        named_params! {
            ":table": table.as_bytes(), ":partition": selection.partition.as_bytes(),
            ":first": bounds.first, ":after": bounds.after, ":before": bounds.before,
            ":now": now.cast_signed(),
        },
        |row| read_row(&selection.partition, row),
    )?;
    gather(rows, selection.limit as usize)
}

const FORWARD: &str = "SELECT sort, version, expires_at, counters, value FROM rows
    WHERE tbl = :table AND partition = :partition AND sort >= :first
    AND (:after IS NULL OR sort > :after) AND (:before IS NULL OR sort < :before)
    AND (expires_at IS NULL OR expires_at > :now) ORDER BY sort";

const BACKWARD: &str = "SELECT sort, version, expires_at, counters, value FROM rows
    WHERE tbl = :table AND partition = :partition AND sort >= :first
    AND (:after IS NULL OR sort > :after) AND (:before IS NULL OR sort < :before)
    AND (expires_at IS NULL OR expires_at > :now) ORDER BY sort DESC";

/// Which sort keys a page may hold.
struct Bounds {
    first: Vec<u8>,
    after: Option<Vec<u8>>,
    before: Option<Vec<u8>>,
}

impl Bounds {
    /// A cursor is the last sort key of the page before, so rows that are added or
    /// deleted meanwhile move nothing.
    fn of(selection: &Selection) -> Self {
        let first = selection.prefix.as_bytes().max(selection.from.as_bytes()).to_vec();
        let end = end_of_prefix(selection.prefix.as_bytes());
        let cursor = selection.cursor.as_ref().map(|cursor| cursor.as_bytes().to_vec());
        match (selection.reverse, cursor) {
            (false, after) => Self { first, after, before: end },
            (true, None) => Self { first, after: None, before: end },
            (true, Some(cursor)) => {
                Self { first, after: None, before: Some(end.map_or(cursor.clone(), |end| end.min(cursor))) }
            }
        }
    }
}

/// The first key after all that start with a prefix; none when there is no end.
fn end_of_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte < 0xff)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}

fn gather(rows: impl Iterator<Item = rusqlite::Result<Row>>, limit: usize) -> rusqlite::Result<Page> {
    let mut page = Page::default();
    let mut bytes = 0;
    for row in rows {
        let row = row?;
        bytes += row.size();
        let full = page.rows.len() == limit || bytes > MAX_PAGE;
        if let (true, Some(last)) = (full, page.rows.last()) {
            page.cursor = Some(last.key.sort.clone());
            break;
        }
        page.rows.push(row);
    }
    Ok(page)
}

fn read_row(partition: &str, row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let sort = String::from_utf8(row.get(0)?)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, error.into()))?;
    Ok(Row {
        key: Key::new(partition, sort),
        version: row.get::<_, i64>(1)?.cast_unsigned(),
        expires_at: row.get::<_, Option<i64>>(2)?.map(i64::cast_unsigned),
        counters: read_counters(row, 3)?.into_iter().collect(),
        value: row.get(4)?,
    })
}

/// The counters that a column holds as JSON.
pub(super) fn read_counters(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<BTreeMap<String, i64>> {
    let Some(json) = row.get_ref(column)?.as_blob_or_null()? else { return Ok(BTreeMap::new()) };
    serde_json::from_slice(json)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, error.into()))
}

#[cfg(test)]
mod tests {
    use super::end_of_prefix;

    #[test]
    fn a_prefix_ends_before_its_successor() {
        assert_eq!(end_of_prefix(b"ab"), Some(b"ac".to_vec()));
        assert_eq!(end_of_prefix(b"a\xff"), Some(b"b".to_vec()));
        assert_eq!(end_of_prefix(b"\xff"), None);
        assert_eq!(end_of_prefix(b""), None);
    }
}
