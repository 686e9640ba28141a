//! `archive`: every event, kept as Parquet.

use crate::{CallError, Client, Transport};
use serde::{Deserialize, Serialize};

/// `GET /v1/archive?cursor=`, for the role operator: the files, by their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Files {
    /// Some files.
    pub files: Vec<File>,
    /// For the next page; none at the end.
    pub cursor: Option<String>,
}

/// A file of events of one type and one hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct File {
    /// `TYPE=play_start/DATE=2024-01-15/HOUR=20/playback-00000000000000000042.parquet`.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    /// Where it is read, for an hour; may be relative to the platform's base URL.
    pub url: String,
}

impl<T: Transport> Client<T> {
    /// A page of the files; the next one by the cursor of the one before.
    pub async fn archive(&self, cursor: Option<&str>) -> Result<Files, CallError> {
        let cursor = cursor.map(|cursor| format!("?cursor={cursor}")).unwrap_or_default();
        self.get(&format!("/v1/archive{cursor}")).await
    }
}
