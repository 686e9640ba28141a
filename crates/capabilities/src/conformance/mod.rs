//! The suites that every backend must pass, one per capability.
//!
//! A backend adds itself with one line in a test, for example
//! `reel_capabilities::table_conformance!(open);`, where
//! `async fn open(clock: Arc<TestClock>) -> impl Deref<Target = MyTables>` returns an
//! **empty** store that takes its time from the clock. It is called once for each case; a
//! backend on shared infrastructure keeps cases apart by a prefix of its own. What `open`
//! returns is held until the case ends, so a temporary folder can travel in it.
//! `config`, `secrets` and `notify` say in their modules what `open` returns.
//!
//! A case panics when the backend breaks a promise.

pub mod blob;
pub mod blob_upload;
pub mod cache;
pub mod config;
pub mod events;
pub mod notify;
pub mod secrets;
pub mod table;
pub mod table_query;

use crate::{Clock, Millis};
use std::sync::atomic::{AtomicU64, Ordering};

/// A clock that stands still until a case moves it.
#[derive(Debug)]
pub struct TestClock(AtomicU64);

impl Default for TestClock {
    fn default() -> Self {
        Self(AtomicU64::new(1_800_000_000_000))
    }
}

impl TestClock {
    /// Moves the time on, in milliseconds.
    pub fn advance(&self, by: Millis) {
        self.0.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Millis {
        self.0.load(Ordering::SeqCst)
    }
}

/// Makes a test of each case; the `*_conformance` macros call it.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_tests {
    ($open:path, $($suite:ident: $($case:ident),+ $(,)?);+ $(;)?) => { $($(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            let clock = ::std::sync::Arc::new($crate::conformance::TestClock::default());
            let subject = $open(::std::sync::Arc::clone(&clock)).await;
            $crate::conformance::$suite::$case(&*subject, &clock).await;
        }
    )+)+ };
}
