//! `reel:table`: rows, conditions, transactions, counters, expiry.
#![allow(clippy::missing_panics_doc, reason = "a case is an assertion")]

use super::TestClock;
use crate::Clock;
use crate::table::{
    Change, Condition, Key, MAX_PARTITION, MAX_ROW, MAX_SORT, MAX_TRANSACTION, MAX_WRITES, Row, TableError, Tables,
    Write,
};
use futures::future::join_all;

/// The table that the cases use.
pub const TABLE: &str = "conformance";

/// Tests a backend of `reel:table`: `open` returns what derefs to a `Tables`.
#[macro_export]
macro_rules! table_conformance {
    ($open:path) => {
        $crate::conformance_tests! { $open,
            table:
            a_row_comes_back_as_written,
            tables_are_apart,
            versions_grow_by_one,
            a_deleted_row_is_gone_and_begins_anew,
            conditions_hold_or_refuse,
            a_check_changes_nothing,
            a_refused_transaction_changes_nothing_and_names_the_write,
            a_version_is_won_by_exactly_one,
            counters_add_up_under_concurrency,
            counters_are_kept_by_put_and_named_apart,
            a_counter_that_overflows_is_refused,
            an_expired_row_is_invisible_at_once,
            an_expired_row_begins_anew,
            counting_keeps_value_and_expiry,
            keys_have_limits,
            rows_have_limits,
            transactions_have_limits;
            table_query:
            keys_are_ordered_by_byte,
            a_partition_is_read_alone,
            prefix_and_from_select,
            pages_join_forward_and_backward,
            pages_are_stable_while_rows_are_added,
            a_page_holds_a_megabyte,
            expired_rows_fill_no_page,
            selections_have_limits;
        }
    };
}

/// A put of a value, without condition or expiry.
pub fn put(key: Key, value: &[u8]) -> Write {
    write(key, Condition::Always, change(value, None))
}

/// A write to the cases' table.
pub fn write(key: Key, condition: Condition, change: Change) -> Write {
    Write { table: TABLE.into(), key, condition, change }
}

fn change(value: &[u8], expires_at: Option<u64>) -> Change {
    Change::Put { value: value.to_vec(), expires_at }
}

fn add(key: Key, counters: &[(&str, i64)]) -> Write {
    let counters = counters.iter().map(|(name, by)| (name.to_string(), *by)).collect();
    write(key, Condition::Always, Change::Add(counters))
}

fn key() -> Key {
    Key::new("partition", "sort")
}

async fn get(tables: &dyn Tables, key: &Key) -> Option<Row> {
    tables.get(TABLE, key).await.expect("a row can be read")
}

async fn done(tables: &dyn Tables, writes: Vec<Write>) -> Vec<u64> {
    tables.transact(writes).await.expect("the transaction is made")
}

async fn refused(tables: &dyn Tables, writes: Vec<Write>) -> TableError {
    tables.transact(writes).await.expect_err("the transaction is refused")
}

async fn assert_invalid(tables: &dyn Tables, writes: Vec<Write>) {
    let error = refused(tables, writes).await;
    assert!(matches!(error, TableError::Invalid(_)), "{error:?}");
}

/// All of a row comes back.
pub async fn a_row_comes_back_as_written(tables: &dyn Tables, clock: &TestClock) {
    let expires_at = Some(clock.now() + 60_000);
    let key = Key::new("usr_1#ü", "2024-01-15T20:30#\u{1F3AC}");
    assert_eq!(get(tables, &key).await, None);
    let value: Vec<u8> = (0..=255).collect();
    assert_eq!(done(tables, vec![write(key.clone(), Condition::Always, change(&value, expires_at))]).await, [1]);
    let row = Row { key: key.clone(), version: 1, value, counters: vec![], expires_at };
    assert_eq!(get(tables, &key).await, Some(row));
    done(tables, vec![put(key.clone(), b"")]).await;
    let row = get(tables, &key).await.expect("the row exists");
    assert_eq!((row.value, row.expires_at), (vec![], None));
}

/// The same key in two tables names two rows.
pub async fn tables_are_apart(tables: &dyn Tables, _: &TestClock) {
    let other = Write { table: "conformance-other".into(), ..put(key(), b"other") };
    done(tables, vec![put(key(), b"one"), other]).await;
    assert_eq!(get(tables, &key()).await.map(|row| row.value), Some(b"one".to_vec()));
    let other = tables.get("conformance-other", &key()).await.expect("a row can be read");
    assert_eq!(other.map(|row| row.value), Some(b"other".to_vec()));
}

