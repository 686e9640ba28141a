//! The embedded backends against the suites that hold for all.

use async_trait::async_trait;
use reel_backend_embedded::blob::{FileBlobs, PresignKey};
use reel_backend_embedded::cache::MemoryCache;
use reel_backend_embedded::config::{FileConfig, Settings};
use reel_backend_embedded::events::SqliteEvents;
use reel_backend_embedded::notify::Outbox;
use reel_backend_embedded::secrets::FileSecrets;
use reel_backend_embedded::table::SqliteTables;
use reel_capabilities::config::Config;
use reel_capabilities::conformance::{TestClock, config, notify, secrets};
use reel_capabilities::notify::{Message, Notify};
use std::fs::{self, Permissions};
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use tempfile::TempDir;

/// A store with the temporary folder that it stands in.
struct Temporary<T> {
    store: T,
    folder: TempDir,
}

impl<T> Temporary<T> {
    fn new(open: impl FnOnce(&std::path::Path) -> T) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { store: open(folder.path()), folder }
    }
}

impl<T> Deref for Temporary<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.store
    }
}

mod table {
    use super::*;

    async fn open(clock: Arc<TestClock>) -> Temporary<SqliteTables> {
        Temporary::new(|folder| SqliteTables::open(&folder.join("tables"), clock).expect("the rows open"))
    }

    reel_capabilities::table_conformance!(open);
}

mod blob {
    use super::*;

    async fn open(clock: Arc<TestClock>) -> Temporary<FileBlobs> {
        let key = PresignKey::new(&[7; 32]).expect("32 bytes are a key");
        Temporary::new(|folder| FileBlobs::open(folder).expect("the objects open").with_clock(clock).with_key(key))
    }

    reel_capabilities::blob_conformance!(open);
}

mod events {
    use super::*;

    async fn open(clock: Arc<TestClock>) -> Temporary<SqliteEvents> {
        Temporary::new(|folder| SqliteEvents::open(&folder.join("events"), clock).expect("the log opens"))
    }

    reel_capabilities::events_conformance!(open);
}

mod cache {
    use super::*;

    async fn open(clock: Arc<TestClock>) -> Box<MemoryCache> {
        Box::new(MemoryCache::new(0, clock))
    }

    reel_capabilities::cache_conformance!(open);
}

#[async_trait]
impl config::Subject for Temporary<FileConfig> {
    fn config(&self) -> &dyn Config {
        &self.store
    }

    async fn store(&self, settings: &[(&str, &str)]) {
        let mut sections = toml::Table::new();
        for (key, value) in settings {
            let (section, name) = key.split_once('.').expect("a key is section.name");
            let section = sections.entry(section).or_insert_with(|| toml::Table::new().into());
            section.as_table_mut().expect("a section").insert(name.into(), (*value).into());
        }
        fs::write(self.folder.path().join("config.toml"), sections.to_string()).expect("the file can be written");
    }
}

mod configuration {
    use super::*;

    async fn open(_: Arc<TestClock>) -> Box<Temporary<FileConfig>> {
        Box::new(Temporary::new(|folder| {
            FileConfig::open(&folder.join("config.toml"), Settings::new()).expect("the settings open")
        }))
    }

    reel_capabilities::config_conformance!(open);
}

mod secret {
    use super::*;

    async fn open(_: Arc<TestClock>) -> Temporary<FileSecrets> {
        Temporary::new(|folder| {
            let store = FileSecrets::open(&folder.join("secrets")).expect("the secrets open");
            for (name, bytes) in secrets::STORED {
                let path = folder.join("secrets").join(name);
                fs::write(&path, bytes).expect("own folder");
                fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("own file");
            }
            store
        })
    }

    reel_capabilities::secrets_conformance!(open);
}

#[async_trait]
impl notify::Subject for Temporary<Outbox> {
    fn notify(&self) -> &dyn Notify {
        &self.store
    }

    async fn accepted(&self) -> Vec<Message> {
        self.store.messages().expect("the outbox can be read")
    }
}

mod outbox {
    use super::*;

    async fn open(_: Arc<TestClock>) -> Box<Temporary<Outbox>> {
        Box::new(Temporary::new(|folder| Outbox::open(folder).expect("the outbox opens")))
    }

    reel_capabilities::notify_conformance!(open);
}
