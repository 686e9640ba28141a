//! `reel:table`: reading partitions in order and in pages.
#![allow(clippy::missing_panics_doc, reason = "a case is an assertion")]

use super::TestClock;
use super::table::{TABLE, put, write};
use crate::Clock;
use crate::table::{Change, Condition, Key, MAX_PAGE, MAX_PAGE_ROWS, MAX_WRITES, Page, Selection, TableError, Tables};

const PARTITION: &str = "partition";

fn all() -> Selection {
    Selection { partition: PARTITION.into(), limit: MAX_PAGE_ROWS, ..Selection::default() }
}

async fn fill(tables: &dyn Tables, sorts: impl IntoIterator<Item = String>) {
    let writes: Vec<_> = sorts.into_iter().map(|sort| put(Key::new(PARTITION, sort), b"value")).collect();
    for chunk in writes.chunks(MAX_WRITES) {
        tables.transact(chunk.to_vec()).await.expect("the rows are written");
    }
}

async fn page(tables: &dyn Tables, selection: &Selection) -> Page {
    tables.query(TABLE, selection).await.expect("a page can be read")
}

async fn sorts(tables: &dyn Tables, selection: &Selection) -> Vec<String> {
    let page = page(tables, selection).await;
    assert_eq!(page.cursor, None, "one page holds all");
    page.rows.into_iter().map(|row| row.key.sort).collect()
}

/// The pages of a selection, by their sort keys.
async fn pages(tables: &dyn Tables, mut selection: Selection) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    loop {
        let page = page(tables, &selection).await;
        pages.push(page.rows.into_iter().map(|row| row.key.sort).collect());
        selection.cursor = page.cursor;
        if selection.cursor.is_none() {
            return pages;
        }
    }
}

/// As bytes, not as a language would sort.
pub async fn keys_are_ordered_by_byte(tables: &dyn Tables, _: &TestClock) {
    let ordered = [
        "\u{1}",
        " ",
        "!",
        "#",
        "-",
        "/",
        "10",
        "9",
        "A",
        "Z",
        "_",
        "a",
        "a\u{0}",
        "aa",
        "z",
        "\u{7f}",
        "ä",
        "é",
        "\u{800}",
        "\u{ffff}",
        "\u{1F3AC}",
    ];
    fill(tables, ordered.iter().rev().map(|sort| sort.to_string())).await;
    assert_eq!(sorts(tables, &all()).await, ordered);
    let mut reversed = ordered;
    reversed.reverse();
    assert_eq!(sorts(tables, &Selection { reverse: true, ..all() }).await, reversed);
}

/// Neither another partition nor another table shows.
pub async fn a_partition_is_read_alone(tables: &dyn Tables, _: &TestClock) {
    fill(tables, ["b".to_owned()]).await;
    let mut elsewhere = put(Key::new(PARTITION, "c"), b"value");
    elsewhere.table = "conformance-other".into();
    let neighbours =
        ["partitio", "partition!", "partition#", "partitioo"].map(|partition| put(Key::new(partition, "a"), b"value"));
    tables.transact([vec![elsewhere], neighbours.to_vec()].concat()).await.expect("the rows are written");
    assert_eq!(sorts(tables, &all()).await, ["b"]);
    assert_eq!(sorts(tables, &Selection { partition: "nobody".into(), ..all() }).await, [""; 0]);
}

/// `prefix` and `from`, alone and together, forward and backward.
pub async fn prefix_and_from_select(tables: &dyn Tables, _: &TestClock) {
    fill(tables, ["a", "b", "b#1", "b#2", "b#3", "bb", "b\u{10ffff}", "c"].map(str::to_owned)).await;
    let select = |prefix: &str, from: &str| Selection { prefix: prefix.into(), from: from.into(), ..all() };
    let cases: [(&str, &str, &[&str]); 9] = [
        ("b", "", &["b", "b#1", "b#2", "b#3", "bb", "b\u{10ffff}"]),
        ("b#", "", &["b#1", "b#2", "b#3"]),
        ("b\u{10ffff}", "", &["b\u{10ffff}"]),
        ("x", "", &[]),
        ("", "b#3", &["b#3", "bb", "b\u{10ffff}", "c"]),
        ("", "b#25", &["b#3", "bb", "b\u{10ffff}", "c"]),
        ("b#", "b#2", &["b#2", "b#3"]),
        ("b#", "a", &["b#1", "b#2", "b#3"]),
        ("b#", "c", &[]),
    ];
    for (prefix, from, expected) in cases {
        let selection = select(prefix, from);
        assert_eq!(sorts(tables, &selection).await, expected, "prefix {prefix:?} from {from:?}");
        let mut backward = expected.to_vec();
        backward.reverse();
        assert_eq!(
            sorts(tables, &Selection { reverse: true, ..selection }).await,
            backward,
            "prefix {prefix:?} from {from:?}"
        );
    }
}