/// Each write of a row, of any kind, adds one.
pub async fn versions_grow_by_one(tables: &dyn Tables, _: &TestClock) {
    assert_eq!(done(tables, vec![put(key(), b"a")]).await, [1]);
    assert_eq!(done(tables, vec![put(key(), b"a")]).await, [2]);
    assert_eq!(done(tables, vec![add(key(), &[("n", 1)])]).await, [3]);
    assert_eq!(done(tables, vec![add(Key::new("partition", "new"), &[("n", 1)])]).await, [1]);
    assert_eq!(get(tables, &key()).await.map(|row| row.version), Some(3));
}

/// Deleting takes counters and version along; what does not exist can be deleted.
pub async fn a_deleted_row_is_gone_and_begins_anew(tables: &dyn Tables, _: &TestClock) {
    done(tables, vec![put(key(), b"a")]).await;
    done(tables, vec![add(key(), &[("n", 5)])]).await;
    let delete = || vec![write(key(), Condition::Always, Change::Delete)];
    assert_eq!(done(tables, delete()).await, [0]);
    assert_eq!(get(tables, &key()).await, None);
    assert_eq!(done(tables, delete()).await, [0]);
    assert_eq!(done(tables, vec![put(key(), b"b")]).await, [1]);
    assert_eq!(get(tables, &key()).await.map(|row| row.counters), Some(vec![]));
}

/// Every condition, with the row there and not there.
pub async fn conditions_hold_or_refuse(tables: &dyn Tables, _: &TestClock) {
    let conflict = Err(TableError::Conflict(0));
    let attempt = async |condition, change| tables.transact(vec![write(key(), condition, change)]).await;
    for condition in [Condition::Present, Condition::Version(1), Condition::Version(0)] {
        assert_eq!(attempt(condition, change(b"no", None)).await, conflict, "{condition:?} of no row");
        assert_eq!(attempt(condition, Change::Delete).await, conflict, "{condition:?} of no row");
        assert_eq!(attempt(condition, Change::Add(vec![("n".into(), 1)])).await, conflict, "{condition:?} of no row");
    }
    assert_eq!(get(tables, &key()).await, None);
    assert_eq!(attempt(Condition::Absent, change(b"1", None)).await, Ok(vec![1]));
    assert_eq!(attempt(Condition::Absent, change(b"no", None)).await, conflict);
    assert_eq!(attempt(Condition::Version(2), change(b"no", None)).await, conflict);
    assert_eq!(attempt(Condition::Present, change(b"2", None)).await, Ok(vec![2]));
    assert_eq!(attempt(Condition::Version(2), change(b"3", None)).await, Ok(vec![3]));
    assert_eq!(get(tables, &key()).await.map(|row| row.value), Some(b"3".to_vec()));
    assert_eq!(attempt(Condition::Version(3), Change::Delete).await, Ok(vec![0]));
}

/// A check holds a transaction to a condition and leaves its row alone.
pub async fn a_check_changes_nothing(tables: &dyn Tables, _: &TestClock) {
    let other = || Key::new("partition", "other");
    done(tables, vec![put(key(), b"a")]).await;
    let check = |condition| write(key(), condition, Change::Check);
    assert_eq!(done(tables, vec![check(Condition::Version(1)), put(other(), b"b")]).await, [1, 1]);
    assert_eq!(refused(tables, vec![check(Condition::Absent), put(other(), b"c")]).await, TableError::Conflict(0));
    assert_eq!(get(tables, &key()).await.map(|row| row.version), Some(1));
    assert_eq!(get(tables, &other()).await.map(|row| row.value), Some(b"b".to_vec()));
    let missing = write(Key::new("partition", "missing"), Condition::Absent, Change::Check);
    assert_eq!(done(tables, vec![missing]).await, [0]);
    assert_eq!(get(tables, &Key::new("partition", "missing")).await, None);
}

