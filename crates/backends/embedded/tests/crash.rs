//! What a SIGKILL leaves: a child writes and says what was acknowledged, and is killed in
//! the middle of it, again and again over the same files.

use reel_backend_embedded::blob::FileBlobs;
use reel_backend_embedded::events::SqliteEvents;
use reel_backend_embedded::table::SqliteTables;
use reel_capabilities::SystemClock;
use reel_capabilities::blob::{self, Blobs};
use reel_capabilities::events::{Entry, Events};
use reel_capabilities::table::{Change, Condition, Key, Page, Selection, Tables, Write};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tokio::runtime::Runtime;

/// Names the store and the folder to the child.
const CHILD: &str = "REEL_CRASH_CHILD";
/// How often each store's child is killed, where this is not set.
const ROUNDS: &str = "REEL_CRASH_ROUNDS";
/// How many write at once.
const WRITERS: u64 = 4;
/// How many records an append holds.
const BATCH: u64 = 5;

/// The last number that each writer was told is safe.
type Acknowledged = BTreeMap<u64, u64>;

#[test]
fn the_event_log_survives() {
    survive("events", |folder, acknowledged| runtime().block_on(check_events(folder, acknowledged)));
}

#[test]
fn rows_survive() {
    survive("tables", |folder, acknowledged| runtime().block_on(check_tables(folder, acknowledged)));
}

#[test]
fn objects_survive() {
    survive("blobs", |folder, acknowledged| runtime().block_on(check_blobs(folder, acknowledged)));
}

#[test]
#[ignore = "the process that the other tests kill"]
fn child() {
    let Ok(told) = std::env::var(CHILD) else { return };
    let (store, folder) = told.split_once(' ').expect("a store and a folder");
    let folder = PathBuf::from(folder);
    runtime().block_on(async {
        match store {
            "events" => write_events(&folder).await,
            "tables" => write_tables(&folder).await,
            _ => write_blobs(&folder).await,
        }
    });
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

fn random(below: u64) -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).expect("random bytes");
    u64::from_le_bytes(bytes) % below
}

fn survive(store: &str, check: impl Fn(&Path, &Acknowledged)) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let rounds = std::env::var(ROUNDS).map_or(5, |rounds| rounds.parse().expect("a number of rounds"));
    let mut acknowledged = Acknowledged::new();
    for _ in 0..rounds {
        run_and_kill(store, folder.path(), &mut acknowledged);
        check(folder.path(), &acknowledged);
    }
    println!("{store}: {rounds} kills, acknowledged {acknowledged:?}");
}

/// Lets a child work until it has acknowledged a random number of writes.
fn run_and_kill(store: &str, folder: &Path, acknowledged: &mut Acknowledged) {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env(CHILD, format!("{store} {}", folder.display()))
        .stdout(Stdio::piped())
        .spawn()
        .expect("the child starts");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let acknowledgements = lines.map_while(Result::ok).filter_map(|line| parse(&line));
    let enough = 1 + random(120);
    for (count, (writer, number)) in (1..).zip(acknowledgements) {
        acknowledged.insert(writer, number);
        if count == enough {
            // What is still in the pipe was acknowledged too.
            child.kill().expect("the child can be killed");
        }
    }
    let status = child.wait().expect("the child ends");
    assert_eq!(status.code(), None, "the child ended by itself");
}

fn parse(line: &str) -> Option<(u64, u64)> {
    let (writer, number) = line.strip_prefix("acknowledged ")?.split_once(' ')?;
    Some((writer.parse().ok()?, number.parse().ok()?))
}

fn acknowledge(writer: u64, number: u64) {
    let mut out = std::io::stdout().lock();
    // The line in one call, so that it is not cut by the kill.
    out.write_all(format!("\nacknowledged {writer} {number}\n").as_bytes()).expect("the parent reads");
    out.flush().expect("the parent reads");
}

