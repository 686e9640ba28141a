//! Kinesis as `reel:events`: the suite that holds for all backends, and a network that fails.

use crate::emulator::{self, Fate, Way};
use bytes::Bytes;
use reel_backend_aws::client::Aws;
use reel_backend_aws::events::KinesisEvents;
use reel_backend_aws::table::DynamoTables;
use reel_capabilities::SystemClock;
use reel_capabilities::conformance::TestClock;
use reel_capabilities::events::{Entry, EventError, Events, MAX_RECORD, Record};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

const STREAM: &str = "playback";

/// How many tests speak to the emulator at a time: it is slow with records of 1 MB.
static TURNS: Semaphore = Semaphore::const_new(3);

/// An event log whose streams go when the test ends: emulators allow 100.
struct Passing {
    events: KinesisEvents,
    prefix: String,
    _turn: SemaphorePermit<'static>,
}

impl Passing {
    async fn open() -> Self {
        let turn = TURNS.acquire().await.expect("it is never closed");
        let prefix = emulator::prefix();
        Self { events: events(&emulator::aws().await, &prefix).making_streams(), prefix, _turn: turn }
    }
}

impl Deref for Passing {
    type Target = KinesisEvents;

    fn deref(&self) -> &KinesisEvents {
        &self.events
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        let prefix = self.prefix.clone();
        let sweep = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(delete_streams(&prefix));
        });
        let _ = sweep.join();
    }
}

async fn delete_streams(prefix: &str) {
    let client = emulator::aws().await.kinesis();
    for stream in [STREAM, "conformance", "conformance-other"] {
        // Not every test has made every stream.
        let _ = client.delete_stream().stream_name(format!("{prefix}{stream}")).send().await;
    }
}

/// Events on the way of these clients; their consumers always take the good one.
fn events(aws: &Aws, prefix: &str) -> KinesisEvents {
    let tables = DynamoTables::new(aws.dynamodb(), prefix, Arc::new(SystemClock)).making_tables();
    KinesisEvents::new(aws.kinesis(), prefix, Arc::new(tables)).looking_every(Duration::from_millis(100))
}

async fn open(_: Arc<TestClock>) -> Passing {
    Passing::open().await
}

reel_capabilities::events_conformance!(open);

fn entries(data: &[&str]) -> Vec<Entry> {
    data.iter().map(|data| Entry { key: "key".into(), data: Bytes::copy_from_slice(data.as_bytes()) }).collect()
}

fn data(records: &[Record]) -> Vec<&[u8]> {
    records.iter().map(|record| &record.data[..]).collect()
}

async fn read(events: &KinesisEvents, after: u64, limit: usize) -> Vec<Record> {
    events.read(STREAM, after, limit).await.expect("records can be read")
}

/// Events over a good way, with a first record, and the same events over a bad one.
async fn two_ways(operation: &'static str, fate: Fate, times: u32) -> (Passing, KinesisEvents, Arc<Way>) {
    let good = Passing::open().await;
    good.append(STREAM, entries(&["first"])).await.expect("the stream is made");
    let (way, aws) = Way::open(operation, fate, times).await;
    let bad = events(&aws, &good.prefix);
    (good, bad, way)
}

#[tokio::test]
async fn a_lost_answer_loses_no_batch() {
    let (good, bad, way) = two_ways("PutRecord", Fate::AnswerLost, 1).await;
    let position = bad.append(STREAM, entries(&["a", "b"])).await.expect("the batch is appended");
    let then = bad.append(STREAM, entries(&["c"])).await.expect("the batch is appended");
    assert_eq!(way.met(), 1);
    let records = read(&good, 0, 100).await;
    // Made again, it stands there again; whole each time, and before what comes after it.
    let [first, copies @ .., last] = &records[..] else { panic!("{records:?}") };
    assert_eq!((&first.data[..], &last.data[..], last.position), (&b"first"[..], &b"c"[..], then));
    assert!(copies.len() >= 4 && copies.chunks(2).all(|copy| data(copy) == [b"a", b"b"]), "{copies:?}");
    assert_eq!(copies.last().map(|record| record.position), Some(position));
}

#[tokio::test]
async fn a_large_batch_is_whole_when_an_answer_is_lost() {
    let (good, bad, way) = two_ways("PutRecord", Fate::AnswerLost, 1).await;
    let large: Vec<_> = (0..4).map(|n| Entry { key: "key".into(), data: vec![n; MAX_RECORD].into() }).collect();
    let position = bad.append(STREAM, large.clone()).await.expect("the batch is appended");
    assert_eq!(way.met(), 1);
    let records = read(&good, 0, 100).await;
    assert_eq!(records.len(), 5);
    assert!(records[1..].iter().zip(&large).all(|(record, entry)| record.data == entry.data));
    assert_eq!(records[4].position, position);
}

