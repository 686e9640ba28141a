//! What is so a moment later.

use anyhow::{Result, ensure};
use std::time::{Duration, Instant};

/// How long to wait before asking again.
const AGAIN: Duration = Duration::from_millis(200);

/// Asks again until there is an answer, or for so long.
pub async fn eventually<T>(what: &str, within: Duration, mut ask: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        ensure!(begun.elapsed() < within, "{what}: not within {within:?}");
        tokio::time::sleep(AGAIN).await;
    }
}