/// Content that says what it is and fills a few pages now and then.
fn content(writer: u64, number: u64) -> Vec<u8> {
    let length = 24 + (number * 7_919 % 97) * if number.is_multiple_of(7) { 900 } else { 9 };
    let seed = writer.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ number;
    (0..length).map(|at| (seed.wrapping_mul(at + 1) >> 24) as u8).collect()
}

async fn for_all_writers<F: Future<Output = ()> + Send + 'static>(work: impl Fn(u64) -> F) {
    let writers: Vec<_> = (0..WRITERS).map(|writer| tokio::spawn(work(writer))).collect();
    for writer in writers {
        writer.await.expect("a writer goes on for ever");
    }
}

fn open_events(folder: &Path) -> Arc<SqliteEvents> {
    Arc::new(SqliteEvents::open(&folder.join("events"), Arc::new(SystemClock)).expect("the log opens"))
}

/// The records of each writer, in order, from all of the stream.
async fn records(events: &dyn Events) -> BTreeMap<u64, Vec<Vec<u8>>> {
    let mut by_writer = BTreeMap::<u64, Vec<Vec<u8>>>::new();
    let mut after = 0;
    loop {
        let records = events.read("stream", after, 1_000).await.expect("records can be read");
        let Some(last) = records.last() else { return by_writer };
        assert!(after < records[0].position && records.windows(2).all(|pair| pair[0].position < pair[1].position));
        after = last.position;
        for record in records {
            by_writer.entry(record.key.parse().expect("a writer")).or_default().push(record.data.into());
        }
    }
}

async fn write_events(folder: &Path) {
    let events = open_events(folder);
    let kept = records(&*events).await;
    for_all_writers(|writer| {
        let (events, mut next) = (events.clone(), kept.get(&writer).map_or(0, Vec::len) as u64);
        async move {
            loop {
                let batch = (next..next + BATCH)
                    .map(|number| Entry { key: writer.to_string(), data: content(writer, number).into() });
                events.append("stream", batch.collect()).await.expect("the batch is appended");
                next += BATCH;
                acknowledge(writer, next - 1);
            }
        }
    })
    .await;
}

async fn check_events(folder: &Path, acknowledged: &Acknowledged) {
    let kept = records(&*open_events(folder)).await;
    for (writer, records) in &kept {
        assert!((records.len() as u64).is_multiple_of(BATCH), "half a batch of writer {writer}");
        for (number, record) in (0..).zip(records) {
            assert!(*record == content(*writer, number), "record {number} of writer {writer} is torn or out of order");
        }
    }
    for (writer, last) in acknowledged {
        let count = kept.get(writer).map_or(0, Vec::len) as u64;
        assert!(count > *last, "writer {writer}: {count} records, acknowledged to {last}");
    }
}

fn open_tables(folder: &Path) -> Arc<SqliteTables> {
    Arc::new(SqliteTables::open(&folder.join("tables"), Arc::new(SystemClock)).expect("the rows open"))
}

fn counter(writer: u64) -> Key {
    Key::new("counters", writer.to_string())
}

async fn count(tables: &dyn Tables, writer: u64) -> u64 {
    let row = tables.get("rows", &counter(writer)).await.expect("a row can be read");
    row.map_or(0, |row| row.counters[0].1.cast_unsigned())
}

/// Three rows in one transaction: two with the same content, and a counter.
async fn write_tables(folder: &Path) {
    let tables = open_tables(folder);
    for_all_writers(|writer| {
        let tables = tables.clone();
        async move {
            let mut next = count(&*tables, writer).await;
            loop {
                let put = |side: &str| Write {
                    table: "rows".into(),
                    key: Key::new(format!("{side}-{writer}"), format!("{next:09}")),
                    condition: Condition::Absent,
                    change: Change::Put { value: content(writer, next), expires_at: None },
                };
                let add = Write {
                    key: counter(writer),
                    condition: Condition::Always,
                    change: Change::Add(vec![("rows".into(), 1)]),
                    ..put("left")
                };
                tables.transact(vec![put("left"), put("right"), add]).await.expect("the transaction is made");
                acknowledge(writer, next);
                next += 1;
            }
        }
    })
    .await;
}

