//! DynamoDB as `reel:table`: the suite that holds for all backends, and a network that fails.

use crate::emulator::{self, Fate, Way};
use reel_backend_aws::client::Aws;
use reel_backend_aws::table::DynamoTables;
use reel_capabilities::SystemClock;
use reel_capabilities::conformance::TestClock;
use reel_capabilities::table::{Change, Condition, Key, Selection, TableError, Tables, Write};
use std::sync::Arc;

const TABLE: &str = "rows";

async fn open(clock: Arc<TestClock>) -> Box<DynamoTables> {
    Box::new(DynamoTables::new(emulator::aws().await.dynamodb(), emulator::prefix(), clock).making_tables())
}

reel_capabilities::table_conformance!(open);

fn key() -> Key {
    Key::new("partition", "sort")
}

fn write(condition: Condition, change: Change) -> Vec<Write> {
    vec![Write { table: TABLE.into(), key: key(), condition, change }]
}

fn put(value: &[u8]) -> Change {
    Change::Put { value: value.to_vec(), expires_at: None }
}

fn add(by: i64) -> Change {
    Change::Add(vec![("n".into(), by)])
}

fn tables(aws: &Aws, prefix: &str) -> DynamoTables {
    DynamoTables::new(aws.dynamodb(), prefix, Arc::new(SystemClock))
}

/// Rows over a good way, and the same rows over a bad one.
async fn two_ways(operation: &'static str, fate: Fate, times: u32) -> (DynamoTables, DynamoTables, Arc<Way>) {
    let prefix = emulator::prefix();
    let good = tables(&emulator::aws().await, &prefix).making_tables();
    let other = Write { key: Key::new("other", "other"), ..write(Condition::Always, put(b"")).remove(0) };
    good.transact(vec![other]).await.expect("the table is made");
    let (way, aws) = Way::open(operation, fate, times).await;
    (good, tables(&aws, &prefix), way)
}

#[tokio::test]
async fn a_lost_answer_is_no_conflict() {
    let (good, bad, way) = two_ways("TransactWriteItems", Fate::AnswerLost, 1).await;
    assert_eq!(bad.transact(write(Condition::Absent, put(b"first"))).await, Ok(vec![1]));
    assert_eq!(way.met(), 1);
    assert_eq!(good.transact(write(Condition::Version(1), put(b"second"))).await, Ok(vec![2]));
}

#[tokio::test]
async fn a_lost_answer_to_a_versioned_write_is_no_conflict() {
    let (good, bad, way) = two_ways("TransactWriteItems", Fate::AnswerLost, 1).await;
    good.transact(write(Condition::Absent, put(b"first"))).await.expect("the row is written");
    assert_eq!(bad.transact(write(Condition::Version(1), put(b"second"))).await, Ok(vec![2]));
    assert_eq!(way.met(), 1);
    let row = good.get(TABLE, &key()).await.expect("the row can be read").expect("the row exists");
    assert_eq!((row.version, row.value), (2, b"second".to_vec()));
}

#[tokio::test]
async fn a_lost_answer_to_a_deletion_is_no_conflict() {
    let (good, bad, way) = two_ways("TransactWriteItems", Fate::AnswerLost, 1).await;
    good.transact(write(Condition::Absent, put(b"first"))).await.expect("the row is written");
    assert_eq!(bad.transact(write(Condition::Present, Change::Delete)).await, Ok(vec![0]));
    assert_eq!(way.met(), 1);
    assert_eq!(good.get(TABLE, &key()).await, Ok(None));
}

#[tokio::test]
async fn a_lost_answer_counts_once() {
    let (good, bad, way) = two_ways("TransactWriteItems", Fate::AnswerLost, 3).await;
    assert_eq!(bad.transact(write(Condition::Always, add(1))).await, Ok(vec![1]));
    assert_eq!(way.met(), 3);
    assert_eq!(bad.transact(write(Condition::Always, add(1))).await, Ok(vec![2]));
    let row = good.get(TABLE, &key()).await.expect("the row can be read").expect("the row exists");
    assert_eq!(row.counters, [("n".to_owned(), 2)]);
}

#[tokio::test]
async fn throttled_calls_are_made_again() {
    for operation in ["TransactWriteItems", "GetItem", "Query"] {
        let (_, bad, way) = two_ways(operation, Fate::Throttled, 3).await;
        assert_eq!(bad.transact(write(Condition::Always, add(1))).await, Ok(vec![1]), "{operation}");
        assert!(bad.get(TABLE, &key()).await.expect("the row can be read").is_some(), "{operation}");
        let selection = Selection { partition: key().partition, limit: 10, ..Selection::default() };
        assert_eq!(bad.query(TABLE, &selection).await.expect("a page can be read").rows.len(), 1, "{operation}");
        assert_eq!(way.met(), 3, "{operation}");
    }
}

#[tokio::test]
async fn what_is_throttled_for_long_is_unavailable() {
    let (good, bad, _) = two_ways("TransactWriteItems", Fate::Throttled, u32::MAX).await;
    let result = bad.transact(write(Condition::Absent, put(b"no"))).await;
    assert!(matches!(result, Err(TableError::Unavailable(_))), "{result:?}");
    assert_eq!(good.get(TABLE, &key()).await, Ok(None));
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let nobody = tables(&Aws::emulator("http://127.0.0.1:1").await, "");
    let result = nobody.get(TABLE, &key()).await;
    assert!(matches!(result, Err(TableError::Unavailable(_))), "{result:?}");
}

#[tokio::test]
async fn processes_do_not_overwrite_each_other() {
    let (aws, prefix) = (emulator::aws().await, emulator::prefix());
    let good = tables(&aws, &prefix).making_tables();
    good.transact(write(Condition::Always, add(0))).await.expect("the table is made");
    let each = (0..6).map(|_| tables(&aws, &prefix)).map(|process| async move {
        for _ in 0..5 {
            process.transact(write(Condition::Always, add(1))).await.expect("the addition is made");
        }
    });
    futures::future::join_all(each).await;
    let row = good.get(TABLE, &key()).await.expect("the row can be read").expect("the row exists");
    assert_eq!((row.version, row.counters), (31, vec![("n".to_owned(), 30)]));
}

#[tokio::test]
async fn a_table_that_was_forgotten_is_told() {
    let forgotten = tables(&emulator::aws().await, &emulator::prefix());
    for result in [
        forgotten.get(TABLE, &key()).await.map(drop),
        forgotten.transact(write(Condition::Always, add(1))).await.map(drop),
        forgotten.transact(write(Condition::Absent, add(1))).await.map(drop),
    ] {
        let Err(TableError::Unavailable(why)) = result else { panic!("{result:?}") };
        assert!(why.contains("part of the deployment"), "{why}");
    }
}

#[tokio::test]
async fn names_that_dynamodb_does_not_take_are_invalid() {
    let tables = tables(&emulator::aws().await, &emulator::prefix()).making_tables();
    for name in ["a b", "ü", &"n".repeat(256)] {
        let result = tables.get(name, &key()).await;
        assert!(matches!(result, Err(TableError::Invalid(_))), "{result:?}");
    }
}