#[tokio::test]
async fn a_batch_that_broke_off_is_never_read() {
    let (good, bad, way) = two_ways("PutRecord", Fate::AnswerLost, 1).await;
    let large: Vec<_> = (0..4).map(|n| Entry { key: "key".into(), data: vec![n; MAX_RECORD].into() }).collect();
    // Dropped when its first part is stored, as when the process ends.
    let append = bad.append(STREAM, large);
    let part_stored = async {
        while way.met() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! { result = append => panic!("{result:?}"), () = part_stored => {} }
    good.append(STREAM, entries(&["next"])).await.expect("the batch is appended");
    assert_eq!(data(&read(&good, 0, 100).await), [&b"first"[..], b"next"]);
}

#[tokio::test]
async fn throttled_calls_are_made_again() {
    for operation in ["PutRecord", "GetRecords", "GetShardIterator"] {
        let (_good, bad, way) = two_ways(operation, Fate::Throttled, 3).await;
        bad.append(STREAM, entries(&["second"])).await.expect("the batch is appended");
        assert_eq!(data(&read(&bad, 0, 100).await), [&b"first"[..], b"second"], "{operation}");
        assert_eq!(way.met(), 3, "{operation}");
    }
}

#[tokio::test]
async fn what_is_throttled_for_long_is_unavailable() {
    let (good, bad, _) = two_ways("PutRecord", Fate::Throttled, u32::MAX).await;
    let result = bad.append(STREAM, entries(&["no"])).await;
    assert!(matches!(result, Err(EventError::Unavailable(_))), "{result:?}");
    assert_eq!(data(&read(&good, 0, 100).await), [b"first"]);
}

#[tokio::test]
async fn a_consumer_goes_on_in_another_process() {
    let one = Passing::open().await;
    for batch in [&["a", "b", "c"][..], &["d", "e"]] {
        one.append(STREAM, entries(batch)).await.expect("the batch is appended");
    }
    let first = read(&one, 0, 2).await;
    assert_eq!(data(&first), [b"a", b"b"]);
    one.commit(STREAM, "history", first[1].position).await.expect("the position is noted");

    let other = events(&emulator::aws().await, &one.prefix);
    let after = other.position(STREAM, "history").await.expect("the position is known");
    let second = read(&other, after, 2).await;
    assert_eq!(data(&second), [b"c", b"d"]);
    other.commit(STREAM, "history", second[1].position).await.expect("the position is noted");

    let third = events(&emulator::aws().await, &one.prefix);
    let after = third.position(STREAM, "history").await.expect("the position is known");
    assert_eq!(data(&read(&third, after, 2).await), [b"e"]);
}

#[tokio::test]
async fn a_position_needs_nothing_remembered() {
    let one = Passing::open().await;
    let large: Vec<_> = (0..4).map(|n| Entry { key: "key".into(), data: vec![n; MAX_RECORD].into() }).collect();
    one.append(STREAM, large).await.expect("the batch is appended");
    let records = read(&one, 0, 100).await;
    let other = events(&emulator::aws().await, &one.prefix);
    assert_eq!(read(&other, records[1].position, 100).await, records[2..]);
    // Now the batch is entered at its end, behind its parts.
    assert_eq!(read(&other, records[2].position, 100).await, records[3..]);
    assert_eq!(read(&other, records[3].position, 100).await, []);
}

#[tokio::test]
async fn what_somebody_else_wrote_is_passed_over() {
    let one = Passing::open().await;
    one.append(STREAM, entries(&["a"])).await.expect("the batch is appended");
    let client = emulator::aws().await.kinesis();
    let call = client.put_record().stream_name(format!("{}{STREAM}", one.prefix)).partition_key("other");
    call.data(aws_sdk_kinesis::primitives::Blob::new("{}")).send().await.expect("the record is put");
    one.append(STREAM, entries(&["b"])).await.expect("the batch is appended");
    assert_eq!(data(&read(&one, 0, 100).await), [b"a", b"b"]);
}

#[tokio::test]
async fn a_stream_that_was_forgotten_is_told() {
    let forgotten = events(&emulator::aws().await, &emulator::prefix());
    for result in
        [forgotten.append(STREAM, entries(&["a"])).await.map(drop), forgotten.read(STREAM, 0, 1).await.map(drop)]
    {
        let Err(EventError::Unavailable(why)) = result else { panic!("{result:?}") };
        assert!(why.contains("part of the deployment"), "{why}");
    }
}

#[tokio::test]
async fn two_shards_are_refused() {
    let one = Passing::open().await;
    let client = emulator::aws().await.kinesis();
    let name = format!("{}{STREAM}", one.prefix);
    client.create_stream().stream_name(&name).shard_count(2).send().await.expect("the stream is made");
    let result = one.read(STREAM, 0, 1).await;
    let Err(EventError::Unavailable(why)) = result else { panic!("{result:?}") };
    assert!(why.contains("2 shards"), "{why}");
}