/// All or none, over partitions and tables; the first write whose condition fails is named.
pub async fn a_refused_transaction_changes_nothing_and_names_the_write(tables: &dyn Tables, _: &TestClock) {
    let at = |n: usize| Key::new(format!("partition-{}", n % 3), format!("{n:03}"));
    done(tables, vec![put(at(57), b"old")]).await;
    let absent = |n| write(at(n), Condition::Absent, change(b"new", None));
    let writes: Vec<_> = (0..MAX_WRITES).map(absent).collect();
    assert_eq!(refused(tables, writes.clone()).await, TableError::Conflict(57));
    for n in 0..MAX_WRITES {
        let value = get(tables, &at(n)).await.map(|row| row.value);
        assert_eq!(value, (n == 57).then(|| b"old".to_vec()), "row {n}");
    }
    done(tables, vec![write(at(57), Condition::Always, Change::Delete)]).await;
    assert_eq!(done(tables, writes).await, vec![1; MAX_WRITES]);
}

/// Of many who replace the same version, one succeeds.
pub async fn a_version_is_won_by_exactly_one(tables: &dyn Tables, _: &TestClock) {
    done(tables, vec![put(key(), b"start")]).await;
    let attempts = (0..16_u8).map(|n| tables.transact(vec![write(key(), Condition::Version(1), change(&[n], None))]));
    let results = join_all(attempts).await;
    let winners: Vec<_> = (0..).zip(&results).filter(|(_, result)| result.is_ok()).map(|(n, _)| n).collect();
    assert_eq!(winners.len(), 1, "{results:?}");
    assert!(results.iter().filter(|r| r.is_err()).all(|r| *r == Err(TableError::Conflict(0))), "{results:?}");
    assert_eq!(get(tables, &key()).await.map(|row| (row.version, row.value)), Some((2, winners)));
}

/// No addition is lost.
pub async fn counters_add_up_under_concurrency(tables: &dyn Tables, _: &TestClock) {
    let additions = (1..=50).map(|n| tables.transact(vec![add(key(), &[("plays", 1), ("seconds", n)])]));
    let results = join_all(additions).await;
    let mut versions: Vec<_> = results.into_iter().flat_map(|result| result.expect("an addition is made")).collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=50).collect::<Vec<_>>());
    let row = get(tables, &key()).await.expect("the row exists");
    assert_eq!(row.counters, [("plays".to_owned(), 50), ("seconds".to_owned(), 1_275)]);
}

/// Counters come ordered by name, may fall below zero, and outlive a put.
pub async fn counters_are_kept_by_put_and_named_apart(tables: &dyn Tables, _: &TestClock) {
    done(tables, vec![add(key(), &[("b", 2), ("a", -1), ("weird \" name ü", 3)])]).await;
    done(tables, vec![put(key(), b"value")]).await;
    done(tables, vec![add(key(), &[("a", -1)])]).await;
    let row = get(tables, &key()).await.expect("the row exists");
    let counters = [("a".to_owned(), -2), ("b".to_owned(), 2), ("weird \" name ü".to_owned(), 3)];
    assert_eq!((row.value, row.counters, row.version), (b"value".to_vec(), counters.to_vec(), 3));
}

/// A sum beyond 64 bits is refused and changes nothing.
pub async fn a_counter_that_overflows_is_refused(tables: &dyn Tables, _: &TestClock) {
    done(tables, vec![add(key(), &[("n", i64::MAX)])]).await;
    assert_invalid(tables, vec![add(key(), &[("n", 1)])]).await;
    done(tables, vec![add(key(), &[("n", -1)])]).await;
    let row = get(tables, &key()).await.expect("the row exists");
    assert_eq!(row.counters, [("n".to_owned(), i64::MAX - 1)]);
}

/// A row ends in the millisecond that it names.
pub async fn an_expired_row_is_invisible_at_once(tables: &dyn Tables, clock: &TestClock) {
    let expires_at = Some(clock.now() + 1_000);
    done(tables, vec![write(key(), Condition::Always, change(b"a", expires_at))]).await;
    clock.advance(999);
    assert!(get(tables, &key()).await.is_some());
    clock.advance(1);
    assert_eq!(get(tables, &key()).await, None);
    let past = write(Key::new("partition", "past"), Condition::Always, change(b"a", Some(clock.now() - 1)));
    done(tables, vec![past]).await;
    assert_eq!(get(tables, &Key::new("partition", "past")).await, None);
}

