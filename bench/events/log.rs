//! The event log itself, in this process.

use crate::{BATCH, Subject, Write, process};
use anyhow::Result;
use bytes::Bytes;
use reel_backend_embedded::events::SqliteEvents;
use reel_capabilities::SystemClock;
use reel_capabilities::events::{Entry, Events};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) struct Log {
    log: Arc<SqliteEvents>,
    _folder: TempDir,
}

pub(crate) struct Writer(Arc<SqliteEvents>);

impl Log {
    pub(crate) fn open() -> Result<Self> {
        let folder = tempfile::tempdir_in(crate::FOLDER)?;
        let log = SqliteEvents::open(&folder.path().join("events.sqlite"), Arc::new(SystemClock))?;
        Ok(Self { log: Arc::new(log), _folder: folder })
    }
}

impl Subject for Log {
    type Writer = Writer;

    async fn writer(&self) -> Result<Writer> {
        Ok(Writer(self.log.clone()))
    }

    fn cpu(&self) -> Result<Duration> {
        process::cpu("self")
    }
}

impl Write for Writer {
    async fn write(&mut self) -> Result<()> {
        let key = Uuid::now_v7().to_string();
        let entries = (0..BATCH).map(|_| Entry { key: key.clone(), data: Bytes::from(record()) });
        self.0.append("playback", entries.collect()).await?;
        Ok(())
    }
}

/// An event as the log holds it, with who sent it.
pub(crate) fn record() -> String {
    let (account, profile) = (Uuid::now_v7(), Uuid::now_v7());
    let event = event();
    format!(r#"{{"account":"{account}","profile":"{profile}","received_at":1,{}"#, &event[1..])
}

/// An event as a player sends it.
pub(crate) fn event() -> String {
    let (id, play, title) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let at = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_millis();
    format!(
        r#"{{"id":"{id}","type":"view_segment","v":1,"at":{at},"play":"{play}","title_id":"{title}","device":"tv","eighth":3,"position_ms":223500,"duration_ms":596000}}"#
    )
}
