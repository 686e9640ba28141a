//! Uploads, as rows of table `uploads`: partition `upload/ID`, sort key `upload`.

use crate::upload::Stored;
use reel_sdk::Problem;
use reel_sdk::table::{Change, Condition, Error, Table};

const UPLOADS: Table = Table("uploads");

/// An upload, and the version of its row.
pub(crate) async fn read(id: &str) -> Result<Option<(Stored, u64)>, Problem> {
    let row = UPLOADS.get(&format!("upload/{id}"), "upload").await?;
    row.map(|row| Ok((row.json()?, row.version))).transpose()
}

/// An upload that there has to be.
///
/// # Errors
/// A 404 problem when there is none.
pub(crate) async fn find(id: &str) -> Result<(Stored, u64), Problem> {
    let missing = || Problem::not_found(format!("there is no upload {id:.64?}: begin one"));
    // No id is longer, and no key may be.
    if id.len() > 64 { Err(missing()) } else { read(id).await?.ok_or_else(missing) }
}

/// Writes an upload: a new one, or one read in this version. Its version now; none when
/// it was changed by someone else meanwhile.
pub(crate) async fn write(upload: &Stored, read: Option<u64>) -> Result<Option<u64>, Problem> {
    change(upload, read, Change::json(upload)?).await
}

/// Forgets an upload that was read in this version. False when it was changed meanwhile.
pub(crate) async fn delete(upload: &Stored, read: u64) -> Result<bool, Problem> {
    Ok(change(upload, Some(read), Change::Delete).await?.is_some())
}

async fn change(upload: &Stored, read: Option<u64>, change: Change) -> Result<Option<u64>, Problem> {
    let condition = read.map_or(Condition::Absent, Condition::Version);
    match UPLOADS.write(&format!("upload/{}", upload.id), "upload", change).when(condition).commit().await {
        Ok(version) => Ok(Some(version)),
        Err(Error::Conflict(_)) => Ok(None),
        Err(other) => Err(other.into()),
    }
}
