//! Lets writes to one row in one at a time. Two that run together cost one of them another
//! round with DynamoDB; those of one process need not find that out there.

use reel_capabilities::table::Write;
use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use tokio::sync::{Mutex, MutexGuard};

/// Rows share queues, few enough to be kept, enough that strangers seldom meet.
const QUEUES: usize = 1_024;

/// The queues in which writes wait for their rows.
pub(super) struct Turns {
    queues: Vec<Mutex<()>>,
    hasher: RandomState,
}

impl Default for Turns {
    fn default() -> Self {
        Self { queues: (0..QUEUES).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }
}

impl Turns {
    /// Waits until all rows of a transaction are free. All take them in the same order, so
    /// that no two wait for each other.
    pub(super) async fn take(&self, writes: &[Write]) -> Vec<MutexGuard<'_, ()>> {
        let queue = |write: &Write| self.hasher.hash_one((&write.table, &write.key)) as usize % QUEUES;
        let mut taken = Vec::new();
        for index in writes.iter().map(queue).collect::<BTreeSet<_>>() {
            taken.push(self.queues[index].lock().await);
        }
        taken
    }
}
