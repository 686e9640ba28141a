//! `reel:cache`: values, counters, time to live.
#![allow(clippy::missing_panics_doc, reason = "a case is an assertion")]

use super::TestClock;
use crate::cache::{Cache, CacheError, MAX_KEY, MAX_VALUE};
use bytes::Bytes;
use futures::future::join_all;

/// The cache that the cases use.
pub const CACHE: &str = "conformance";

/// Tests a backend of `reel:cache`: `open` returns what derefs to a `Cache`.
#[macro_export]
macro_rules! cache_conformance {
    ($open:path) => {
        $crate::conformance_tests! { $open,
            cache:
            a_value_comes_back_until_it_is_forgotten,
            caches_are_apart,
            a_value_lives_as_long_as_it_was_given,
            counters_add_up_under_concurrency,
            a_counter_does_not_prolong_its_life,
            only_numbers_can_be_counted,
            keys_and_values_have_limits;
        }
    };
}

async fn get(cache: &dyn Cache, key: &str) -> Option<Bytes> {
    cache.get(CACHE, key).await.expect("the cache answers")
}

async fn set(cache: &dyn Cache, key: &str, value: &'static str, ttl_ms: u64) {
    cache.set(CACHE, key, value.into(), ttl_ms).await.expect("the value is kept");
}

async fn increment(cache: &dyn Cache, by: i64, ttl_ms: u64) -> i64 {
    cache.increment(CACHE, "counter", by, ttl_ms).await.expect("the counter counts")
}

/// Set, replaced, deleted, deleted again.
pub async fn a_value_comes_back_until_it_is_forgotten(cache: &dyn Cache, _: &TestClock) {
    assert_eq!(get(cache, "key").await, None);
    set(cache, "key", "one", 60_000).await;
    assert_eq!(get(cache, "key").await, Some("one".into()));
    set(cache, "key", "", 60_000).await;
    assert_eq!(get(cache, "key").await, Some(Bytes::new()));
    for _ in 0..2 {
        cache.delete(CACHE, "key").await.expect("the value is forgotten");
        assert_eq!(get(cache, "key").await, None);
    }
}

/// The same key in two caches names two values, however the names join.
pub async fn caches_are_apart(cache: &dyn Cache, _: &TestClock) {
    set(cache, "key", "one", 60_000).await;
    assert_eq!(cache.get("conformance-other", "key").await, Ok(None));
    cache.delete("conformance-other", "key").await.expect("the cache answers");
    assert_eq!(cache.get("conformanc", "ekey").await, Ok(None));
    assert_eq!(get(cache, "key").await, Some("one".into()));
}

/// To the millisecond; setting anew starts anew.
pub async fn a_value_lives_as_long_as_it_was_given(cache: &dyn Cache, clock: &TestClock) {
    set(cache, "key", "one", 1_000).await;
    clock.advance(999);
    assert_eq!(get(cache, "key").await, Some("one".into()));
    set(cache, "key", "two", 1_000).await;
    clock.advance(999);
    assert_eq!(get(cache, "key").await, Some("two".into()));
    clock.advance(1);
    assert_eq!(get(cache, "key").await, None);
}

/// No addition is lost, and each sees its own sum.
pub async fn counters_add_up_under_concurrency(cache: &dyn Cache, _: &TestClock) {
    let mut sums = join_all((0..50).map(|_| increment(cache, 2, 60_000))).await;
    sums.sort_unstable();
    assert_eq!(sums, (1..=50).map(|n| 2 * n).collect::<Vec<_>>());
    assert_eq!(increment(cache, -101, 60_000).await, -1);
    assert_eq!(get(cache, "counter").await, Some("-1".into()));
}

/// Its first addition starts its time, and no other.
pub async fn a_counter_does_not_prolong_its_life(cache: &dyn Cache, clock: &TestClock) {
    assert_eq!(increment(cache, 1, 1_000).await, 1);
    clock.advance(900);
    assert_eq!(increment(cache, 1, 1_000).await, 2);
    clock.advance(100);
    assert_eq!(get(cache, "counter").await, None);
    assert_eq!(increment(cache, 1, 1_000).await, 1);
    clock.advance(999);
    assert_eq!(increment(cache, 1, 1).await, 2);
}

/// Text cannot be added to, nor can a sum leave 64 bits.
pub async fn only_numbers_can_be_counted(cache: &dyn Cache, _: &TestClock) {
    set(cache, "counter", "text", 60_000).await;
    let result = cache.increment(CACHE, "counter", 1, 60_000).await;
    assert!(matches!(result, Err(CacheError::Invalid(_))), "{result:?}");
    assert_eq!(get(cache, "counter").await, Some("text".into()));
    set(cache, "counter", "41", 60_000).await;
    assert_eq!(increment(cache, 1, 60_000).await, 42);
    let result = cache.increment(CACHE, "counter", i64::MAX, 60_000).await;
    assert!(matches!(result, Err(CacheError::Invalid(_))), "{result:?}");
    assert_eq!(get(cache, "counter").await, Some("42".into()));
}

/// 1 to 512 bytes a key, 1 MB a value, 1 ms to live.
pub async fn keys_and_values_have_limits(cache: &dyn Cache, _: &TestClock) {
    let largest = Bytes::from(vec![7; MAX_VALUE]);
    let longest = "k".repeat(MAX_KEY);
    cache.set(CACHE, &longest, largest.clone(), 1).await.expect("the largest value is kept");
    assert_eq!(get(cache, &longest).await, Some(largest));
    let too_long = "k".repeat(MAX_KEY + 1);
    let results = [
        cache.set(CACHE, "key", vec![7; MAX_VALUE + 1].into(), 1).await,
        cache.set(CACHE, &too_long, Bytes::new(), 1).await,
        cache.set(CACHE, "", Bytes::new(), 1).await,
        cache.set(CACHE, "key", Bytes::new(), 0).await,
        cache.get(CACHE, &too_long).await.map(drop),
        cache.delete(CACHE, "").await,
        cache.increment(CACHE, "key", 1, 0).await.map(drop),
    ];
    for result in results {
        assert!(matches!(result, Err(CacheError::Invalid(_))), "{result:?}");
    }
}
