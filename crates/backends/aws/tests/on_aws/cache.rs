//! DynamoDB as `reel:cache`: the suite that holds for all backends, several processes, and a
//! network that fails.

use crate::emulator::{self, Fate, Way};
use bytes::Bytes;
use futures::future::join_all;
use reel_backend_aws::cache::{DynamoCache, LAYOUT};
use reel_backend_aws::client::Aws;
use reel_capabilities::cache::{Cache, CacheError, MAX_VALUE};
use reel_capabilities::conformance::TestClock;
use std::sync::Arc;

const CACHE: &str = "rate-limits";
const TTL: u64 = 60_000;

async fn table() -> String {
    let name = format!("{}cache", emulator::prefix());
    LAYOUT.make(&emulator::aws().await.dynamodb(), &name).await.expect("the table is made");
    name
}

async fn open(clock: Arc<TestClock>) -> Box<DynamoCache> {
    Box::new(DynamoCache::new(emulator::aws().await.dynamodb(), table().await, clock))
}

reel_capabilities::cache_conformance!(open);

/// The same cache as several processes have it.
async fn processes<const COUNT: usize>(clock: &Arc<TestClock>) -> [DynamoCache; COUNT] {
    let (aws, table) = (emulator::aws().await, table().await);
    [(); COUNT].map(|()| DynamoCache::new(aws.dynamodb(), &table, clock.clone()))
}

/// A cache over a good way, and the same over a bad one.
async fn two_ways(
    operation: &'static str,
    fate: Fate,
    times: u32,
    clock: &Arc<TestClock>,
) -> (DynamoCache, DynamoCache, Arc<Way>) {
    let table = table().await;
    let (way, aws) = Way::open(operation, fate, times).await;
    let cache = |aws: &Aws| DynamoCache::new(aws.dynamodb(), &table, clock.clone());
    (cache(&emulator::aws().await), cache(&aws), way)
}

async fn count(cache: &DynamoCache, by: i64) -> i64 {
    cache.increment(CACHE, "viewer", by, TTL).await.expect("the counter counts")
}

async fn get(cache: &DynamoCache, key: &str) -> Option<Bytes> {
    cache.get(CACHE, key).await.expect("the cache answers")
}

async fn set(cache: &DynamoCache, key: &str, value: impl Into<Bytes>) {
    cache.set(CACHE, key, value.into(), TTL).await.expect("the value is kept");
}

fn large(byte: u8) -> Bytes {
    vec![byte; MAX_VALUE].into()
}

