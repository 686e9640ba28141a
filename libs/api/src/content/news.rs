//! How the encoding of a title goes.

use crate::encoding::ObjectRef;
use crate::{RevisionId, TitleId};
use serde::{Deserialize, Serialize};

/// `POST /_reel/encoding`: `ingest` and `publish` tell where the encoding of a title is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum EncodingNews {
    /// It began.
    Started {
        /// The title.
        title_id: TitleId,
        /// The encoding.
        revision: RevisionId,
    },
    /// It is complete: the title plays this revision from now on.
    Finished {
        /// The title.
        title_id: TitleId,
        /// The encoding.
        revision: RevisionId,
        /// How long the film runs.
        duration_ms: u64,
        /// The poster's object, and the thumbnails' in order.
        poster: Option<ObjectRef>,
        /// The thumbnails' objects, in order.
        thumbnails: Vec<ObjectRef>,
        /// The time between two thumbnails.
        interval_ms: u64,
    },
    /// It failed; a title that played an earlier revision still does.
    Failed {
        /// The title.
        title_id: TitleId,
        /// The encoding.
        revision: RevisionId,
        /// Why, for a person.
        reason: String,
    },
}

/// The path of [`EncodingNews`].
pub const ENCODING_PATH: &str = "/_reel/encoding";
