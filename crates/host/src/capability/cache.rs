//! `reel:cache`.

use crate::bindings::reel::cache::store::{self, Error};
use crate::capability::Lent;
use crate::state::{Lending, State, lent};
use reel_capabilities::cache::CacheError;
use std::sync::Arc;
use wasmtime::component::Accessor;

impl store::Host for State {}

type Calling<'a> = &'a Accessor<State, Lending>;

/// What the caller may use, when it was granted this cache.
fn cache(accessor: Calling<'_>, cache: &str) -> Result<Arc<Lent>, Error> {
    let lent = lent(accessor);
    match lent.allows("caches", &lent.grants.caches, cache) {
        true => Ok(lent),
        false => Err(Error::Denied(cache.to_owned())),
    }
}

impl store::HostWithStore<State> for Lending {
    async fn get(accessor: Calling<'_>, name: String, key: String) -> Result<Option<Vec<u8>>, Error> {
        let lent = cache(accessor, &name)?;
        Ok(lent.capabilities.cache.get(&name, &key).await?.map(Vec::from))
    }

    async fn set(accessor: Calling<'_>, name: String, key: String, value: Vec<u8>, ttl_ms: u64) -> Result<(), Error> {
        let lent = cache(accessor, &name)?;
        Ok(lent.capabilities.cache.set(&name, &key, value.into(), ttl_ms).await?)
    }

    async fn delete(accessor: Calling<'_>, name: String, key: String) -> Result<(), Error> {
        let lent = cache(accessor, &name)?;
        Ok(lent.capabilities.cache.delete(&name, &key).await?)
    }

    async fn increment(accessor: Calling<'_>, name: String, key: String, by: i64, ttl_ms: u64) -> Result<i64, Error> {
        let lent = cache(accessor, &name)?;
        Ok(lent.capabilities.cache.increment(&name, &key, by, ttl_ms).await?)
    }
}

impl From<CacheError> for Error {
    fn from(error: CacheError) -> Self {
        match error {
            CacheError::Invalid(why) => Self::Invalid(why),
            CacheError::Unavailable(why) => Self::Unavailable(why),
        }
    }
}
