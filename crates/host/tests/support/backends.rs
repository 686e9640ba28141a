//! Backends in memory: as much of each as the guests use.

use async_trait::async_trait;
use bytes::Bytes;
use reel_capabilities::blob::{self, BlobError, Blobs, Info, Location, Operation, Part, Range};
use reel_capabilities::cache::{Cache, CacheError};
use reel_capabilities::config::{Config, ConfigError};
use reel_capabilities::events::{Entry, EventError, Events, Record};
use reel_capabilities::notify::{Message, Notify, NotifyError};
use reel_capabilities::secrets::{SecretError, Secrets};
use reel_capabilities::table::{Change, Key, Page, Row, Selection, TableError, Tables, Write};
use reel_capabilities::workflow::{Execution, WorkflowError, Workflows};
use reel_capabilities::{Capabilities, Millis};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::{Semaphore, watch};

/// What the functions of one test run on.
#[derive(Clone, Default)]
pub(crate) struct Backends {
    pub(crate) tables: Arc<MemoryTables>,
    pub(crate) events: Arc<MemoryEvents>,
    pub(crate) blobs: Arc<MemoryBlobs>,
}

impl Backends {
    pub(crate) fn capabilities(&self) -> Capabilities {
        Capabilities {
            tables: self.tables.clone(),
            blobs: self.blobs.clone(),
            events: self.events.clone(),
            cache: Arc::new(Nothing),
            config: Arc::new(Nothing),
            secrets: Arc::new(Nothing),
            notify: Arc::new(Nothing),
            workflows: Arc::new(Nothing),
        }
    }
}

/// Rows; who reads table `gate` waits for a permit of it, and tells that it waits.
pub(crate) struct MemoryTables {
    rows: Mutex<HashMap<(String, Key), Row>>,
    pub(crate) gate: Semaphore,
    pub(crate) waiting: watch::Sender<usize>,
}

impl Default for MemoryTables {
    fn default() -> Self {
        Self { rows: Mutex::default(), gate: Semaphore::new(0), waiting: watch::Sender::new(0) }
    }
}

impl MemoryTables {
    pub(crate) fn counter(&self, table: &str, partition: &str, sort: &str, counter: &str) -> i64 {
        let rows = self.rows.lock().unwrap();
        let row = rows.get(&(table.to_owned(), Key::new(partition, sort)));
        row.and_then(|row| row.counters.iter().find(|(name, _)| name == counter)).map_or(0, |(_, value)| *value)
    }
}

#[async_trait]
impl Tables for MemoryTables {
    async fn get(&self, table: &str, key: &Key) -> Result<Option<Row>, TableError> {
        if table == "gate" {
            self.waiting.send_modify(|waiting| *waiting += 1);
            self.gate.acquire().await.unwrap().forget();
        }
        Ok(self.rows.lock().unwrap().get(&(table.to_owned(), key.clone())).cloned())
    }

    async fn query(&self, _: &str, _: &Selection) -> Result<Page, TableError> {
        Err(TableError::Unavailable("not in these tests".into()))
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<Vec<u64>, TableError> {
        let mut rows = self.rows.lock().unwrap();
        let versions = writes.into_iter().map(|write| {
            let new = Row { key: write.key.clone(), version: 0, value: vec![], counters: vec![], expires_at: None };
            let row = rows.entry((write.table, write.key)).or_insert(new);
            row.version += 1;
            match write.change {
                Change::Put { value, .. } => row.value = value,
                Change::Add(counters) => counters.into_iter().for_each(|(name, by)| add(row, name, by)),
                Change::Delete | Change::Check => {}
            }
            row.version
        });
        Ok(versions.collect())
    }
}

fn add(row: &mut Row, name: String, by: i64) {
    match row.counters.iter_mut().find(|(counter, _)| *counter == name) {
        Some((_, value)) => *value += by,
        None => row.counters.push((name, by)),
    }
}

/// Streams and positions.
#[derive(Default)]
pub(crate) struct MemoryEvents {
    streams: Mutex<HashMap<String, Vec<Record>>>,
    positions: Mutex<HashMap<(String, String), u64>>,
    changed: watch::Sender<u64>,
}

impl MemoryEvents {
    /// Waits until a stream holds so many records.
    pub(crate) async fn holds(&self, stream: &str, count: usize) -> Vec<Record> {
        let mut changed = self.changed.subscribe();
        loop {
            let records = self.streams.lock().unwrap().get(stream).cloned().unwrap_or_default();
            if records.len() >= count {
                return records;
            }
            changed.changed().await.unwrap();
        }
    }

    /// Waits until a consumer has come to a position.
    pub(crate) async fn reaches(&self, stream: &str, consumer: &str, position: u64) {
        let mut changed = self.changed.subscribe();
        while self.position(stream, consumer).await.unwrap() < position {
            changed.changed().await.unwrap();
        }
    }
}

#[async_trait]
impl Events for MemoryEvents {
    async fn append(&self, stream: &str, entries: Vec<Entry>) -> Result<u64, EventError> {
        let mut streams = self.streams.lock().unwrap();
        let records = streams.entry(stream.to_owned()).or_default();
        for Entry { key, data } in entries {
            records.push(Record { position: records.len() as u64 + 1, at: 1 as Millis, key, data });
        }
        self.changed.send_modify(|count| *count += 1);
        Ok(records.len() as u64)
    }

