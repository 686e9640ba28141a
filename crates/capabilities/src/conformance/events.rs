//! `reel:events`: appending, reading, positions, waiting.
#![allow(clippy::missing_panics_doc, reason = "a case is an assertion")]

use super::TestClock;
use crate::Clock;
use crate::events::{Entry, EventError, Events, MAX_BATCH, MAX_BATCH_BYTES, MAX_KEY, MAX_RECORD, Record};
use futures::FutureExt;
use futures::future::join_all;
use std::collections::HashMap;

/// The stream that the cases use.
pub const STREAM: &str = "conformance";
/// A second stream.
pub const OTHER: &str = "conformance-other";

/// Tests a backend of `reel:events`: `open` returns what derefs to an `Events`.
#[macro_export]
macro_rules! events_conformance {
    ($open:path) => {
        $crate::conformance_tests! { $open,
            events:
            records_come_back_in_order,
            a_key_keeps_its_order_under_concurrency,
            a_batch_is_refused_whole,
            batches_stand_together,
            reading_goes_on_where_it_ended,
            a_read_is_bounded,
            streams_are_apart,
            a_time_leads_to_a_position,
            positions_are_kept_per_consumer,
            waiting_ends_when_records_come,
            batches_have_limits;
        }
    };
}

fn entry(key: &str, data: impl Into<bytes::Bytes>) -> Entry {
    Entry { key: key.into(), data: data.into() }
}

async fn append(events: &dyn Events, entries: Vec<Entry>) -> u64 {
    events.append(STREAM, entries).await.expect("the batch is appended")
}

async fn read(events: &dyn Events, after: u64, limit: usize) -> Vec<Record> {
    events.read(STREAM, after, limit).await.expect("records can be read")
}

/// Everything after a position, however many reads that takes.
async fn read_all(events: &dyn Events, mut after: u64) -> Vec<Record> {
    let mut all = Vec::new();
    loop {
        let records = read(events, after, 1_000).await;
        let Some(last) = records.last() else { return all };
        after = last.position;
        all.extend(records);
    }
}

/// Key, content, time and growing positions; the batch's position is its last record's.
pub async fn records_come_back_in_order(events: &dyn Events, clock: &TestClock) {
    assert_eq!(read(events, 0, 10).await, []);
    let data: Vec<u8> = (0..=255).collect();
    let first = append(events, vec![entry("a", data.clone()), entry("ü", "")]).await;
    clock.advance(5);
    let second = append(events, vec![entry("a", "third")]).await;
    assert!(0 < first && first < second);
    let records = read(events, 0, 10).await;
    let seen: Vec<_> = records.iter().map(|record| (record.key.as_str(), record.data.to_vec())).collect();
    assert_eq!(seen, [("a", data), ("ü", vec![]), ("a", b"third".to_vec())]);
    assert!(records.windows(2).all(|pair| pair[0].position < pair[1].position));
    assert!(records[0].position >= 1);
    assert_eq!((records[1].position, records[2].position), (first, second));
    assert!(
        records.iter().all(|r| r.at.abs_diff(clock.now()) < 1_000 || r.at.abs_diff(crate::SystemClock.now()) < 60_000)
    );
}

/// The position before a time, for who begins again from there.
pub async fn a_time_leads_to_a_position(events: &dyn Events, clock: &TestClock) {
    assert_eq!(events.before(STREAM, u64::MAX).await, Ok(0));
    let mut last = Vec::new();
    for n in 0..5_u8 {
        last.push(append(events, vec![entry("k", vec![n]), entry("k", vec![n])]).await);
        clock.advance(1_000);
    }
    let records = read_all(events, 0).await;
    assert_eq!(events.before(STREAM, u64::MAX).await, Ok(last[4]));
    assert_eq!(events.before(STREAM, 0).await, Ok(0));
    // Where the times are the service's own, batches may share one.
    for record in &records {
        let earlier = records.iter().filter(|other| other.at < record.at).map(|other| other.position).max();
        assert_eq!(events.before(STREAM, record.at).await, Ok(earlier.unwrap_or(0)));
    }
}

/// What one caller appends in turn stands in that order, whatever others append.
pub async fn a_key_keeps_its_order_under_concurrency(events: &dyn Events, _: &TestClock) {
    let writers = (0..8).map(|writer| async move {
        for n in 0..20_u8 {
            append(events, vec![entry(&format!("key-{writer}"), vec![n])]).await;
        }
    });
    join_all(writers).await;
    let mut by_key: HashMap<String, Vec<u8>> = HashMap::new();
    for record in read_all(events, 0).await {
        by_key.entry(record.key).or_default().push(record.data[0]);
    }
    assert_eq!(by_key.len(), 8);
    assert!(by_key.values().all(|seen| *seen == (0..20).collect::<Vec<_>>()), "{by_key:?}");
}

/// One record too many or too large, and none is appended.
pub async fn a_batch_is_refused_whole(events: &dyn Events, _: &TestClock) {
    let result = events.append(STREAM, vec![entry("a", "good"), entry("", "no key")]).await;
    assert!(matches!(result, Err(EventError::Invalid(_))), "{result:?}");
    assert_eq!(read(events, 0, 10).await, []);
}