async fn check_tables(folder: &Path, acknowledged: &Acknowledged) {
    let tables = open_tables(folder);
    for (writer, last) in acknowledged {
        let count = count(&*tables, *writer).await;
        assert!(count > *last, "writer {writer}: {count} transactions, acknowledged to {last}");
        for side in ["left", "right"] {
            let mut next = 0;
            let mut selection =
                Selection { partition: format!("{side}-{writer}"), limit: 1_000, ..Selection::default() };
            loop {
                let Page { rows, cursor } = tables.query("rows", &selection).await.expect("rows can be read");
                for row in rows {
                    assert!(
                        row.key.sort == format!("{next:09}") && row.value == content(*writer, next),
                        "row {next} on the {side}"
                    );
                    next += 1;
                }
                selection.cursor = cursor;
                if selection.cursor.is_none() {
                    break;
                }
            }
            assert_eq!(next, count, "half a transaction of writer {writer} on the {side}");
        }
    }
}

fn name(writer: u64, number: u64) -> String {
    format!("writer-{writer}/{}/{number:09}.bin", number % 3)
}

/// The number that an object of changing content begins with; none when there is none.
async fn latest(blobs: &dyn Blobs, writer: u64) -> Option<u64> {
    blobs.head("bucket", &format!("latest-{writer}")).await.expect("an object can be looked up")?;
    let bytes = blob::read(blobs, "bucket", &format!("latest-{writer}"), None).await.expect("an object can be read");
    let number = u64::from_le_bytes(bytes[..8].try_into().expect("a number"));
    assert!(bytes[8..] == content(writer, number), "latest object of writer {writer} is a mixture");
    Some(number)
}

/// A new object, then one that is replaced, then an old one that is deleted.
async fn write_blobs(folder: &Path) {
    let blobs = FileBlobs::open(folder).expect("the objects open");
    for_all_writers(|writer| {
        let blobs = blobs.clone();
        async move {
            let mut number = latest(&blobs, writer).await.map_or(0, |number| number + 1);
            loop {
                let whole = content(writer, number);
                let latest = [&number.to_le_bytes()[..], &whole].concat();
                blobs
                    .write("bucket", &name(writer, number), "a/b", blob::body(whole), false)
                    .await
                    .expect("it is written");
                blobs
                    .write("bucket", &format!("latest-{writer}"), "a/b", blob::body(latest), false)
                    .await
                    .expect("it is written");
                if number >= 10 {
                    blobs.delete("bucket", &name(writer, number - 10)).await.expect("it is deleted");
                }
                acknowledge(writer, number);
                number += 1;
            }
        }
    })
    .await;
}

async fn check_blobs(folder: &Path, acknowledged: &Acknowledged) {
    let blobs = FileBlobs::open(folder).expect("the objects open");
    for (writer, last) in acknowledged {
        let latest = latest(&blobs, *writer).await.expect("there is a latest object");
        assert!(latest >= *last, "writer {writer}: {latest} is the latest, acknowledged to {last}");
        // An object is deleted only after the tenth that follows it.
        for number in latest.saturating_sub(9)..=latest {
            let bytes = blob::read(&blobs, "bucket", &name(*writer, number), None).await.expect("the object is there");
            assert!(bytes == content(*writer, number), "object {number} of writer {writer}");
        }
    }
    blobs.sweep().expect("leftovers can be swept");
    let objects = blobs.list("bucket", "", None).await.expect("objects can be listed").objects;
    for object in &objects {
        let bytes = blob::read(&blobs, "bucket", &object.key, None).await.expect("an object can be read");
        assert_eq!(bytes.len() as u64, object.size);
    }
    assert_eq!(files(&folder.join("content")), objects.len(), "content without an object");
    assert_eq!(files(&folder.join("staging")), 1, "only this process's lock is left");
}

fn files(folder: &Path) -> usize {
    let entries =
        std::fs::read_dir(folder).expect("the folder can be listed").map(|entry| entry.expect("an entry").path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}
