//! The time.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::{SystemTime, UNIX_EPOCH};
use wasip3::clocks::monotonic_clock;

/// Now, in Unix milliseconds.
pub fn now_ms() -> reel_api::Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

/// What some work gives if it takes at most so many milliseconds; none when it would take longer,
/// and then it is given up.
pub async fn within<T>(ms: u64, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut over = pin!(monotonic_clock::wait_for(ms.saturating_mul(1_000_000)));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => over.as_mut().poll(context).map(|()| None),
    })
    .await
}
