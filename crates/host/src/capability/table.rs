//! `reel:table`.

use crate::bindings::reel::table::rows::{self, Error};
use crate::capability::Lent;
use crate::state::{Lending, State, lent};
use reel_app::Access;
use reel_capabilities::table::{Change, Condition, Key, Page, Row, Selection, TableError, Write};
use wasmtime::component::Accessor;

impl rows::Host for State {}

impl rows::HostWithStore<State> for Lending {
    async fn get(accessor: &Accessor<State, Self>, table: String, key: rows::Key) -> Result<Option<rows::Row>, Error> {
        let lent = lent(accessor);
        lent.check_table(&table, Access::Read)?;
        Ok(lent.capabilities.tables.get(&table, &key.into()).await?.map(rows::Row::from))
    }

    async fn query(
        accessor: &Accessor<State, Self>,
        table: String,
        selection: rows::Selection,
    ) -> Result<rows::Page, Error> {
        let lent = lent(accessor);
        lent.check_table(&table, Access::Read)?;
        Ok(lent.capabilities.tables.query(&table, &selection.into()).await?.into())
    }

    async fn transact(accessor: &Accessor<State, Self>, writes: Vec<rows::Write>) -> Result<Vec<u64>, Error> {
        let lent = lent(accessor);
        for write in &writes {
            let reads = matches!(write.change, rows::Change::Check);
            lent.check_table(&write.table, if reads { Access::Read } else { Access::Write })?;
        }
        let writes = writes.into_iter().map(Write::from).collect();
        Ok(lent.capabilities.tables.transact(writes).await?)
    }
}

impl Lent {
    fn check_table(&self, table: &str, access: Access) -> Result<(), Error> {
        match self.allows_access("tables", &self.grants.tables, table, access) {
            true => Ok(()),
            false => Err(Error::Denied(table.to_owned())),
        }
    }
}

impl From<TableError> for Error {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Conflict(index) => Self::Conflict(index),
            TableError::Invalid(why) => Self::Invalid(why),
            TableError::Unavailable(why) => Self::Unavailable(why),
        }
    }
}

impl From<rows::Key> for Key {
    fn from(key: rows::Key) -> Self {
        Self { partition: key.partition, sort: key.sort }
    }
}

impl From<Row> for rows::Row {
    fn from(row: Row) -> Self {
        let key = rows::Key { partition: row.key.partition, sort: row.key.sort };
        Self { key, version: row.version, value: row.value, counters: row.counters, expires_at: row.expires_at }
    }
}

impl From<rows::Selection> for Selection {
    fn from(wanted: rows::Selection) -> Self {
        let rows::Selection { partition, prefix, from, reverse, limit, cursor } = wanted;
        Self { partition, prefix, from, reverse, limit, cursor }
    }
}

impl From<Page> for rows::Page {
    fn from(page: Page) -> Self {
        Self { rows: page.rows.into_iter().map(rows::Row::from).collect(), cursor: page.cursor }
    }
}

impl From<rows::Write> for Write {
    fn from(write: rows::Write) -> Self {
        let condition = match write.condition {
            rows::Condition::Always => Condition::Always,
            rows::Condition::Absent => Condition::Absent,
            rows::Condition::Present => Condition::Present,
            rows::Condition::Version(version) => Condition::Version(version),
        };
        let change = match write.change {
            rows::Change::Put(put) => Change::Put { value: put.value, expires_at: put.expires_at },
            rows::Change::Delete => Change::Delete,
            rows::Change::Add(counters) => Change::Add(counters),
            rows::Change::Check => Change::Check,
        };
        Self { table: write.table, key: write.key.into(), condition, change }
    }
}
