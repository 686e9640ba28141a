//! Pointers: what an object is, in a small JSON file that one rename puts in force.

use super::layout::Layout;
use super::sink::Staged;
use super::staging::POINTER;
use super::{Store, unavailable};
use crate::durable;
use reel_capabilities::Millis;
use reel_capabilities::blob::{BlobError, Info};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use uuid::Uuid;

/// How often a rename is tried while others change the same key or prune its folders.
const TRIES: u32 = 1_000;

/// What an object is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pointer {
    pub(super) bucket: String,
    pub(super) key: String,
    /// The content's name.
    pub(super) content: String,
    pub(super) size: u64,
    pub(super) etag: String,
    pub(super) content_type: String,
    pub(super) modified_at: Millis,
}

impl From<Pointer> for Info {
    fn from(pointer: Pointer) -> Self {
        let Pointer { key, size, etag, modified_at, content_type, .. } = pointer;
        Info { key, size, etag, modified_at, content_type }
    }
}

/// The pointer at a path; none when there is none.
pub(super) fn read(path: &Path) -> Result<Option<Pointer>, BlobError> {
    load(path).map_err(|error| unavailable(&error, path))
}

fn load(path: &Path) -> io::Result<Option<Pointer>> {
    match fs::read(path) {
        Ok(json) => serde_json::from_slice(&json).map(Some).map_err(io::Error::from),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes staged content the object that the pointer describes; durable when it returns.
pub(super) fn publish(store: &Store, staged: Staged, pointer: Pointer, only_new: bool) -> Result<Info, BlobError> {
    let target = store.layout.object(&pointer.bucket, &pointer.key);
    let draft = store.session.path(staged.id(), POINTER);
    let placed = place(&store.layout, &staged, &pointer, &draft, &target, only_new);
    // In the draft now stands what was replaced, or what could not be placed.
    let settled = settle(&store.layout, &draft);
    match placed {
        Ok(()) => settled.map_err(|error| unavailable(&error, &draft)).map(|()| pointer.into()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(BlobError::Exists(pointer.key)),
        Err(error) => Err(unavailable(&error, &target)),
    }
}

fn place(
    layout: &Layout,
    staged: &Staged,
    pointer: &Pointer,
    draft: &Path,
    target: &Path,
    only_new: bool,
) -> io::Result<()> {
    durable::write_synced(draft, &serde_json::to_vec(pointer)?)?;
    let content = layout.content(&pointer.content);
    let shard = durable::parent(&content)?;
    durable::create_folders(shard)?;
    fs::rename(staged.path(), &content)?;
    durable::sync_folder(shard)?;
    put_in_force(draft, target, only_new)?;
    durable::sync_folder(durable::parent(target)?)
}

/// Moves the draft to its place, or, where there is a pointer already, exchanges the two.
fn put_in_force(draft: &Path, target: &Path, only_new: bool) -> io::Result<()> {
    let folder = durable::parent(target)?;
    for _ in 0..TRIES {
        match renameat_with(CWD, draft, CWD, target, RenameFlags::NOREPLACE).map_err(io::Error::from) {
            Err(error) if error.kind() == ErrorKind::NotFound => durable::create_folders(folder)?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists && !only_new => {
                match renameat_with(CWD, draft, CWD, target, RenameFlags::EXCHANGE).map_err(io::Error::from) {
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    exchanged => return exchanged,
                }
            }
            moved => return moved,
        }
    }
    Err(io::Error::new(ErrorKind::ResourceBusy, "others keep changing this object: try again"))
}

/// Removes a pointer that is not in force, and its content unless that is.
pub(super) fn settle(layout: &Layout, draft: &Path) -> io::Result<()> {
    let old = match load(draft) {
        Ok(Some(old)) => old,
        Ok(None) => return Ok(()),
        // Torn before it was on the disk: its content was never moved.
        Err(error) if error.kind() == ErrorKind::InvalidData || error.kind() == ErrorKind::UnexpectedEof => {
            return durable::remove(draft);
        }
        Err(error) => return Err(error),
    };
    let in_force = load(&layout.object(&old.bucket, &old.key))?;
    if in_force.is_none_or(|pointer| pointer.content != old.content) {
        durable::remove(&layout.content(&old.content))?;
    }
    durable::remove(draft)
}

/// Deletes an object; durable when it returns.
pub(super) fn remove(store: &Store, bucket: &str, key: &str) -> Result<(), BlobError> {
    let target = store.layout.object(bucket, key);
    let removed = store.session.path(&Uuid::now_v7().simple().to_string(), POINTER);
    let remove = || match fs::rename(&target, &removed) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(()) => {
            durable::sync_folder(durable::parent(&target)?)?;
            settle(&store.layout, &removed)?;
            prune(&target, &store.layout.bucket(bucket));
            Ok(())
        }
    };
    remove().map_err(|error| unavailable(&error, &target))
}

/// Removes the folders above a path that have become empty, below the bucket's.
fn prune(path: &Path, bucket: &Path) {
    let folders = path.ancestors().skip(1).take_while(|folder| *folder != bucket);
    for folder in folders {
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
}
