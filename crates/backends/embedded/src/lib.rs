//! The capabilities on one machine: SQLite, files and memory.
//!
//! [`Embedded::open`] opens a data folder with all of them; `workflows` come from another
//! crate. A process beside the platform that only needs objects opens
//! [`blob::FileBlobs::open`] on the folder's `blobs`.
#![deny(missing_docs)]

pub mod blob;
pub mod cache;
pub mod config;
mod durable;
pub mod events;
pub mod lock;
pub mod notify;
pub mod secrets;
mod sqlite;
pub mod table;

use blob::{FileBlobs, PresignError, PresignKey};
use cache::MemoryCache;
use config::{FileConfig, Settings};
use events::SqliteEvents;
use lock::{FolderLock, LockError};
use notify::Outbox;
use reel_capabilities::{Capabilities, Clock, workflow::Workflows};
use secrets::FileSecrets;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use table::SqliteTables;

/// How much the cache holds, in bytes.
const CACHE_BYTES: usize = 64 * 1024 * 1024;
/// The secret that signs URLs.
const PRESIGN_SECRET: &str = "blob-presign";

/// Why a data folder cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process uses it, or it cannot be locked.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The folder cannot be made or read.
    #[error("{0}")]
    Folder(String),
    /// The rows do not open.
    #[error("rows: {0}")]
    Tables(#[from] reel_capabilities::table::TableError),
    /// The objects do not open.
    #[error("objects: {0}")]
    Blobs(#[from] reel_capabilities::blob::BlobError),
    /// The event log does not open.
    #[error("event log: {0}")]
    Events(#[from] reel_capabilities::events::EventError),
    /// The settings cannot be read.
    #[error(transparent)]
    Config(#[from] reel_capabilities::config::ConfigError),
    /// The secrets are not safe or cannot be read.
    #[error("secrets: {0}")]
    Secrets(#[from] reel_capabilities::secrets::SecretError),
    /// The key for presigned URLs cannot be used.
    #[error("the secret {PRESIGN_SECRET}: {0}")]
    Presign(#[from] PresignError),
    /// The outbox does not open.
    #[error("outbox: {0}")]
    Notify(#[from] reel_capabilities::notify::NotifyError),
}

/// All capabilities of one data folder but workflows. The folder is locked until this and
/// the stores taken from it are gone.
pub struct Embedded {
    /// Ordered rows, in `tables.sqlite`.
    pub tables: Arc<SqliteTables>,
    /// Objects, in `blobs`.
    pub blobs: Arc<FileBlobs>,
    /// The event log, in `events.sqlite`.
    pub events: Arc<SqliteEvents>,
    /// The cache, in memory.
    pub cache: Arc<MemoryCache>,
    /// The settings, from `config.toml`.
    pub config: Arc<FileConfig>,
    /// The secrets, in `secrets`.
    pub secrets: Arc<FileSecrets>,
    /// The outbox, in `outbox`.
    pub notify: Arc<Outbox>,
}

/// Where the objects of a data folder stand, for a process that opens only those.
pub fn blob_folder(data: &Path) -> PathBuf {
    data.join("blobs")
}

fn remove_drafts(data: &Path) -> Result<(), OpenError> {
    let folders = ["secrets", "outbox"].map(|name| data.join(name));
    let refused = |error: std::io::Error| OpenError::Folder(durable::explain(&error, data));
    folders.iter().try_for_each(|folder| durable::remove_drafts(folder)).map_err(refused)
}

impl Embedded {
    /// Opens a data folder, creating it, and cleans up what a crash left in it.
    /// `defaults` hold for what its `config.toml` does not set.
    pub fn open(data: &Path, clock: Arc<dyn Clock>, defaults: Settings) -> Result<Self, OpenError> {
        durable::create_folders(data).map_err(|error| OpenError::Folder(durable::explain(&error, data)))?;
        let lock = Arc::new(FolderLock::acquire(data)?);
        let secrets = FileSecrets::open(&data.join("secrets"))?;
        let notify = Outbox::open(&data.join("outbox"))?;
        remove_drafts(data)?;
        let key = PresignKey::new(&secrets.generate(PRESIGN_SECRET, 32)?)?;
        let blobs = FileBlobs::open(&blob_folder(data))?.with_clock(Arc::clone(&clock)).with_key(key);
        blobs.sweep()?;
        let tables = SqliteTables::open(&data.join("tables.sqlite"), Arc::clone(&clock))?;
        let events = SqliteEvents::open(&data.join("events.sqlite"), Arc::clone(&clock))?;
        Ok(Self {
            tables: Arc::new(tables.holding(Arc::clone(&lock))),
            blobs: Arc::new(blobs),
            events: Arc::new(events.holding(lock)),
            cache: Arc::new(MemoryCache::new(CACHE_BYTES, clock)),
            config: Arc::new(FileConfig::open(&data.join("config.toml"), defaults)?),
            secrets: Arc::new(secrets),
            notify: Arc::new(notify),
        })
    }

    /// All capabilities, with the workflows that the caller brings.
    pub fn capabilities(&self, workflows: Arc<dyn Workflows>) -> Capabilities {
        Capabilities {
            tables: self.tables.clone(),
            blobs: self.blobs.clone(),
            events: self.events.clone(),
            cache: self.cache.clone(),
            config: self.config.clone(),
            secrets: self.secrets.clone(),
            notify: self.notify.clone(),
            workflows,
        }
    }
}
