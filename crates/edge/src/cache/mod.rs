//! The cache behind `http://cache.internal`, which the worker asks for objects.
//!
//! `GET /{key}` is answered from memory or disk, or with 404. With the header
//! `x-reel-fill: URL` a miss is fetched from there, kept, and handed to all who wait for it
//! while it comes; a parent that fails is a 502 or 504, one that has no such object a 404.

mod answer;
mod fill;
mod flights;
mod object;
mod parent;
mod range;
mod store;
#[cfg(test)]
mod tests;

pub use answer::{Body, Interrupted};

use crate::EdgeError;
use crate::metrics::Metrics;
use answer::Source;
use flights::{Flights, Joined};
use http::{Method, Response, request};
use parent::Parents;
use reel_delivery::Object;
use std::path::Path;
use std::sync::Arc;
use store::Store;

/// The header that names the URL to fill from.
pub const FILL_HEADER: &str = "x-reel-fill";

/// The objects of an edge, and the fills under way.
#[derive(Clone)]
pub struct SegmentCache {
    store: Store,
    flights: Flights,
    metrics: Arc<Metrics>,
}

impl SegmentCache {
    /// Opens the cache in a folder, with what an earlier run left there: so many bytes of
    /// memory, half as much again for fills, and so many bytes of disk.
    ///
    /// # Errors
    /// [`EdgeError::Store`] when the folder cannot be used.
    pub async fn open(folder: &Path, memory: usize, disk: usize, metrics: Arc<Metrics>) -> Result<Self, EdgeError> {
        let store = Store::open(folder, memory, disk).await?;
        Ok(Self::with(store, Parents::new(memory / 2, store::MAX_OBJECT)?, metrics))
    }

    fn with(store: Store, parents: Parents, metrics: Arc<Metrics>) -> Self {
        let flights = Flights::new(store.clone(), parents, metrics.clone());
        Self { store, flights, metrics }
    }

    /// Answers a request; its body is not looked at.
    pub async fn answer(&self, request: &request::Parts) -> Response<Body> {
        let key = request.uri.path().trim_start_matches('/');
        if !matches!(request.method, Method::GET | Method::HEAD) || Object::parse(key).is_err() {
            return answer::absent(key);
        }
        let response = match self.store.get(key).await {
            Some(object) => {
                self.metrics.hit();
                answer::of(Source::Kept(object), request)
            }
            None => self.miss(key, request).await,
        };
        self.metrics.answered(&response);
        response
    }

    async fn miss(&self, key: &str, request: &request::Parts) -> Response<Body> {
        let Some(url) = request.headers.get(FILL_HEADER).and_then(|url| url.to_str().ok()) else {
            return answer::absent(key);
        };
        let Joined { fill, led } = self.flights.join(key, url);
        self.metrics.miss(led);
        match fill.head().await {
            Ok(head) => answer::of(Source::Coming { fill, head, led }, request),
            Err(error) => answer::failed(&error, key),
        }
    }

    /// Bytes of memory that objects take.
    pub fn memory_used(&self) -> usize {
        self.store.memory_used()
    }

    /// Bytes written to disk since the start.
    pub fn disk_written(&self) -> usize {
        self.store.disk_written()
    }

    /// Writes what is still to be written to disk.
    ///
    /// # Errors
    /// [`EdgeError::Store`] when the disk fails.
    pub async fn close(&self) -> Result<(), EdgeError> {
        self.store.close().await
    }
}
