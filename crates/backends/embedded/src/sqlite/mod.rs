//! One SQLite database: a thread that writes, and connections that read.

mod committer;
mod readers;

pub(crate) use committer::Committer;
pub(crate) use readers::Readers;

use crate::durable;
use rusqlite::{Connection, ErrorCode};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a database did not do its work. The text is for an operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(pub(crate) String);

/// What a failure of SQLite means for the database at a path.
pub(crate) fn failure(error: &rusqlite::Error, path: &Path) -> Failure {
    Failure(match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => format!("the disk that holds {} is full: free some space", path.display()),
        _ => format!("{}: {error}", path.display()),
    })
}

/// A database file, with one writer and its readers.
pub(crate) struct Database {
    pub(crate) committer: Committer,
    pub(crate) readers: Readers,
}

impl Database {
    /// Opens the file, creating it, and brings it to `schema`: statements that may be repeated.
    pub(crate) fn open(path: &Path, schema: &str) -> Result<Self, Failure> {
        let path: Arc<PathBuf> = Arc::new(path.into());
        let connection = open_writer(&path, schema)?;
        let committer = Committer::start(connection, Arc::clone(&path))?;
        Ok(Self { committer, readers: Readers::new(path) })
    }
}

fn open_writer(path: &Path, schema: &str) -> Result<Connection, Failure> {
    let open = || {
        let connection = Connection::open(path)?;
        connection
            .execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;")?;
        connection.execute_batch(schema)?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(connection)
    };
    let connection = open().map_err(|error| failure(&error, path))?;
    durable::parent(path).and_then(durable::sync_folder).map_err(|error| Failure(durable::explain(&error, path)))?;
    Ok(connection)
}
