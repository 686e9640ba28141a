//! One parent request for one object at a time, however many ask for it.

use super::fill::{Fill, FillError, Head};
use super::parent::Parents;
use super::store::Store;
use crate::metrics::Metrics;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};

/// The fills that are under way, by key.
#[derive(Clone)]
pub(crate) struct Flights {
    flying: Arc<Mutex<HashMap<String, Arc<Fill>>>>,
    store: Store,
    parents: Parents,
    metrics: Arc<Metrics>,
}

/// A fill that was joined.
pub(crate) struct Joined {
    pub(crate) fill: Arc<Fill>,
    /// Whether this call began it.
    pub(crate) led: bool,
}

impl Flights {
    pub(crate) fn new(store: Store, parents: Parents, metrics: Arc<Metrics>) -> Self {
        Self { flying: Arc::default(), store, parents, metrics }
    }

    /// Joins the fill of an object, or begins one from this URL. It goes on when all who
    /// asked have left: somebody else will ask.
    pub(crate) fn join(&self, key: &str, url: &str) -> Joined {
        let mut flying = self.flying.lock().unwrap_or_else(PoisonError::into_inner);
        match flying.entry(key.to_owned()) {
            Entry::Occupied(entry) => Joined { fill: entry.get().clone(), led: false },
            Entry::Vacant(entry) => {
                let fill = entry.insert(Fill::new()).clone();
                tokio::spawn(self.clone().fly(key.to_owned(), url.to_owned(), fill.clone()));
                Joined { fill, led: true }
            }
        }
    }

    async fn fly(self, key: String, url: String, fill: Arc<Fill>) {
        let landing = Landing { flights: &self, key: &key, fill: &fill };
        let end = self.fill(&key, &url, &fill).await;
        if let Err(error) = &end {
            tracing::debug!(key, url, %error, "a fill failed");
        }
        // Kept before it is taken from those under way, so that nobody finds it in neither,
        // and before its last bytes are given out.
        if let Some(object) = end.is_ok().then(|| fill.object()).flatten() {
            self.store.insert(&key, object);
        }
        landing.land(end);
    }

    async fn fill(&self, key: &str, url: &str, fill: &Fill) -> Result<(), FillError> {
        // Another fill may have landed between the miss and now.
        if let Some(object) = self.store.get(key).await {
            let length = object.body.len() as u64;
            fill.begin(Head { content_type: object.content_type, etag: object.etag, length }, None);
            fill.push(object.body);
            return Ok(());
        }
        self.metrics.fill_began();
        let end = self.parents.fetch(url, fill).await;
        self.metrics.fill_ended(end.is_ok());
        end
    }
}

/// Ends a flight, also when its task is dropped, so that the next one may try.
struct Landing<'a> {
    flights: &'a Flights,
    key: &'a str,
    fill: &'a Fill,
}

impl Landing<'_> {
    /// Nobody joins it any more when it ends: a later miss begins another.
    fn land(&self, end: Result<(), FillError>) {
        self.flights.flying.lock().unwrap_or_else(PoisonError::into_inner).remove(self.key);
        self.fill.end(end);
    }
}

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        if !self.fill.has_ended() {
            self.land(Err(FillError::Failed("it was given up".into())));
        }
    }
}
