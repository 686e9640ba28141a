//! Wakes those who wait for records.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// The last position of each stream that somebody waits for.
#[derive(Default)]
pub(super) struct Arrivals(Mutex<HashMap<String, watch::Sender<u64>>>);

impl Arrivals {
    /// Tells those who wait that a stream has grown.
    pub(super) fn announce(&self, stream: &str, last: u64) {
        let streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = streams.get(stream) {
            sender.send_if_modified(|known| std::mem::replace(known, last.max(*known)) < last);
        }
    }

    /// Follows a stream's last position. `stored` is asked under the lock, so that an
    /// append is either in its answer or announced afterwards.
    pub(super) fn watch<E>(
        &self,
        stream: &str,
        stored: impl FnOnce() -> Result<u64, E>,
    ) -> Result<watch::Receiver<u64>, E> {
        let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = streams.get(stream) {
            return Ok(sender.subscribe());
        }
        let (sender, receiver) = watch::channel(stored()?);
        streams.insert(stream.to_owned(), sender);
        Ok(receiver)
    }
}
