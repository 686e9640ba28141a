//! Receives a body into a staged file.

use super::{Store, unavailable};
use bytes::Bytes;
use futures::TryStreamExt;
use reel_capabilities::blob::{BlobError, Body};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// How much is gathered before a thread is asked to write it, in bytes.
const GATHER: usize = 1024 * 1024;

/// Content that is on the disk, under a name of this process alone. Removed when it is
/// dropped without having been moved.
pub(super) struct Staged {
    id: String,
    path: PathBuf,
    /// Its length in bytes.
    pub(super) size: u64,
    /// The first half of its SHA-256 in hexadecimal.
    pub(super) etag: String,
}

impl Staged {
    /// Files that were made elsewhere, for example by joining parts.
    pub(super) fn new(store: &Store) -> Self {
        let id = Uuid::now_v7().simple().to_string();
        let path = store.session.path(&id, "content");
        Self { id, path, size: 0, etag: String::new() }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// The first half of a SHA-256, in hexadecimal.
pub(super) fn etag(digest: Sha256) -> String {
    hex::encode(&digest.finalize()[..16])
}

struct Sink {
    staged: Staged,
    file: File,
    digest: Sha256,
}

impl Sink {
    fn open(staged: Staged) -> Result<Self, BlobError> {
        let open = OpenOptions::new().write(true).create_new(true).open(&staged.path);
        let file = open.map_err(|error| unavailable(&error, &staged.path))?;
        Ok(Self { staged, file, digest: Sha256::new() })
    }

    fn write(mut self, chunks: Vec<Bytes>) -> Result<Self, BlobError> {
        for chunk in chunks {
            self.digest.update(&chunk);
            self.file.write_all(&chunk).map_err(|error| unavailable(&error, &self.staged.path))?;
            self.staged.size += chunk.len() as u64;
        }
        Ok(self)
    }

    fn finish(mut self) -> Result<Staged, BlobError> {
        self.file.sync_all().map_err(|error| unavailable(&error, &self.staged.path))?;
        self.staged.etag = etag(self.digest);
        Ok(self.staged)
    }
}

/// Writes a body to the disk. When it ends in an error, nothing is left.
pub(super) async fn receive(store: &Store, mut body: Body) -> Result<Staged, BlobError> {
    let staged = Staged::new(store);
    let mut sink = apart(move || Sink::open(staged)).await?;
    let (mut chunks, mut bytes) = (Vec::new(), 0);
    while let Some(chunk) = body.try_next().await? {
        bytes += chunk.len();
        chunks.push(chunk);
        if bytes >= GATHER {
            let full = std::mem::take(&mut chunks);
            sink = apart(move || sink.write(full)).await?;
            bytes = 0;
        }
    }
    apart(move || sink.write(chunks)?.finish()).await
}

async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    let task = tokio::task::spawn_blocking(work).await;
    task.map_err(|error| BlobError::Unavailable(format!("file work was given up: {error}")))?
}
