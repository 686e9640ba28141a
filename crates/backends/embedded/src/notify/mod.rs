//! `reel:notify` in an outbox folder, whose files are named by their messages' idempotency keys:
//!
//! | file | says that a message |
//! |---|---|
//! | `KEY.json` | was accepted, and is to be sent; holds it |
//! | `KEY.sent` | was sent, or will never be; holds how it ended, and neither whom it was for nor what it said |
//!
//! Either keeps a second message of the key from being sent. Without a mail server letters stay where they are.
//! With one, [`Outbox::deliver`] hands them over; what a crash left is handed over when it starts again.
//!
//! What SMTP cannot promise: when the process ends, or the connection breaks, after the server took a letter and
//! before that is written down, it is sent again, with the same `Message-ID`.
//!
//! A push goes to its push service before it counts as accepted, so that whoever sends it learns when nobody
//! listens there any more.

mod postman;

use crate::durable;
use async_trait::async_trait;
use reel_capabilities::notify::{self, Channel, Message, Notify, NotifyError};
use reel_mail::Smtp;
use reel_push::{PushError, PushSender};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify as Bell;

/// How the names of waiting messages end.
const WAITING: &str = "json";
/// How the names of messages end that nothing is left to do with.
const SENT: &str = "sent";

/// Messages in a folder.
#[derive(Clone)]
pub struct Outbox {
    folder: PathBuf,
    smtp: Option<Arc<Smtp>>,
    push: Option<Arc<PushSender>>,
    /// Rings when a letter has come.
    bell: Arc<Bell>,
    /// The pushes that are being sent, so that a race sends one once.
    pushing: Arc<Mutex<HashSet<PathBuf>>>,
}

fn unavailable(error: &std::io::Error, path: &Path) -> NotifyError {
    NotifyError::Unavailable(durable::explain(error, path))
}

impl Outbox {
    /// Opens the folder, creating it.
    pub fn open(folder: &Path) -> Result<Self, NotifyError> {
        durable::create_folders(folder).map_err(|error| unavailable(&error, folder))?;
        Ok(Self { folder: folder.into(), smtp: None, push: None, bell: Arc::default(), pushing: Arc::default() })
    }

    /// Hands letters to this server once [`Outbox::deliver`] runs.
    #[must_use]
    pub fn with_smtp(self, smtp: Smtp) -> Self {
        Self { smtp: Some(Arc::new(smtp)), ..self }
    }

    /// Hands pushes to their services. Without it they stay in the folder.
    #[must_use]
    pub fn with_push(self, push: PushSender) -> Self {
        Self { push: Some(Arc::new(push)), ..self }
    }

    /// The messages that wait, in no order.
    pub fn messages(&self) -> Result<Vec<Message>, NotifyError> {
        self.waiting()?.iter().map(|path| read(path)).collect()
    }

    fn waiting(&self) -> Result<Vec<PathBuf>, NotifyError> {
        let entries = fs::read_dir(&self.folder).map_err(|error| unavailable(&error, &self.folder))?;
        let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        Ok(paths.filter(|path| path.extension().is_some_and(|end| end == WAITING)).collect())
    }

    fn path(&self, message: &Message) -> PathBuf {
        self.folder.join(hex::encode(Sha256::digest(&message.idempotency_key))).with_extension(WAITING)
    }

    fn accept(&self, message: &Message) -> Result<(), NotifyError> {
        let path = self.path(message);
        if is_sent(&path) {
            return Ok(());
        }
        let json = serde_json::to_vec_pretty(message).map_err(|error| NotifyError::Invalid(error.to_string()))?;
        // One that is there already has been accepted before.
        durable::create_whole(&path, &json, 0o600).map_err(|error| unavailable(&error, &path))?;
        // It was sent since we looked.
        if is_sent(&path) { durable::remove(&path).map_err(|error| unavailable(&error, &path)) } else { Ok(()) }
    }

    /// Hands a push over, once.
    async fn push(&self, sender: &PushSender, message: &Message) -> Result<(), NotifyError> {
        let path = self.path(message);
        let Some(_turn) = Turn::take(&self.pushing, &path) else {
            return Err(NotifyError::Unavailable("it is being sent: whether it was can be asked in a moment".into()));
        };
        if is_sent(&path) {
            return Ok(());
        }
        sender.send(message).await.map_err(refusal)?;
        // What cannot be noted was sent nevertheless: told otherwise, the caller would send it again.
        settle(&path, "sent").unwrap_or_else(|error| tracing::warn!(%error, "a push was sent, and may be sent again"));
        Ok(())
    }
}

/// The right to send one push, until it is dropped.
struct Turn<'a> {
    pushing: &'a Mutex<HashSet<PathBuf>>,
    path: &'a Path,
}

impl<'a> Turn<'a> {
    fn take(pushing: &'a Mutex<HashSet<PathBuf>>, path: &'a Path) -> Option<Self> {
        let ours = pushing.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
        ours.then_some(Self { pushing, path })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.pushing.lock().unwrap_or_else(PoisonError::into_inner).remove(self.path);
    }
}

fn refusal(error: PushError) -> NotifyError {
    match error {
        PushError::Invalid(why) => NotifyError::Invalid(why),
        PushError::Gone(why) => NotifyError::Gone(why),
        PushError::Later(why) => NotifyError::Unavailable(why),
    }
}

fn is_sent(path: &Path) -> bool {
    path.with_extension(SENT).exists()
}

/// Writes down how a message ended, then forgets it.
fn settle(path: &Path, how: &str) -> Result<(), NotifyError> {
    let sent = path.with_extension(SENT);
    let note = json!({ "ended": how }).to_string();
    durable::create_whole(&sent, note.as_bytes(), 0o600).map_err(|error| unavailable(&error, &sent))?;
    durable::remove(path).map_err(|error| unavailable(&error, path))
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
        if let Some(sender) = self.push.as_deref().filter(|_| message.channel == Channel::Push) {
            return self.push(sender, &message).await;
        }
        let outbox = self.clone();
        let accepted = tokio::task::spawn_blocking(move || outbox.accept(&message)).await;
        accepted.map_err(|error| NotifyError::Unavailable(format!("a write was given up: {error}")))??;
        self.bell.notify_one();
        Ok(())
    }

    async fn admit(&self, channel: Channel, to: &str) -> Result<(), NotifyError> {
        notify::address(channel, to)?;
        match self.push.as_deref().filter(|_| channel == Channel::Push) {
            Some(sender) => sender.admit(to).map(drop).map_err(refusal),
            None => Ok(()),
        }
    }

    async fn push_key(&self) -> Result<Option<String>, NotifyError> {
        Ok(self.push.as_deref().map(PushSender::public_key))
    }
}
