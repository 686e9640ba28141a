//! `reel:table` in DynamoDB: one table of its own for each table of Reel.
//!
//! Every change goes through `TransactWriteItems` with a token, single rows too. It costs
//! twice the write units of a plain put, and buys that a call whose answer was lost can be
//! made again: DynamoDB knows the token and answers what it answered before. A plain
//! conditional put would find its own write and call it a conflict, a plain addition would
//! count twice.

mod item;
mod making;
mod plan;
mod query;
mod transact;
mod turns;

use crate::failure::{self, Fault};
use crate::layout::Layout;
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use reel_capabilities::Clock;
use reel_capabilities::table::{self, Key, Page, Row, Selection, TableError, Tables, Write};
use std::sync::Arc;
use turns::Turns;

/// What each of the tables looks like.
pub const LAYOUT: Layout = Layout { partition: item::PARTITION, sort: Some(item::SORT), ttl: Some(item::TTL) };

/// Ordered rows in DynamoDB.
pub struct DynamoTables {
    client: Client,
    prefix: String,
    clock: Arc<dyn Clock>,
    makes_tables: bool,
    turns: Turns,
}

impl DynamoTables {
    /// The rows in the tables whose names start with `prefix`. The tables must be there.
    pub fn new(client: Client, prefix: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        Self { client, prefix: prefix.into(), clock, makes_tables: false, turns: Turns::default() }
    }

    /// Makes a table when it is first written to, as an emulator wants it. A deployment
    /// describes its tables, and gives nobody the right to make more.
    pub fn making_tables(self) -> Self {
        Self { makes_tables: true, ..self }
    }

    /// What DynamoDB calls a table.
    fn name(&self, table: &str) -> Result<String, TableError> {
        let name = format!("{}{table}", self.prefix);
        let fits = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if table.is_empty() || !fits || !(3..=255).contains(&name.len()) {
            return Err(TableError::Invalid(format!(
                "a table's name is of letters, digits, '-', '_' and '.', and has 3 to 255 bytes with its prefix, not {name:?}"
            )));
        }
        Ok(name)
    }

    /// What reading from a table that is not there means: that it is empty, or that it
    /// was forgotten.
    fn missing<T: Default>(&self, name: &str) -> Result<T, TableError> {
        if self.makes_tables {
            return Ok(T::default());
        }
        Err(TableError::Unavailable(format!("DynamoDB has no table {name}: it is part of the deployment")))
    }
}

#[async_trait]
impl Tables for DynamoTables {
    async fn get(&self, table: &str, key: &Key) -> Result<Option<Row>, TableError> {
        table::validate_key(key)?;
        let name = self.name(table)?;
        let call = self.client.get_item().table_name(&name).set_key(Some(item::key(key))).consistent_read(true);
        match call.send().await.map_err(failure::fault) {
            Ok(found) => Ok(item::live_row(found.item, self.clock.now())?),
            Err(Fault::Missing) => self.missing(&name),
            Err(fault) => Err(fault.into()),
        }
    }

    async fn query(&self, table: &str, selection: &Selection) -> Result<Page, TableError> {
        table::validate_selection(selection)?;
        let name = self.name(table)?;
        match query::page(&self.client, &name, selection, self.clock.now()).await {
            Err(Fault::Missing) => self.missing(&name),
            page => Ok(page?),
        }
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<Vec<u64>, TableError> {
        table::validate(&writes)?;
        let names: Vec<String> = writes.iter().map(|write| self.name(&write.table)).collect::<Result<_, _>>()?;
        let _turns = self.turns.take(&writes).await;
        self.transact_in_turn(&writes, &names).await
    }
}
