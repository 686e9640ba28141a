//! One process to a data folder.

use crate::durable;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why a folder cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("another process is using {0}: stop it first, or choose another data folder")]
    Held(PathBuf),
    /// The lock file cannot be opened.
    #[error("{0}")]
    Unavailable(String),
}

/// An exclusive lock on a folder, for as long as this lives; the system frees it when the
/// process ends, however it ends.
#[derive(Debug)]
pub struct FolderLock(File);

impl FolderLock {
    /// Locks a folder that exists.
    pub fn acquire(folder: &Path) -> Result<Self, LockError> {
        let path = folder.join("lock");
        let unavailable = |error: io::Error| LockError::Unavailable(durable::explain(&error, &path));
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let mut file = open.map_err(unavailable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Held(folder.into())),
            Err(TryLockError::Error(error)) => return Err(unavailable(error)),
        }
        // The id is for whoever looks for the holder; the lock itself does not need it.
        let note = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        note.map_err(unavailable).map(|()| Self(file))
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}
