//! `reel:notify` in an outbox folder: one JSON file a message, named by its idempotency key.

use crate::durable;
use async_trait::async_trait;
use reel_capabilities::notify::{self, Message, Notify, NotifyError};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// Messages that wait in a folder. A file stays when its message has been delivered: it
/// is what keeps a second message of the same key from being sent.
#[derive(Debug, Clone)]
pub struct Outbox {
    folder: PathBuf,
}

fn unavailable(error: &std::io::Error, path: &Path) -> NotifyError {
    NotifyError::Unavailable(durable::explain(error, path))
}

impl Outbox {
    /// Opens the folder, creating it.
    pub fn open(folder: &Path) -> Result<Self, NotifyError> {
        durable::create_folders(folder).map_err(|error| unavailable(&error, folder))?;
        Ok(Self { folder: folder.into() })
    }

    /// The accepted messages, in no order.
    pub fn messages(&self) -> Result<Vec<Message>, NotifyError> {
        let entries = fs::read_dir(&self.folder).map_err(|error| unavailable(&error, &self.folder))?;
        let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        paths.filter(|path| path.extension().is_some_and(|end| end == "json")).map(|path| read(&path)).collect()
    }

    fn accept(&self, message: &Message) -> Result<(), NotifyError> {
        let name = hex::encode(Sha256::digest(&message.idempotency_key));
        let path = self.folder.join(name).with_extension("json");
        let json = serde_json::to_vec_pretty(message).map_err(|error| NotifyError::Invalid(error.to_string()))?;
        // One that is there already has been accepted before.
        durable::create_whole(&path, &json, 0o600).map(drop).map_err(|error| unavailable(&error, &path))
    }
}

fn read(path: &Path) -> Result<Message, NotifyError> {
    let json = fs::read(path).map_err(|error| unavailable(&error, path))?;
    serde_json::from_slice(&json)
        .map_err(|error| NotifyError::Unavailable(format!("{} is not a message: {error}", path.display())))
}

#[async_trait]
impl Notify for Outbox {
    async fn send(&self, message: Message) -> Result<(), NotifyError> {
        notify::validate(&message)?;
        let outbox = self.clone();
        let accepted = tokio::task::spawn_blocking(move || outbox.accept(&message)).await;
        accepted.map_err(|error| NotifyError::Unavailable(format!("a write was given up: {error}")))?
    }
}
