//! A data folder as a whole: opened, opened again, shared with an encoding process, swept.

use bytes::Bytes;
use reel_backend_embedded::blob::{FileBlobs, PresignError};
use reel_backend_embedded::config::Settings;
use reel_backend_embedded::{Embedded, OpenError, blob_folder, lock::LockError};
use reel_capabilities::SystemClock;
use reel_capabilities::blob::{self, Blobs, Location, Operation};
use reel_capabilities::config::Config;
use reel_capabilities::conformance::TestClock;
use reel_capabilities::events::{Entry, Events};
use reel_capabilities::table::{Change, Condition, Key, Tables, Write};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::oneshot;

type Outcome = Result<(), Box<dyn Error>>;

fn open(data: &Path, clock: &Arc<TestClock>) -> Result<Embedded, OpenError> {
    let clock: Arc<TestClock> = Arc::clone(clock);
    Embedded::open(data, clock, Settings::from([("a.b".into(), "default".into())]))
}

fn put(sort: String, expires_at: Option<u64>) -> Write {
    let change = Change::Put { value: sort.clone().into(), expires_at };
    Write { table: "t".into(), key: Key::new("p", sort), condition: Condition::Always, change }
}

fn entry(data: &str) -> Entry {
    Entry { key: "key".into(), data: Bytes::copy_from_slice(data.as_bytes()) }
}

#[tokio::test]
async fn everything_is_there_after_a_restart() -> Outcome {
    let (folder, clock) = (tempfile::tempdir()?, Arc::default());
    let data = folder.path().join("new/data");
    let first = open(&data, &clock)?;
    first.tables.transact(vec![put("row".into(), None)]).await?;
    first.blobs.write("films", "a.mp4", "video/mp4", blob::body("film"), false).await?;
    let position = first.events.append("s", vec![entry("x")]).await?;
    first.events.commit("s", "c", position).await?;
    let url = first.blobs.presign("films", "a.mp4", Operation::Get, 60).await?;
    drop(first);
    let again = open(&data, &clock)?;
    assert!(again.tables.get("t", &Key::new("p", "row")).await?.is_some());
    assert_eq!(blob::read(&*again.blobs, "films", "a.mp4", None).await?, "film");
    assert_eq!(again.events.position("s", "c").await?, position);
    assert!(again.events.append("s", vec![entry("y")]).await? > position);
    assert_eq!(again.blobs.verify_presigned("GET", &url)?.key, "a.mp4");
    assert_eq!(again.config.get("a.b")?, Some("default".into()));
    Ok(())
}

#[tokio::test]
async fn a_second_platform_is_refused_while_any_store_is_open() -> Outcome {
    let (folder, clock) = (tempfile::tempdir()?, Arc::default());
    let events = open(folder.path(), &clock)?.events;
    let refusal = open(folder.path(), &clock).err();
    assert!(matches!(refusal, Some(OpenError::Lock(LockError::Held(_)))), "{refusal:?}");
    let text = refusal.map(|error| error.to_string()).unwrap_or_default();
    assert!(text.contains(&folder.path().display().to_string()), "{text}");
    drop(events);
    open(folder.path(), &clock)?;
    Ok(())
}

#[tokio::test]
async fn a_process_beside_the_platform_shares_the_objects() -> Outcome {
    let (folder, clock) = (tempfile::tempdir()?, Arc::default());
    let encoder = FileBlobs::open(&blob_folder(folder.path()))?;
    // The encoder is in the middle of a write when the platform opens and sweeps.
    let (more, rest) = oneshot::channel::<()>();
    let slow = futures::stream::once(async { Ok(Bytes::from("first ")) });
    let slow = futures::StreamExt::chain(
        slow,
        futures::stream::once(async {
            rest.await.map_or_else(|_| Err(blob::BlobError::Unavailable("cut".into())), |()| Ok(Bytes::from("rest")))
        }),
    );
    let writing = encoder.write("films", "a.m4s", "video/mp4", Box::pin(slow), true);
    let sharing = async {
        let platform = open(folder.path(), &clock)?;
        more.send(()).map_err(|()| "the encoder has gone")?;
        Ok::<_, Box<dyn Error>>(platform)
    };
    let (written, platform) = tokio::join!(writing, sharing);
    let platform = platform?;
    assert_eq!(Some(written?), platform.blobs.head("films", "a.m4s").await?);
    let Location::File(path) = platform.blobs.locate("films", "a.m4s").await? else {
        return Err("a file was due".into());
    };
    assert_eq!(fs::read_to_string(path)?, "first rest");
    let no_key = encoder.presign("films", "a.m4s", Operation::Get, 60).await;
    assert!(matches!(no_key, Err(blob::BlobError::Unavailable(_))), "{no_key:?}");
    Ok(())
}

