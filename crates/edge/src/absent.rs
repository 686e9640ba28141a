//! The capabilities that an edge does not have. The worker is granted none of them.

use async_trait::async_trait;
use bytes::Bytes;
use reel_capabilities::Capabilities;
use reel_capabilities::blob::{BlobError, Blobs, Body, Info, Location, Operation, Page as BlobPage, Part, Range};
use reel_capabilities::cache::{Cache, CacheError};
use reel_capabilities::config::Config;
use reel_capabilities::events::{Entry, EventError, Events, Record};
use reel_capabilities::notify::{Message, Notify, NotifyError};
use reel_capabilities::secrets::{SecretError, Secrets};
use reel_capabilities::table::{Key, Page, Row, Selection, TableError, Tables, Write};
use reel_capabilities::workflow::{Execution, WorkflowError, Workflows};
use std::sync::Arc;

const WHY: &str = "an edge has no such capability";

/// A configuration, and nothing else.
pub(crate) fn capabilities(config: impl Config + 'static) -> Capabilities {
    let absent = Arc::new(Absent);
    Capabilities {
        tables: absent.clone(),
        blobs: absent.clone(),
        events: absent.clone(),
        cache: absent.clone(),
        config: Arc::new(config),
        secrets: absent.clone(),
        notify: absent.clone(),
        workflows: absent,
    }
}

/// Refuses everything.
struct Absent;

macro_rules! refuse {
    ($($error:ident),*) => {
        $(impl From<Absent> for $error {
            fn from(_: Absent) -> Self {
                Self::Unavailable(WHY.into())
            }
        })*
    };
}

refuse!(BlobError, CacheError, EventError, NotifyError, SecretError, TableError, WorkflowError);

#[async_trait]
impl Tables for Absent {
    async fn get(&self, _: &str, _: &Key) -> Result<Option<Row>, TableError> {
        Err(Absent.into())
    }

    async fn query(&self, _: &str, _: &Selection) -> Result<Page, TableError> {
        Err(Absent.into())
    }

    async fn transact(&self, _: Vec<Write>) -> Result<Vec<u64>, TableError> {
        Err(Absent.into())
    }
}

#[async_trait]
impl Blobs for Absent {
    async fn head(&self, _: &str, _: &str) -> Result<Option<Info>, BlobError> {
        Err(Absent.into())
    }

    async fn open(&self, _: &str, _: &str, _: Option<Range>) -> Result<(Info, Body), BlobError> {
        Err(Absent.into())
    }

    async fn write(&self, _: &str, _: &str, _: &str, _: Body, _: bool) -> Result<Info, BlobError> {
        Err(Absent.into())
    }

    async fn delete(&self, _: &str, _: &str) -> Result<(), BlobError> {
        Err(Absent.into())
    }

    async fn list(&self, _: &str, _: &str, _: Option<&str>) -> Result<BlobPage, BlobError> {
        Err(Absent.into())
    }

    async fn create_upload(&self, _: &str, _: &str, _: &str) -> Result<String, BlobError> {
        Err(Absent.into())
    }

    async fn put_part(&self, _: &str, _: &str, _: &str, _: u32, _: Body) -> Result<Part, BlobError> {
        Err(Absent.into())
    }

    async fn list_parts(&self, _: &str, _: &str, _: &str) -> Result<Vec<Part>, BlobError> {
        Err(Absent.into())
    }

    async fn complete_upload(&self, _: &str, _: &str, _: &str, _: &[Part]) -> Result<Info, BlobError> {
        Err(Absent.into())
    }

    async fn abort_upload(&self, _: &str, _: &str, _: &str) -> Result<(), BlobError> {
        Err(Absent.into())
    }

    async fn presign(&self, _: &str, _: &str, _: Operation, _: u32) -> Result<String, BlobError> {
        Err(Absent.into())
    }

    async fn locate(&self, _: &str, _: &str) -> Result<Location, BlobError> {
        Err(Absent.into())
    }
}

#[async_trait]
impl Events for Absent {
    async fn append(&self, _: &str, _: Vec<Entry>) -> Result<u64, EventError> {
        Err(Absent.into())
    }

    async fn read(&self, _: &str, _: u64, _: usize) -> Result<Vec<Record>, EventError> {
        Err(Absent.into())
    }

    async fn position(&self, _: &str, _: &str) -> Result<u64, EventError> {
        Err(Absent.into())
    }

    async fn commit(&self, _: &str, _: &str, _: u64) -> Result<(), EventError> {
        Err(Absent.into())
    }

    async fn wait(&self, _: &str, _: u64) {
        std::future::pending().await
    }
}

#[async_trait]
impl Cache for Absent {
    async fn get(&self, _: &str, _: &str) -> Result<Option<Bytes>, CacheError> {
        Err(Absent.into())
    }

    async fn set(&self, _: &str, _: &str, _: Bytes, _: u64) -> Result<(), CacheError> {
        Err(Absent.into())
    }

    async fn delete(&self, _: &str, _: &str) -> Result<(), CacheError> {
        Err(Absent.into())
    }

    async fn increment(&self, _: &str, _: &str, _: i64, _: u64) -> Result<i64, CacheError> {
        Err(Absent.into())
    }
}

#[async_trait]
impl Secrets for Absent {
    async fn get(&self, _: &str) -> Result<Vec<u8>, SecretError> {
        Err(Absent.into())
    }
}

#[async_trait]
impl Notify for Absent {
    async fn send(&self, _: Message) -> Result<(), NotifyError> {
        Err(Absent.into())
    }
}

#[async_trait]
impl Workflows for Absent {
    async fn start(&self, _: &str, _: &str, _: serde_json::Value) -> Result<(), WorkflowError> {
        Err(Absent.into())
    }

    async fn describe(&self, _: &str, _: &str) -> Result<Execution, WorkflowError> {
        Err(Absent.into())
    }
}