/// The records of a batch are not mixed with others.
pub async fn batches_stand_together(events: &dyn Events, _: &TestClock) {
    let batch = |n: u8| (0..50).map(|_| entry("key", vec![n])).collect();
    let lasts = join_all((0..10).map(|n| append(events, batch(n)))).await;
    let records = read_all(events, 0).await;
    assert_eq!(records.len(), 500);
    for batch in records.chunks(50) {
        assert!(batch.iter().all(|record| record.data == batch[0].data));
        assert_eq!(batch[49].position, lasts[usize::from(batch[0].data[0])]);
    }
}

/// By position and limit, without gap or repetition.
pub async fn reading_goes_on_where_it_ended(events: &dyn Events, _: &TestClock) {
    append(events, (0..25).map(|n| entry("key", vec![n])).collect()).await;
    let mut seen = Vec::new();
    let mut after = 0;
    loop {
        let records = read(events, after, 10).await;
        assert!(records.len() <= 10);
        let Some(last) = records.last() else { break };
        after = last.position;
        seen.extend(records.iter().map(|record| record.data[0]));
    }
    assert_eq!(seen, (0..25).collect::<Vec<_>>());
    assert_eq!(read(events, u64::MAX, 10).await, []);
    assert_eq!(read(events, 0, 0).await, []);
}

/// A read does not hand over everything at once, and gets everywhere nonetheless.
pub async fn a_read_is_bounded(events: &dyn Events, _: &TestClock) {
    for records in [5, 5, 1] {
        append(events, (0..records).map(|_| entry("key", vec![7; MAX_RECORD - 3])).collect()).await;
    }
    let bytes: usize = read(events, 0, 1_000).await.iter().map(|record| record.data.len()).sum();
    assert!(bytes <= 10 * MAX_RECORD, "{bytes}");
    assert_eq!(read_all(events, 0).await.len(), 11);
}

/// A stream holds its own records and consumers only.
pub async fn streams_are_apart(events: &dyn Events, _: &TestClock) {
    let position = append(events, vec![entry("key", "here")]).await;
    events.commit(STREAM, "consumer", position).await.expect("the position is noted");
    assert_eq!(events.read(OTHER, 0, 10).await, Ok(vec![]));
    assert_eq!(events.position(OTHER, "consumer").await, Ok(0));
    events.append(OTHER, vec![entry("key", "there")]).await.expect("the batch is appended");
    assert_eq!(read(events, 0, 10).await.len(), 1);
}

/// 0 at first, then what was noted last.
pub async fn positions_are_kept_per_consumer(events: &dyn Events, _: &TestClock) {
    assert_eq!(events.position(STREAM, "history").await, Ok(0));
    let position = append(events, vec![entry("key", "x"), entry("key", "y")]).await;
    events.commit(STREAM, "history", 1).await.expect("the position is noted");
    events.commit(STREAM, "history", position).await.expect("the position is noted");
    assert_eq!(events.position(STREAM, "history").await, Ok(position));
    assert_eq!(events.position(STREAM, "trending").await, Ok(0));
}

/// At once when there are records, else when one comes; other streams wake nobody.
pub async fn waiting_ends_when_records_come(events: &dyn Events, _: &TestClock) {
    let first = append(events, vec![entry("key", "x")]).await;
    events.wait(STREAM, 0).await;
    let mut waiting = vec![events.wait(STREAM, first), events.wait(STREAM, first)];
    for wait in &mut waiting {
        assert!(wait.now_or_never().is_none(), "there is nothing yet");
    }
    let (_, last) = futures::join!(join_all(waiting), append(events, vec![entry("key", "y")]));
    assert_eq!(read(events, first, 10).await.len(), 1);
    let mut late = events.wait(STREAM, last);
    assert!((&mut late).now_or_never().is_none(), "there is nothing yet");
    events.append(OTHER, vec![entry("key", "z")]).await.expect("the batch is appended");
    let position = append(events, vec![entry("key", "z")]).await;
    late.await;
    assert!(position > last);
}

/// 500 records, 5 MB, 1 MB a record, 256 bytes a key.
pub async fn batches_have_limits(events: &dyn Events, _: &TestClock) {
    let many = |n: usize| (0..n).map(|_| entry("key", "x")).collect::<Vec<_>>();
    let full = MAX_BATCH_BYTES / 5 - 3;
    let sized = |bytes: usize| (0..5).map(|_| entry("key", vec![7; bytes])).collect::<Vec<_>>();
    let wrong = [
        vec![],
        many(MAX_BATCH + 1),
        vec![entry("key", vec![7; MAX_RECORD + 1])],
        vec![entry(&"k".repeat(MAX_KEY + 1), "x")],
        [sized(full), many(1)].concat(),
    ];
    for batch in wrong {
        let result = events.append(STREAM, batch).await;
        assert!(matches!(result, Err(EventError::Invalid(_))), "{result:?}");
    }
    append(events, many(MAX_BATCH)).await;
    append(events, sized(full)).await;
    append(events, vec![entry(&"k".repeat(MAX_KEY), "x")]).await;
    assert_eq!(read_all(events, 0).await.len(), MAX_BATCH + 6);
}
