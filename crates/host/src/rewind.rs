//! Sends consumers back, while they deliver or wait.

use reel_app::App;
use reel_capabilities::events::EventError;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{Mutex, Notify};

/// The turns of one consumer: what it delivered in a turn is noted only if it was not sent
/// back since the turn began.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    sent_back: Mutex<u64>,
    again: Notify,
}

impl Turn {
    /// Begins a turn.
    pub(crate) async fn begin(&self) -> u64 {
        *self.sent_back.lock().await
    }

    /// Ends a turn by noting how far it came; another place that was set meanwhile stays.
    pub(crate) async fn end(
        &self,
        begun: u64,
        note: impl Future<Output = Result<(), EventError>>,
    ) -> Result<(), EventError> {
        let sent_back = self.sent_back.lock().await;
        if *sent_back == begun { note.await } else { Ok(()) }
    }

    /// Sets another place.
    pub(crate) async fn send_back(&self, note: impl Future<Output = Result<(), EventError>>) -> Result<(), EventError> {
        let mut sent_back = self.sent_back.lock().await;
        note.await?;
        *sent_back += 1;
        self.again.notify_one();
        Ok(())
    }

    /// Waits, until the consumer is sent back.
    pub(crate) async fn unless_sent_back(&self, waiting: impl Future<Output = ()>) {
        tokio::select! { () = waiting => {} () = self.again.notified() => {} }
    }
}

/// The turns of every consumer, by stream and name.
#[derive(Debug, Default)]
pub(crate) struct Turns(BTreeMap<(String, String), Arc<Turn>>);

impl Turns {
    pub(crate) fn of_app(app: &App) -> Self {
        let consumes = app.functions.values().flat_map(|function| &function.consumes);
        Self(consumes.map(|c| ((c.stream.clone(), c.consumer.clone()), Arc::default())).collect())
    }

    pub(crate) fn of(&self, stream: &str, consumer: &str) -> Option<Arc<Turn>> {
        self.0.get(&(stream.to_owned(), consumer.to_owned())).cloned()
    }

    /// Who consumes a stream.
    pub(crate) fn consumers(&self, stream: &str) -> Vec<&str> {
        self.0.keys().filter(|(of, _)| of == stream).map(|(_, consumer)| consumer.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn what_was_delivered_before_it_was_sent_back_is_not_noted() {
        let (turn, noted) = (Turn::default(), AtomicU32::new(0));
        let note = async || {
            noted.fetch_add(1, Ordering::Relaxed);
            Ok(())
        };
        let begun = turn.begin().await;
        turn.end(begun, note()).await.unwrap();
        turn.send_back(note()).await.unwrap();
        turn.end(begun, note()).await.unwrap();
        assert_eq!(noted.load(Ordering::Relaxed), 2, "the last one came too late");
        // Who waits is woken, even when it begins to wait afterwards.
        turn.unless_sent_back(std::future::pending()).await;
    }
}