/// Pages are full, follow each other without gap or repetition, and the last has no cursor.
pub async fn pages_join_forward_and_backward(tables: &dyn Tables, _: &TestClock) {
    fill(tables, (0..20).map(|n| format!("k{n:02}"))).await;
    fill(tables, ["j".to_owned(), "l".to_owned()]).await;
    let mut expected: Vec<_> = (0..20).map(|n| format!("k{n:02}")).collect();
    for reverse in [false, true] {
        for limit in [1, 7, 10, 20] {
            let selection = Selection { prefix: "k".into(), limit, reverse, ..all() };
            let pages = pages(tables, selection).await;
            assert_eq!(pages.concat(), expected, "limit {limit}, reverse {reverse}");
            assert_eq!(pages.len(), 20_usize.div_ceil(limit as usize), "limit {limit}, reverse {reverse}");
        }
        expected.reverse();
    }
}

/// Rows that come or go while pages are read move no other row.
pub async fn pages_are_stable_while_rows_are_added(tables: &dyn Tables, _: &TestClock) {
    for reverse in [false, true] {
        fill(tables, (0..10).map(|n| format!("k{n}"))).await;
        let mut selection = Selection { limit: 4, reverse, ..all() };
        let first = page(tables, &selection).await;
        let last = first.rows.last().map(|row| row.key.clone()).expect("the page has rows");
        fill(tables, ["k05", "k15", "k85", "k95"].map(str::to_owned)).await;
        tables.transact(vec![write(last, Condition::Present, Change::Delete)]).await.expect("the row is deleted");
        selection.cursor = first.cursor;
        selection.limit = MAX_PAGE_ROWS;
        let expected: &[&str] = if reverse {
            &["k5", "k4", "k3", "k2", "k15", "k1", "k05", "k0"]
        } else {
            &["k4", "k5", "k6", "k7", "k8", "k85", "k9", "k95"]
        };
        assert_eq!(sorts(tables, &selection).await, expected);
        let added = ["k05", "k15", "k85", "k95"]
            .map(|sort| write(Key::new(PARTITION, sort), Condition::Always, Change::Delete));
        tables.transact(added.to_vec()).await.expect("the rows are deleted");
    }
}

/// A page ends before it exceeds 1 MB, and what follows is not lost.
pub async fn a_page_holds_a_megabyte(tables: &dyn Tables, _: &TestClock) {
    for n in 0..5 {
        let row = put(Key::new(PARTITION, format!("{n}")), &vec![n; 390_000]);
        tables.transact(vec![row]).await.expect("the row is written");
    }
    let first = page(tables, &all()).await;
    let bytes: usize = first.rows.iter().map(|row| row.size()).sum();
    assert!((1..=MAX_PAGE).contains(&bytes), "{bytes} bytes in {} rows", first.rows.len());
    assert_eq!(pages(tables, all()).await.concat(), ["0", "1", "2", "3", "4"]);
}

/// Expired rows are neither shown nor counted.
pub async fn expired_rows_fill_no_page(tables: &dyn Tables, clock: &TestClock) {
    let expires_at = Some(clock.now() + 1_000);
    for n in 0..30 {
        let change = Change::Put { value: vec![], expires_at: expires_at.filter(|_| n % 10 != 5) };
        let row = write(Key::new(PARTITION, format!("{n:02}")), Condition::Always, change);
        tables.transact(vec![row]).await.expect("the row is written");
    }
    clock.advance(1_000);
    let pages = pages(tables, Selection { limit: 2, ..all() }).await;
    assert_eq!(pages.concat(), ["05", "15", "25"]);
    assert_eq!(pages[0].len(), 2);
}

/// What cannot be selected is refused.
pub async fn selections_have_limits(tables: &dyn Tables, _: &TestClock) {
    let wrong = [
        Selection { limit: 0, ..all() },
        Selection { limit: MAX_PAGE_ROWS + 1, ..all() },
        Selection { partition: String::new(), ..all() },
        Selection { prefix: "p".repeat(2_000), ..all() },
    ];
    for selection in wrong {
        let error = tables.query(TABLE, &selection).await.expect_err("the selection is refused");
        assert!(matches!(error, TableError::Invalid(_)), "{error:?}");
    }
}
