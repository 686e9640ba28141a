//! Patience with a store that refuses, and the word for those who wait with it.

use reel_capabilities::table::TableError;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::{Notify, watch};

const FIRST_DELAY: Duration = Duration::from_millis(100);
const LONGEST_DELAY: Duration = Duration::from_secs(10);
/// How long an asker waits for the repetition that it asked for.
const ANSWER: Duration = Duration::from_secs(2);

/// Operations that were refused and wait to be repeated.
#[derive(Default)]
pub(super) struct Refusals {
    /// The latest reason, by execution.
    reasons: watch::Sender<HashMap<String, TableError>>,
    asked: Notify,
}

impl Refusals {
    /// Repeats an execution's operation until the store does it.
    pub(super) async fn outlast<T, F: Future<Output = Result<T, TableError>>>(
        &self,
        partition: &str,
        mut operation: impl FnMut() -> F,
    ) -> T {
        let mut delay = FIRST_DELAY;
        loop {
            let mut asked = std::pin::pin!(self.asked.notified());
            // Who asks while the operation is under way is heard, too.
            asked.as_mut().enable();
            match operation().await {
                Ok(done) => {
                    self.note(partition, None);
                    return done;
                }
                Err(error) => {
                    tracing::error!(execution = partition, %error, "the journal refuses; trying again");
                    self.note(partition, Some(error));
                }
            }
            tokio::select! { () = tokio::time::sleep(delay) => {} () = asked => {} }
            delay = (delay * 2).min(LONGEST_DELAY);
        }
    }

    /// Why an execution waits, when it still does after a repetition.
    pub(super) async fn of(&self, partition: &str) -> Option<TableError> {
        let mut reasons = self.reasons.subscribe();
        if !reasons.borrow_and_update().contains_key(partition) {
            return None;
        }
        self.asked.notify_waiters();
        // A store that takes longer has said enough.
        let _ = tokio::time::timeout(ANSWER, reasons.changed()).await;
        reasons.borrow().get(partition).cloned()
    }

    fn note(&self, partition: &str, reason: Option<TableError>) {
        self.reasons.send_if_modified(|reasons| match reason {
            Some(reason) => {
                reasons.insert(partition.to_owned(), reason);
                true
            }
            None => reasons.remove(partition).is_some(),
        });
    }
}
