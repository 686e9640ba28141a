//! Values that may be lost at any time (`reel:cache`): do without when it fails.

use crate::bindings::capabilities::reel::cache::store;
use crate::denied::{broken, denied, unavailable};
use reel_api::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use store::Error;

/// A cache that `reel.toml` grants, by its name: `const SEEN: Cache = Cache("sessions");`.
#[derive(Debug, Clone, Copy)]
pub struct Cache(pub &'static str);

impl Cache {
    /// The value, while it is kept.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        store::get(self.0.into(), key.into()).await
    }

    /// The value, read as JSON; one that does not read counts as absent.
    pub async fn get_json<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Error> {
        Ok(self.get(key).await?.and_then(|value| serde_json::from_slice(&value).ok()))
    }

    /// Keeps a value of at most 1 MB for so many milliseconds.
    pub async fn set(&self, key: &str, value: Vec<u8>, ttl_ms: u64) -> Result<(), Error> {
        store::set(self.0.into(), key.into(), value, ttl_ms).await
    }

    /// Keeps a value as JSON for so many milliseconds.
    pub async fn set_json(&self, key: &str, value: &impl Serialize, ttl_ms: u64) -> Result<(), Error> {
        let value = serde_json::to_vec(value).map_err(|e| Error::Invalid(e.to_string()))?;
        self.set(key, value, ttl_ms).await
    }

    /// Forgets a value.
    pub async fn delete(&self, key: &str) -> Result<(), Error> {
        store::delete(self.0.into(), key.into()).await
    }

    /// Adds to a counter and returns the sum. The first addition starts its TTL.
    pub async fn increment(&self, key: &str, by: i64, ttl_ms: u64) -> Result<i64, Error> {
        store::increment(self.0.into(), key.into(), by, ttl_ms).await
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Denied(cache) => denied("caches", &cache),
            Error::Invalid(why) => broken("the cache", &why),
            Error::Unavailable(why) => unavailable("the cache", &why),
        }
    }
}
