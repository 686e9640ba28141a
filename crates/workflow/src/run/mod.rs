//! Executes machines.

mod context;
mod execution;
mod frame;
mod items;
mod journal;
mod map;
mod refusals;
mod results;
mod retry;
mod runner;
mod task;

pub use runner::Runner;
pub use task::{TaskError, Tasks};

use reel_capabilities::{Clock, Millis};
use std::time::Duration;

/// Sleeps until a time that the journal knows, which may lie before this process began.
async fn sleep_until(clock: &dyn Clock, wake_at: Option<Millis>) {
    let Some(wake_at) = wake_at else { return };
    let left = wake_at.saturating_sub(clock.now());
    if left > 0 {
        tokio::time::sleep(Duration::from_millis(left)).await;
    }
}
