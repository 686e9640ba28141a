//! `reel:cache` in memory: sharded, bounded by bytes, the least recently used go first.

use async_trait::async_trait;
use bytes::Bytes;
use lru::LruCache;
use reel_capabilities::cache::{self, Cache, CacheError};
use reel_capabilities::{Clock, Millis};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const SHARDS: usize = 16;
/// What an entry takes beside its key and value, about, in bytes.
const OVERHEAD: usize = 128;
/// The fewest bytes that a shard may hold, so that the largest value finds room.
const SMALLEST_SHARD: usize = 2 * cache::MAX_VALUE;

/// A cache's name and a key in it.
type Name = (Box<str>, Box<str>);

struct Entry {
    value: Bytes,
    expires_at: Millis,
}

#[derive(Default)]
struct Shard {
    entries: Option<LruCache<Name, Entry>>,
    bytes: usize,
}

/// Named caches in memory.
pub struct MemoryCache {
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
    shard_bytes: usize,
    clock: Arc<dyn Clock>,
}

impl MemoryCache {
    /// An empty cache that holds about so many bytes, keys and bookkeeping included;
    /// 32 MiB at least.
    pub fn new(capacity: usize, clock: Arc<dyn Clock>) -> Self {
        let shard_bytes = (capacity / SHARDS).max(SMALLEST_SHARD);
        Self { shards: Default::default(), hasher: RandomState::new(), shard_bytes, clock }
    }

    fn shard(&self, name: &Name) -> MutexGuard<'_, Shard> {
        let index = self.hasher.hash_one(name) as usize % SHARDS;
        self.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    fn entries(&mut self) -> &mut LruCache<Name, Entry> {
        self.entries.get_or_insert_with(LruCache::unbounded)
    }

    /// The entry, unless it has expired; then it is removed.
    fn get(&mut self, name: &Name, now: Millis) -> Option<&Entry> {
        if self.entries().peek(name).is_some_and(|entry| entry.expires_at <= now) {
            self.remove(name);
        }
        self.entries().get(name)
    }

    fn put(&mut self, name: Name, entry: Entry, most: usize) {
        self.remove(&name);
        self.bytes += size(&name, &entry);
        self.entries().put(name, entry);
        while self.bytes > most {
            let Some((name, entry)) = self.entries().pop_lru() else { break };
            self.bytes -= size(&name, &entry);
        }
    }

    fn remove(&mut self, name: &Name) {
        if let Some(entry) = self.entries().pop(name) {
            self.bytes -= size(name, &entry);
        }
    }
}

fn size(name: &Name, entry: &Entry) -> usize {
    name.0.len() + name.1.len() + entry.value.len() + OVERHEAD
}

fn name(cache: &str, key: &str) -> Name {
    (cache.into(), key.into())
}

#[async_trait]
impl Cache for MemoryCache {
    async fn get(&self, cache: &str, key: &str) -> Result<Option<Bytes>, CacheError> {
        cache::validate_key(key)?;
        let name = name(cache, key);
        Ok(self.shard(&name).get(&name, self.clock.now()).map(|entry| entry.value.clone()))
    }

    async fn set(&self, cache: &str, key: &str, value: Bytes, ttl_ms: u64) -> Result<(), CacheError> {
        cache::validate(key, value.len(), ttl_ms)?;
        let name = name(cache, key);
        let entry = Entry { value, expires_at: self.clock.now().saturating_add(ttl_ms) };
        self.shard(&name).put(name, entry, self.shard_bytes);
        Ok(())
    }

    async fn delete(&self, cache: &str, key: &str) -> Result<(), CacheError> {
        cache::validate_key(key)?;
        let name = name(cache, key);
        self.shard(&name).remove(&name);
        Ok(())
    }

    async fn increment(&self, cache: &str, key: &str, by: i64, ttl_ms: u64) -> Result<i64, CacheError> {
        cache::validate(key, 0, ttl_ms)?;
        let (name, now) = (name(cache, key), self.clock.now());
        let mut shard = self.shard(&name);
        let (count, expires_at) = match shard.get(&name, now) {
            Some(entry) => (read_counter(key, &entry.value)?, entry.expires_at),
            None => (0, now.saturating_add(ttl_ms)),
        };
        let too_large =
            || CacheError::Invalid(format!("counter {key:?} stands at {count}: {by} more does not fit 64 bits"));
        let sum = count.checked_add(by).ok_or_else(too_large)?;
        shard.put(name, Entry { value: sum.to_string().into(), expires_at }, self.shard_bytes);
        Ok(sum)
    }
}

fn read_counter(key: &str, value: &[u8]) -> Result<i64, CacheError> {
    let number = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
    number.ok_or_else(|| {
        CacheError::Invalid(format!("{key:?} holds a value that is no number, so nothing can be added to it"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_capabilities::SystemClock;

    #[tokio::test]
    async fn it_stays_within_its_bounds_and_drops_the_oldest() -> Result<(), CacheError> {
        let cache = MemoryCache::new(0, Arc::new(SystemClock));
        let value = Bytes::from(vec![0; cache::MAX_VALUE / 2]);
        for number in 0..200 {
            cache.set("c", &number.to_string(), value.clone(), 60_000).await?;
        }
        let held: usize = cache.shards.iter().map(|shard| shard.lock().map_or(0, |shard| shard.bytes)).sum();
        assert!(held <= SHARDS * SMALLEST_SHARD, "{held}");
        assert_eq!(cache.get("c", "0").await?, None);
        assert_eq!(cache.get("c", "199").await?, Some(value));
        Ok(())
    }
}