#[tokio::test]
async fn a_presigned_url_allows_one_thing_for_its_time() -> Outcome {
    let (folder, clock) = (tempfile::tempdir()?, Arc::<TestClock>::default());
    let blobs = open(folder.path(), &clock)?.blobs;
    let upload = blobs.create_upload("films", "a b.mp4", "video/mp4").await?;
    let operation = Operation::PutPart { upload, number: 1 };
    let url = blobs.presign("films", "a b.mp4", operation.clone(), 60).await?;
    let signed = blobs.verify_presigned("PUT", &format!("/{url}"))?;
    assert_eq!((signed.bucket.as_str(), signed.key.as_str(), &signed.operation), ("films", "a b.mp4", &operation));
    assert_eq!(blobs.verify_presigned("GET", &url), Err(PresignError::Method));
    clock.advance(61_000);
    assert_eq!(blobs.verify_presigned("PUT", &url), Err(PresignError::Expired));
    Ok(())
}

#[tokio::test]
async fn expired_rows_are_swept() -> Outcome {
    let (folder, clock) = (tempfile::tempdir()?, Arc::<TestClock>::default());
    let tables = open(folder.path(), &clock)?.tables;
    let expires_at = Some(reel_capabilities::Clock::now(&*clock) + 1_000);
    tables.transact((0..40).map(|n| put(format!("{n}"), expires_at.filter(|_| n != 7))).collect()).await?;
    assert_eq!(tables.sweep().await?, 0);
    clock.advance(1_000);
    assert_eq!(tables.sweep().await?, 39);
    tables.transact((0..40).map(|n| put(format!("{n}"), expires_at)).collect()).await?;
    clock.advance(60_000);
    tables.transact(vec![put("new".into(), None)]).await?;
    assert_eq!(tables.sweep().await?, 0, "the write has swept");
    Ok(())
}

#[tokio::test]
async fn records_are_kept_until_they_are_old_and_read() -> Outcome {
    const WEEK: u64 = 7 * 24 * 3_600 * 1_000;
    let (folder, clock) = (tempfile::tempdir()?, Arc::<TestClock>::default());
    let events = open(folder.path(), &clock)?.events;
    let second = events.append("s", vec![entry("1"), entry("2")]).await?;
    let third = events.append("s", vec![entry("3")]).await?;
    events.commit("s", "slow", second).await?;
    events.commit("s", "quick", third).await?;
    clock.advance(WEEK);
    assert_eq!(events.sweep().await?, 0, "not old enough");
    clock.advance(1);
    assert_eq!(events.sweep().await?, 2, "the third is not read by all");
    assert_eq!(events.read("s", 0, 10).await?.iter().map(|r| r.position).collect::<Vec<_>>(), [third]);
    events.commit("s", "slow", third).await?;
    assert_eq!(events.sweep().await?, 1);
    assert!(events.append("s", vec![entry("4")]).await? > third, "positions do not begin anew");
    Ok(())
}

#[tokio::test]
async fn a_write_whose_caller_has_gone_wakes_those_who_wait() -> Outcome {
    let folder = tempfile::tempdir()?;
    let events = Embedded::open(folder.path(), Arc::new(SystemClock), Settings::new())?.events;
    let waiting = tokio::spawn({
        let events = events.clone();
        async move { events.wait("s", 0).await }
    });
    let mut append = events.append("s", vec![entry("x")]);
    // Polled once, so that the work is in the queue; then given up.
    let answered = futures::poll!(&mut append).is_ready();
    drop(append);
    waiting.await?;
    assert!(answered || events.read("s", 0, 1).await?.len() == 1);
    Ok(())
}
