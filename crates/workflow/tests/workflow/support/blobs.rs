use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use reel_capabilities::blob::{self, BlobError, Blobs, Body, Info, Location, Operation, Page, Part, Range};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Buckets in memory: what the runner uses of them.
#[derive(Default)]
pub(crate) struct MemoryBlobs(Mutex<BTreeMap<String, (Bytes, u64)>>);

impl MemoryBlobs {
    pub(crate) fn put_json(&self, bucket: &str, key: &str, json: &Value) {
        self.store(bucket, key, json.to_string().into());
    }

    /// The objects' names, `bucket/key`.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.lock().expect("unpoisoned").keys().cloned().collect()
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        let objects = self.0.lock().expect("unpoisoned");
        let (bytes, _) = objects.get(name).unwrap_or_else(|| panic!("no object {name}"));
        serde_json::from_slice(bytes).expect("JSON")
    }

    fn store(&self, bucket: &str, key: &str, bytes: Bytes) -> Info {
        let mut objects = self.0.lock().expect("unpoisoned");
        let version = objects.len() as u64 + objects.values().map(|(_, version)| version).max().unwrap_or(&0);
        objects.insert(format!("{bucket}/{key}"), (bytes.clone(), version));
        info(key, &bytes, version)
    }
}

fn info(key: &str, bytes: &Bytes, version: u64) -> Info {
    let size = bytes.len() as u64;
    Info { key: key.into(), size, etag: version.to_string(), modified_at: 0, content_type: "application/json".into() }
}

fn unused<T>() -> Result<T, BlobError> {
    Err(BlobError::Invalid("the runner does not use this".into()))
}

#[async_trait]
impl Blobs for MemoryBlobs {
    async fn head(&self, _: &str, _: &str) -> Result<Option<Info>, BlobError> {
        unused()
    }

    async fn open(&self, bucket: &str, key: &str, _: Option<Range>) -> Result<(Info, Body), BlobError> {
        let name = format!("{bucket}/{key}");
        let found = self.0.lock().expect("unpoisoned").get(&name).cloned();
        let (bytes, version) = found.ok_or(BlobError::NotFound(name))?;
        Ok((info(key, &bytes, version), blob::body(bytes)))
    }

    async fn write(&self, bucket: &str, key: &str, _: &str, body: Body, _: bool) -> Result<Info, BlobError> {
        blob::validate_name(bucket, key)?;
        let chunks: Vec<_> = body.try_collect().await?;
        Ok(self.store(bucket, key, chunks.concat().into()))
    }

    async fn delete(&self, _: &str, _: &str) -> Result<(), BlobError> {
        unused()
    }

    async fn list(&self, _: &str, _: &str, _: Option<&str>) -> Result<Page, BlobError> {
        unused()
    }

    async fn create_upload(&self, _: &str, _: &str, _: &str) -> Result<String, BlobError> {
        unused()
    }

    async fn put_part(&self, _: &str, _: &str, _: &str, _: u32, _: Body) -> Result<Part, BlobError> {
        unused()
    }

    async fn list_parts(&self, _: &str, _: &str, _: &str) -> Result<Vec<Part>, BlobError> {
        unused()
    }

    async fn complete_upload(&self, _: &str, _: &str, _: &str, _: &[Part]) -> Result<Info, BlobError> {
        unused()
    }

    async fn abort_upload(&self, _: &str, _: &str, _: &str) -> Result<(), BlobError> {
        unused()
    }

    async fn presign(&self, _: &str, _: &str, _: Operation, _: u32) -> Result<String, BlobError> {
        unused()
    }

    async fn locate(&self, _: &str, _: &str) -> Result<Location, BlobError> {
        unused()
    }
}
