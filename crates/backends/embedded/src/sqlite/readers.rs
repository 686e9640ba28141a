//! Connections that only read; they see the last commit and wait for no one.

use super::{Failure, failure};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The most idle connections that are kept.
const KEPT: usize = 16;

/// A pool of reading connections.
#[derive(Clone)]
pub(crate) struct Readers {
    path: Arc<PathBuf>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(path: Arc<PathBuf>) -> Self {
        Self { path, idle: Arc::default() }
    }

    /// Reads with a connection of its own. It blocks for as long as the disk does.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Failure> {
        let connection = self.take().map_err(|error| failure(&error, &self.path))?;
        let result = work(&connection).map_err(|error| failure(&error, &self.path));
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(connection);
        }
        result
    }

    /// As [`Readers::read`], on a thread that may block.
    pub(crate) async fn read_apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let readers = self.clone();
        let task = tokio::task::spawn_blocking(move || readers.read(work));
        task.await.map_err(|error| Failure(format!("{}: a read was given up: {error}", self.path.display())))?
    }

    fn take(&self) -> rusqlite::Result<Connection> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| open_reader(&self.path), Ok)
    }
}

fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}