#[tokio::test]
async fn processes_count_together() {
    let clock = Arc::default();
    let processes: [_; 4] = processes(&clock).await;
    let additions = (0..15).flat_map(|_| &processes).map(|process| count(process, 1));
    let mut sums = join_all(additions).await;
    sums.sort_unstable();
    assert_eq!(sums, (1..=60).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_counter_that_ended_begins_once_however_many_meet() {
    let clock = Arc::new(TestClock::default());
    let processes: [_; 4] = processes(&clock).await;
    for _ in 0..5 {
        let additions = (0..5).flat_map(|_| &processes).map(|process| count(process, 1));
        let mut sums = join_all(additions).await;
        sums.sort_unstable();
        assert_eq!(sums, (1..=20).collect::<Vec<_>>());
        clock.advance(TTL);
        assert_eq!(get(&processes[0], "viewer").await, None);
    }
}

#[tokio::test]
async fn a_lost_answer_counts_once() {
    let clock = Arc::new(TestClock::default());
    let (good, bad, way) = two_ways("UpdateItem", Fate::AnswerLost, 3, &clock).await;
    assert_eq!(count(&bad, 5).await, 5);
    assert_eq!(way.met(), 3, "it was made again, each time in vain");
    assert_eq!(count(&good, 1).await, 6);
    assert_eq!(count(&bad, 1).await, 7);
}

#[tokio::test]
async fn a_lost_answer_begins_a_counter_once() {
    let clock = Arc::new(TestClock::default());
    let (good, bad, way) = two_ways("PutItem", Fate::AnswerLost, 2, &clock).await;
    assert_eq!(count(&good, 7).await, 7);
    clock.advance(TTL);
    assert_eq!(count(&bad, 5).await, 5);
    assert!(way.met() > 0, "it began in place of the one that had ended");
    assert_eq!(count(&good, 1).await, 6);
}

#[tokio::test]
async fn a_lost_answer_keeps_and_forgets_values_as_well() {
    let clock = Arc::default();
    let (good, bad, way) = two_ways("PutItem", Fate::AnswerLost, 1, &clock).await;
    set(&bad, "key", "value").await;
    assert_eq!((way.met(), get(&good, "key").await), (1, Some("value".into())));
    let (good, bad, way) = two_ways("DeleteItem", Fate::AnswerLost, 1, &clock).await;
    set(&good, "key", "value").await;
    bad.delete(CACHE, "key").await.expect("it is forgotten");
    assert_eq!((way.met(), get(&good, "key").await), (1, None));
}

#[tokio::test]
async fn throttled_calls_are_made_again() {
    for operation in ["PutItem", "GetItem", "UpdateItem"] {
        let clock = Arc::default();
        let (_, bad, way) = two_ways(operation, Fate::Throttled, 3, &clock).await;
        set(&bad, "key", "value").await;
        assert_eq!(get(&bad, "key").await, Some("value".into()), "{operation}");
        assert_eq!(count(&bad, 1).await, 1, "{operation}");
        assert_eq!(way.met(), 3, "{operation}");
    }
}

#[tokio::test]
async fn large_values_are_replaced_whole() {
    let clock = Arc::new(TestClock::default());
    let [writer, reader] = processes(&clock).await;
    set(&writer, "key", large(0)).await;
    let write = async {
        for byte in 1..6 {
            set(&writer, "key", large(byte)).await;
        }
    };
    let read = async {
        for _ in 0..10 {
            let value = get(&reader, "key").await.expect("it is kept all the time");
            assert_eq!(value, large(value[0]), "of one value, and all of it");
        }
    };
    futures::join!(write, read);
    set(&writer, "key", "small").await;
    assert_eq!(get(&reader, "key").await, Some("small".into()));
    set(&writer, "key", large(9)).await;
    let refused = writer.increment(CACHE, "key", 1, TTL).await;
    assert!(matches!(refused, Err(CacheError::Invalid(_))), "{refused:?}");
    clock.advance(TTL);
    assert_eq!(get(&reader, "key").await, None);
}

#[tokio::test]
async fn a_large_value_without_one_of_its_pieces_is_lost() {
    let (aws, table) = (emulator::aws().await, table().await);
    let cache = DynamoCache::new(aws.dynamodb(), &table, Arc::new(TestClock::default()));
    set(&cache, "key", large(1)).await;
    let items = aws.dynamodb().scan().table_name(&table).send().await.expect("the items can be read").items;
    let mut keys = items.into_iter().flatten().filter_map(|mut item| item.remove("k"));
    let piece = keys.find(|key| key.as_s().is_ok_and(|key| key.starts_with("piece:"))).expect("there is a piece");
    let call = aws.dynamodb().delete_item().table_name(&table).key("k", piece);
    call.send().await.expect("the piece is deleted");
    assert_eq!(get(&cache, "key").await, None);
}

#[tokio::test]
async fn numbers_are_kept_to_the_last_digit() {
    let clock = Arc::default();
    let [cache] = processes(&clock).await;
    for (before, by, after) in [
        ("9223372036854775806", 1, i64::MAX),
        ("-9223372036854775807", -1, i64::MIN),
        ("9000000000000000000", 0, 9_000_000_000_000_000_000),
        ("007", 1, 8),
        ("-1", i64::MAX, i64::MAX - 1),
        ("0", i64::MIN, i64::MIN),
    ] {
        set(&cache, "viewer", before).await;
        assert_eq!(get(&cache, "viewer").await, Some(before.into()));
        assert_eq!(count(&cache, by).await, after);
        assert_eq!(get(&cache, "viewer").await, Some(after.to_string().into()));
    }
    for (before, by) in [("9223372036854775807", 1), ("-9223372036854775808", -1), ("-1", i64::MIN)] {
        set(&cache, "viewer", before).await;
        let refused = cache.increment(CACHE, "viewer", by, TTL).await;
        assert!(matches!(refused, Err(CacheError::Invalid(_))), "{before} {by}: {refused:?}");
        assert_eq!(get(&cache, "viewer").await, Some(before.into()));
    }
}

#[tokio::test]
async fn nobody_there_and_no_table_are_unavailable() {
    let nobody = Aws::emulator("http://127.0.0.1:1").await;
    let unavailable = |result| matches!(result, Err(CacheError::Unavailable(_)));
    let cache = DynamoCache::new(nobody.dynamodb(), "cache", Arc::new(TestClock::default()));
    assert!(unavailable(cache.get(CACHE, "key").await));
    let name = format!("{}forgotten", emulator::prefix());
    let forgotten = DynamoCache::new(emulator::aws().await.dynamodb(), &name, Arc::new(TestClock::default()));
    for result in [
        forgotten.get(CACHE, "key").await.map(drop),
        forgotten.set(CACHE, "key", Bytes::new(), 1).await,
        forgotten.increment(CACHE, "key", 1, 1).await.map(drop),
    ] {
        let Err(CacheError::Unavailable(why)) = result else { panic!("{result:?}") };
        assert!(why.contains(&name) && why.contains("part of the deployment"), "{why}");
    }
}
