//! Each process works in a folder of its own, which it keeps locked: what stands in a
//! folder that nobody locks belongs to a process that has died.

use super::layout::Layout;
use super::pointer;
use crate::durable;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The endings of what is staged.
pub(super) const POINTER: &str = "pointer";

/// A process's staging folder.
pub(super) struct Session {
    folder: PathBuf,
    _lock: File,
}

impl Session {
    pub(super) fn begin(staging: &Path) -> io::Result<Self> {
        // A sweeper may take the folder for a dead one before it is locked: then another is made.
        loop {
            let folder = staging.join(Uuid::now_v7().simple().to_string());
            fs::create_dir(&folder)?;
            match lock(&folder) {
                Ok(Some(lock)) if folder.join("lock").exists() => return Ok(Self { folder, _lock: lock }),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// A new path of this process alone.
    pub(super) fn path(&self, id: &str, ending: &str) -> PathBuf {
        self.folder.join(format!("{id}.{ending}"))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Session {
    /// Only an empty folder goes: what is left over, a sweep has to look at.
    fn drop(&mut self) {
        let only_lock = fs::read_dir(&self.folder).is_ok_and(|entries| entries.count() == 1);
        if only_lock && fs::remove_file(self.folder.join("lock")).is_ok() {
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

/// Locks a session's folder; none when its process lives.
fn lock(folder: &Path) -> io::Result<Option<File>> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Cleans up after processes that have died.
pub(super) fn sweep(layout: &Layout) -> io::Result<()> {
    for entry in fs::read_dir(layout.staging())? {
        let folder = entry?.path();
        match lock(&folder) {
            Ok(Some(_lock)) => sweep_session(layout, &folder)?,
            Ok(None) => {}
            // Its process has just ended in order.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn sweep_session(layout: &Layout, folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == POINTER) {
            pointer::settle(layout, &path)?;
        } else if path.is_dir() {
            fs::remove_dir_all(&path)?;
        } else if !path.ends_with("lock") {
            durable::remove(&path)?;
        }
    }
    durable::remove(&folder.join("lock"))?;
    match fs::remove_dir(folder) {
        // A process that is just beginning has made its lock in here: the folder is its own.
        Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => Ok(()),
        result => result,
    }
}
