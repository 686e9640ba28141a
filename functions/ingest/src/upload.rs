//! An upload, as it is wanted and as it is stored.

use reel_api::encoding::ObjectRef;
use reel_api::ingest::{MAX_SOURCE, NewUpload, source};
use reel_api::{Millis, Problem, RevisionId, TitleId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An upload under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) id: String,
    pub(crate) title_id: TitleId,
    pub(crate) file_name: String,
    /// In bytes.
    pub(crate) size: u64,
    pub(crate) created_at: Millis,
    /// The multipart upload of the blob store.
    pub(crate) multipart: String,
    /// The encoding that was started once all parts were there.
    pub(crate) revision: Option<RevisionId>,
}

impl Stored {
    /// Where the film stands, or will stand.
    pub(crate) fn source(&self) -> ObjectRef {
        source(self.title_id, &self.id)
    }
}

/// Admits an upload that can be begun.
///
/// # Errors
/// A 400 problem that names the field.
pub(crate) fn check(new: &NewUpload) -> Result<(), Problem> {
    if !(1..=MAX_SOURCE).contains(&new.size) {
        return Err(Problem::invalid(format!("size is {}; a film has 1 to {MAX_SOURCE} bytes", new.size)));
    }
    text("file_name", &new.file_name, 255)?;
    text("fingerprint", &new.fingerprint, 200)
}

/// The id of an upload, made of what it uploads, so that whoever asks again finds it
/// (a UUID of version 5 in the title's name space; RFC 9562, section 5.5).
pub(crate) fn id(new: &NewUpload) -> String {
    let name = format!("{} {}", new.size, new.fingerprint);
    Uuid::new_v5(&Uuid::from_bytes(*new.title_id.as_bytes()), name.as_bytes()).to_string()
}

fn text(field: &str, given: &str, most: usize) -> Result<(), Problem> {
    if (1..=most).contains(&given.chars().count()) && !given.contains(char::is_control) {
        return Ok(());
    }
    Err(Problem::invalid(format!("{field} has 1 to {most} characters, none of them a control character")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(size: u64, fingerprint: &str) -> NewUpload {
        NewUpload {
            title_id: TitleId::new(1, &[1; 10]),
            file_name: "film.mp4".into(),
            size,
            fingerprint: fingerprint.into(),
        }
    }

    #[test]
    fn the_same_film_is_the_same_upload() {
        assert_eq!(id(&new(9, "a")), id(&new(9, "a")));
        let other_title = NewUpload { title_id: TitleId::new(2, &[1; 10]), ..new(9, "a") };
        for other in [new(8, "a"), new(9, "b"), other_title] {
            assert_ne!(id(&other), id(&new(9, "a")));
        }
    }

    #[test]
    fn what_cannot_be_a_film_is_refused() {
        assert!(check(&new(1, "a")).is_ok() && check(&new(MAX_SOURCE, "a")).is_ok());
        for bad in [new(0, "a"), new(MAX_SOURCE + 1, "a"), new(1, ""), new(1, "a\n"), new(1, &"a".repeat(201))] {
            assert_eq!(check(&bad).unwrap_err().status, 400);
        }
    }
}
