//! `reel:cache` in DynamoDB: one table for all caches.
//!
//! - An item holds 400 KB, a value may have 1 MiB. A larger one goes into pieces, items of their
//!   own, and then into the item that names them. Whoever reads meanwhile finds the old value or
//!   the new one. The pieces of a value that was replaced stay until its time is up: so somebody
//!   who reads them now is not disturbed, and DynamoDB deletes them for nothing.
//! - An addition is one conditional `UpdateItem`. Each leaves its id, so that one whose answer was
//!   lost finds itself when it is made again. Only when another addition came in between, it counts
//!   twice. None is lost.
//! - When a value ends is compared with the clock of who asks: instances whose clocks differ
//!   differ by as much. DynamoDB deletes what has ended, within days.

mod counter;
mod item;
mod pieces;

use crate::failure::{self, Fault};
use crate::layout::Layout;
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use bytes::Bytes;
use item::{Content, Item};
use reel_capabilities::Clock;
use reel_capabilities::cache::{self, Cache, CacheError};
use std::sync::Arc;

/// What the table looks like.
pub const LAYOUT: Layout = Layout { partition: item::NAME, sort: None, ttl: Some(item::TTL) };

/// Named caches in a table of DynamoDB.
pub struct DynamoCache {
    client: Client,
    table: String,
    clock: Arc<dyn Clock>,
}

impl DynamoCache {
    /// The caches in a table, which must be there and look like [`LAYOUT`].
    pub fn new(client: Client, table: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        Self { client, table: table.into(), clock }
    }

    async fn read(&self, name: &str) -> Result<Option<Item>, Fault> {
        let call = self.client.get_item().table_name(&self.table).set_key(Some(item::key(name)));
        let found = call.consistent_read(true).send().await.map_err(|error| failure::fault_at(&self.table, error))?;
        Ok(found.item)
    }

    async fn write(&self, item: Item) -> Result<(), Fault> {
        let call = self.client.put_item().table_name(&self.table).set_item(Some(item));
        call.send().await.map(drop).map_err(|error| failure::fault_at(&self.table, error))
    }
}

#[async_trait]
impl Cache for DynamoCache {
    async fn get(&self, cache: &str, key: &str) -> Result<Option<Bytes>, CacheError> {
        cache::validate_key(key)?;
        let Some(item) = self.read(&item::name(cache, key)).await? else { return Ok(None) };
        match item::content(&item, self.clock.now())? {
            Some(Content::Whole(value)) => Ok(Some(value)),
            Some(Content::Pieces { id, count }) => Ok(self.join(&id, count).await?),
            None => Ok(None),
        }
    }

    async fn set(&self, cache: &str, key: &str, value: Bytes, ttl_ms: u64) -> Result<(), CacheError> {
        cache::validate(key, value.len(), ttl_ms)?;
        let ends_at = self.clock.now().saturating_add(ttl_ms);
        let content = match value.len() {
            ..=pieces::LARGEST => Content::Whole(value),
            _ => self.cut(&value, ends_at).await?,
        };
        Ok(self.write(item::of(&item::name(cache, key), content, ends_at)).await?)
    }

    async fn delete(&self, cache: &str, key: &str) -> Result<(), CacheError> {
        cache::validate_key(key)?;
        let call = self.client.delete_item().table_name(&self.table).set_key(Some(item::key(&item::name(cache, key))));
        call.send().await.map(drop).map_err(|error| failure::fault_at(&self.table, error).into())
    }

    async fn increment(&self, cache: &str, key: &str, by: i64, ttl_ms: u64) -> Result<i64, CacheError> {
        cache::validate(key, 0, ttl_ms)?;
        self.add(&item::name(cache, key), key, by, ttl_ms).await
    }
}