/// To a write, an expired row is none: absent, without version and counters.
pub async fn an_expired_row_begins_anew(tables: &dyn Tables, clock: &TestClock) {
    let keys = ["present", "absent", "put", "add"].map(|sort| Key::new("partition", sort));
    for key in &keys {
        let expires_at = Some(clock.now() + 1_000);
        done(tables, vec![add(key.clone(), &[("n", 7)])]).await;
        done(tables, vec![write(key.clone(), Condition::Always, change(b"old", expires_at))]).await;
    }
    clock.advance(1_000);
    let [present, absent, put_over, add_to] = keys;
    for condition in [Condition::Present, Condition::Version(2)] {
        assert_eq!(
            refused(tables, vec![write(present.clone(), condition, change(b"no", None))]).await,
            TableError::Conflict(0)
        );
    }
    assert_eq!(done(tables, vec![write(absent, Condition::Absent, change(b"new", None))]).await, [1]);
    assert_eq!(done(tables, vec![put(put_over.clone(), b"new")]).await, [1]);
    assert_eq!(get(tables, &put_over).await.map(|row| row.counters), Some(vec![]));
    assert_eq!(done(tables, vec![add(add_to.clone(), &[("n", 1)])]).await, [1]);
    let row = get(tables, &add_to).await.expect("the row exists");
    assert_eq!((row.value, row.counters, row.expires_at), (vec![], vec![("n".to_owned(), 1)], None));
}

/// Adding to counters leaves the rest of the row as it is.
pub async fn counting_keeps_value_and_expiry(tables: &dyn Tables, clock: &TestClock) {
    let expires_at = Some(clock.now() + 1_000);
    done(tables, vec![write(key(), Condition::Always, change(b"a", expires_at))]).await;
    done(tables, vec![add(key(), &[("n", 1)])]).await;
    let row = get(tables, &key()).await.expect("the row exists");
    assert_eq!((row.value, row.expires_at), (b"a".to_vec(), expires_at));
}

/// Keys have 1 byte at least, and no more than DynamoDB takes.
pub async fn keys_have_limits(tables: &dyn Tables, _: &TestClock) {
    let longest = Key::new("p".repeat(MAX_PARTITION), "s".repeat(MAX_SORT));
    done(tables, vec![put(longest.clone(), b"a")]).await;
    assert!(get(tables, &longest).await.is_some());
    let wrong = [
        Key::new("", "s"),
        Key::new("p", ""),
        Key::new("p".repeat(MAX_PARTITION + 1), "s"),
        Key::new("p", "s".repeat(MAX_SORT + 1)),
    ];
    for key in wrong {
        assert_invalid(tables, vec![put(key.clone(), b"a")]).await;
        let error = tables.get(TABLE, &key).await.expect_err("the key is refused");
        assert!(matches!(error, TableError::Invalid(_)), "{error:?}");
    }
}

/// A row may have 400 KB, keys and counters included.
pub async fn rows_have_limits(tables: &dyn Tables, _: &TestClock) {
    let room = MAX_ROW - "partition".len() - "sort".len();
    let largest = vec![7; room];
    done(tables, vec![put(key(), &largest)]).await;
    assert_eq!(get(tables, &key()).await.map(|row| row.value), Some(largest));
    assert_invalid(tables, vec![put(key(), &vec![7; room + 1])]).await;
    assert_invalid(tables, vec![add(key(), &[("n", 1)])]).await;
    let twice = Change::Add(vec![("n".into(), 1), ("n".into(), 1)]);
    assert_invalid(tables, vec![write(Key::new("p", "s"), Condition::Always, twice)]).await;
    assert_invalid(tables, vec![add(Key::new("p", "s"), &[("", 1)])]).await;
}

/// A transaction has 1 to 100 writes to different rows, and 4 MB.
pub async fn transactions_have_limits(tables: &dyn Tables, _: &TestClock) {
    assert_invalid(tables, vec![]).await;
    assert_invalid(tables, (0..=MAX_WRITES).map(|n| put(Key::new("p", n.to_string()), b"a")).collect()).await;
    assert_invalid(tables, vec![put(key(), b"a"), write(key(), Condition::Present, Change::Check)]).await;
    let value = vec![7; MAX_ROW - 100];
    let large = |n: usize| (0..n).map(|n| put(Key::new("p", n.to_string()), &value)).collect::<Vec<_>>();
    assert_invalid(tables, large(MAX_TRANSACTION / value.len() + 1)).await;
    assert_eq!(done(tables, large(3)).await, [1, 1, 1]);
}