    async fn read(&self, stream: &str, after: u64, limit: usize) -> Result<Vec<Record>, EventError> {
        let streams = self.streams.lock().unwrap();
        let records = streams.get(stream).into_iter().flatten().filter(|record| record.position > after);
        Ok(records.take(limit).cloned().collect())
    }

    async fn position(&self, stream: &str, consumer: &str) -> Result<u64, EventError> {
        let positions = self.positions.lock().unwrap();
        Ok(positions.get(&(stream.to_owned(), consumer.to_owned())).copied().unwrap_or(0))
    }

    async fn commit(&self, stream: &str, consumer: &str, position: u64) -> Result<(), EventError> {
        self.positions.lock().unwrap().insert((stream.to_owned(), consumer.to_owned()), position);
        self.changed.send_modify(|count| *count += 1);
        Ok(())
    }

    async fn wait(&self, stream: &str, after: u64) {
        let mut changed = self.changed.subscribe();
        while self.read(stream, after, 1).await.unwrap_or_default().is_empty() {
            if changed.changed().await.is_err() {
                return;
            }
        }
    }
}

/// Objects by bucket and key.
#[derive(Default)]
pub(crate) struct MemoryBlobs(Mutex<HashMap<(String, String), Bytes>>);

impl MemoryBlobs {
    pub(crate) fn insert(&self, bucket: &str, key: &str, bytes: impl Into<Bytes>) {
        self.0.lock().unwrap().insert((bucket.into(), key.into()), bytes.into());
    }

    fn find(&self, bucket: &str, key: &str) -> Result<(Info, Bytes), BlobError> {
        let objects = self.0.lock().unwrap();
        let bytes = objects.get(&(bucket.to_owned(), key.to_owned())).ok_or_else(|| BlobError::NotFound(key.into()))?;
        let info = Info {
            key: key.into(),
            size: bytes.len() as u64,
            etag: "tag".into(),
            modified_at: 1,
            content_type: "video/iso.segment".into(),
        };
        Ok((info, bytes.clone()))
    }
}

fn absent<T>() -> Result<T, BlobError> {
    Err(BlobError::Unavailable("not in these tests".into()))
}

#[async_trait]
impl Blobs for MemoryBlobs {
    async fn head(&self, bucket: &str, key: &str) -> Result<Option<Info>, BlobError> {
        Ok(self.find(bucket, key).ok().map(|(info, _)| info))
    }
    async fn open(&self, bucket: &str, key: &str, range: Option<Range>) -> Result<(Info, blob::Body), BlobError> {
        let (info, bytes) = self.find(bucket, key)?;
        let bytes = range.map_or(bytes.clone(), |r| bytes.slice(r.offset as usize..(r.offset + r.length) as usize));
        Ok((info, blob::body(bytes)))
    }
    async fn write(&self, _: &str, _: &str, _: &str, _: blob::Body, _: bool) -> Result<Info, BlobError> {
        absent()
    }
    async fn delete(&self, _: &str, _: &str) -> Result<(), BlobError> {
        absent()
    }
    async fn list(&self, _: &str, _: &str, _: Option<&str>) -> Result<blob::Page, BlobError> {
        absent()
    }
    async fn create_upload(&self, _: &str, _: &str, _: &str) -> Result<String, BlobError> {
        absent()
    }
    async fn put_part(&self, _: &str, _: &str, _: &str, _: u32, _: blob::Body) -> Result<Part, BlobError> {
        absent()
    }
    async fn list_parts(&self, _: &str, _: &str, _: &str) -> Result<Vec<Part>, BlobError> {
        absent()
    }
    async fn complete_upload(&self, _: &str, _: &str, _: &str, _: &[Part]) -> Result<Info, BlobError> {
        absent()
    }
    async fn abort_upload(&self, _: &str, _: &str, _: &str) -> Result<(), BlobError> {
        absent()
    }
    async fn presign(&self, _: &str, _: &str, _: Operation, _: u32) -> Result<String, BlobError> {
        absent()
    }
    async fn locate(&self, _: &str, _: &str) -> Result<Location, BlobError> {
        absent()
    }
}

/// For what no guest uses.
struct Nothing;

#[async_trait]
impl Cache for Nothing {
    async fn get(&self, _: &str, _: &str) -> Result<Option<Bytes>, CacheError> {
        Ok(None)
    }
    async fn set(&self, _: &str, _: &str, _: Bytes, _: u64) -> Result<(), CacheError> {
        Ok(())
    }
    async fn delete(&self, _: &str, _: &str) -> Result<(), CacheError> {
        Ok(())
    }
    async fn increment(&self, _: &str, _: &str, by: i64, _: u64) -> Result<i64, CacheError> {
        Ok(by)
    }
}

impl Config for Nothing {
    fn get(&self, _: &str) -> Result<Option<String>, ConfigError> {
        Ok(None)
    }
    fn all(&self) -> Result<Vec<(String, String)>, ConfigError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Secrets for Nothing {
    async fn get(&self, name: &str) -> Result<Vec<u8>, SecretError> {
        Err(SecretError::NotFound(name.into()))
    }
}

#[async_trait]
impl Notify for Nothing {
    async fn send(&self, _: Message) -> Result<(), NotifyError> {
        Ok(())
    }
}

#[async_trait]
impl Workflows for Nothing {
    async fn start(&self, _: &str, _: &str, _: Value) -> Result<(), WorkflowError> {
        Ok(())
    }
    async fn describe(&self, _: &str, name: &str) -> Result<Execution, WorkflowError> {
        Err(WorkflowError::NotFound(name.into()))
    }
}
