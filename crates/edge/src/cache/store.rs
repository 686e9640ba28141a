//! Objects in memory and on disk.

use super::object::Object;
use crate::EdgeError;
use foyer::{
    BlockEngineConfig, Device, DeviceBuilder, FsDeviceBuilder, HybridCache, HybridCacheBuilder, HybridCachePolicy,
    PsyncIoEngineConfig, RecoverMode, S3FifoConfig,
};
use std::path::Path;
use std::sync::Arc;

/// The largest object that is kept, in bytes: four seconds at 64 Mbit/s.
pub(crate) const MAX_OBJECT: usize = 32 * MIB;
const MIB: usize = 1024 * 1024;
/// What foyer writes beside an object in its block, at most.
const BLOCK_OVERHEAD: usize = 64 * 1024;
/// Memory is split, each part with a lock of its own, but not so that large objects do not fit.
const SHARD: usize = 1024 * MIB;

/// The objects of an edge: those used most in memory, all on disk until it is full.
#[derive(Clone, Debug)]
pub(crate) struct Store(HybridCache<String, Object>);

impl Store {
    /// Opens the store in a folder, with what an earlier run left there.
    pub(crate) async fn open(folder: &Path, memory: usize, disk: usize) -> Result<Self, EdgeError> {
        let failed = |e: foyer::Error| EdgeError::Store(folder.display().to_string(), e.to_string());
        std::fs::create_dir_all(folder).map_err(|e| EdgeError::Store(folder.display().to_string(), e.to_string()))?;
        let device = FsDeviceBuilder::new(folder).with_capacity(disk).build().map_err(failed)?;
        let cache = HybridCacheBuilder::new()
            .with_name("segments")
            // At once, so that a killed edge still has them.
            .with_policy(HybridCachePolicy::WriteOnInsertion)
            .memory(memory)
            .with_shards((memory / SHARD).clamp(1, 16))
            .with_eviction_config(S3FifoConfig::default())
            .with_weighter(|key: &String, object: &Object| key.len() + object.weight())
            .storage()
            .with_io_engine_config(PsyncIoEngineConfig::new())
            .with_engine_config(engine(device, disk))
            .with_recover_mode(RecoverMode::Quiet);
        Ok(Self(cache.build().await.map_err(failed)?))
    }

    /// An object, from memory or disk. A disk that cannot be read counts as a miss.
    pub(crate) async fn get(&self, key: &str) -> Option<Object> {
        match self.0.get(key).await {
            Ok(found) => found.map(|entry| entry.value().clone()),
            Err(error) => {
                tracing::warn!(%error, key, "the cache cannot be read");
                None
            }
        }
    }

    pub(crate) fn insert(&self, key: &str, object: Object) {
        self.0.insert(key.to_owned(), object);
    }

    /// Bytes of memory that objects take.
    pub(crate) fn memory_used(&self) -> usize {
        self.0.memory().usage()
    }

    /// Bytes written to disk since the start.
    pub(crate) fn disk_written(&self) -> usize {
        self.0.statistics().disk_write_bytes()
    }

    /// Writes what is still to be written.
    pub(crate) async fn close(&self) -> Result<(), EdgeError> {
        self.0.close().await.map_err(|e| EdgeError::Store("the cache".into(), e.to_string()))
    }
}

/// A block holds one object at least, and a disk several blocks, for they are evicted whole.
fn engine(device: Arc<dyn Device>, disk: usize) -> BlockEngineConfig<String, Object, foyer::HybridCacheProperties> {
    let block = (disk / 8).clamp(MIB, MAX_OBJECT + BLOCK_OVERHEAD);
    BlockEngineConfig::new(device)
        .with_block_size(block)
        .with_buffer_pool_size(2 * block)
        .with_submit_queue_size_threshold(4 * block)
}
