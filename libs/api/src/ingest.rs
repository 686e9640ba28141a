//! `ingest`: uploads of source films, and the start and progress of their encoding.
//!
//! An upload is S3's multipart upload: ask for it, `PUT` each part to its URL, tell
//! that it is complete. A broken upload is resumed by asking which parts are there.

use crate::encoding::ObjectRef;
use crate::{CallError, Client, RevisionId, TitleId, Transport};
use serde::{Deserialize, Serialize};

/// The usual size of every part but the last, in bytes; [`part_size`] for a long film.
pub const PART_SIZE: u64 = 8 * 1024 * 1024;
/// The most parts of an upload (S3's limit).
pub const MAX_PARTS: u64 = 10_000;
/// The most URLs of an [`Upload`]: its answer must pass through a Lambda (6 MB).
pub const MAX_PART_URLS: usize = 2_000;
/// The largest source, in bytes.
pub const MAX_SOURCE: u64 = 80 * 1024 * 1024 * 1024;

/// `POST /v1/uploads`, by an editor.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewUpload {
    /// The title that the film is for.
    pub title_id: TitleId,
    /// The file's name, to be shown.
    pub file_name: String,
    /// Its length in bytes, 1 to [`MAX_SOURCE`].
    pub size: u64,
    /// Names the content (for example a hash), so that asking again for the same title
    /// and fingerprint resumes instead of beginning anew.
    pub fingerprint: String,
}

/// An upload under way. Also `GET /v1/uploads/{upload_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Upload {
    /// Its id.
    pub upload_id: String,
    /// The size of every part but the last.
    pub part_size: u64,
    /// The parts still to be sent, at most [`MAX_PART_URLS`] of them: once these are there,
    /// ask again for the rest.
    pub missing: Vec<PartUrl>,
    /// The parts that are there.
    pub stored: Vec<u32>,
    /// Set once it is complete: the encoding that was started.
    pub revision: Option<RevisionId>,
}

/// Where a part is to be `PUT`. The URL may be relative to the base URL; it expires
/// after an hour, and asking again answers a new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PartUrl {
    /// 1, 2, …
    pub number: u32,
    /// Where to `PUT` its bytes.
    pub url: String,
}

/// `POST /v1/uploads/{upload_id}/complete`, answered with an [`Encoding`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Complete {}

/// `GET /v1/encodings/{title_id}/{revision}`: how far an encoding is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Encoding {
    /// The title.
    pub title_id: TitleId,
    /// The encoding.
    pub revision: RevisionId,
    /// `running`, `succeeded` or `failed`.
    pub status: String,
    /// Its stages in order, with how many of how many items are done.
    pub stages: Vec<Stage>,
    /// Why it failed, for a person.
    pub failure: Option<String>,
    /// Once it succeeded: how many frames each video rendition has (`plan.frames` of the
    /// execution's output).
    pub frames: Option<u64>,
    /// Once it succeeded: how many renditions can be played (`plan.renditions`).
    pub renditions: Option<u32>,
}

/// A stage of an encoding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "EncodingStage"))]
pub struct Stage {
    /// `Probe`, `Plan`, `EncodeAll`, `Package` or `Publish`.
    pub name: String,
    /// How many items it has; 0 while unknown.
    pub total: u32,
    /// How many are done.
    pub done: u32,
}

/// The size of every part but the last for a film of so many bytes: [`PART_SIZE`], doubled
/// until there are at most [`MAX_PARTS`].
pub fn part_size(size: u64) -> u64 {
    let mut part = PART_SIZE;
    while size.div_ceil(part) > MAX_PARTS {
        part *= 2;
    }
    part
}

/// The source object of an upload.
pub fn source(title: TitleId, upload_id: &str) -> ObjectRef {
    ObjectRef { bucket: crate::encoding::SOURCES.into(), key: format!("{title}/{upload_id}") }
}

impl<T: Transport> Client<T> {
    /// Begins or resumes an upload.
    pub async fn begin_upload(&self, upload: &NewUpload) -> Result<Upload, CallError> {
        self.post("/v1/uploads", upload).await
    }

    /// Which parts are there, and URLs for the others.
    pub async fn upload(&self, upload_id: &str) -> Result<Upload, CallError> {
        self.get(&format!("/v1/uploads/{upload_id}")).await
    }

    /// Joins the parts and starts the encoding. Repeating it is no error.
    pub async fn complete_upload(&self, upload_id: &str) -> Result<Encoding, CallError> {
        self.post(&format!("/v1/uploads/{upload_id}/complete"), &Complete {}).await
    }

    /// How far an encoding is.
    pub async fn encoding(&self, title: TitleId, revision: RevisionId) -> Result<Encoding, CallError> {
        self.get(&format!("/v1/encodings/{title}/{revision}")).await
    }
}
