//! The film in the blob store: parts first, then one object.

use crate::parts::{self, Tally};
use crate::upload::Stored;
use reel_api::encoding::SOURCES;
use reel_api::ingest::{MAX_PART_URLS, PartUrl};
use reel_sdk::Problem;
use reel_sdk::blob::{Bucket, Error, Operation};

const BUCKET: Bucket = Bucket(SOURCES);
/// How long the URL of a part is good, in seconds.
const URL_SECONDS: u32 = 3_600;

/// How far a film is.
pub(crate) enum State {
    /// It is one object.
    Joined,
    /// Some of its parts are there.
    Parts(Tally),
    /// The store knows nothing of its upload any more.
    Gone,
}

/// Begins an upload and returns the store's name for it.
pub(crate) async fn create(key: &str) -> Result<String, Error> {
    BUCKET.create_upload(key, "application/octet-stream").await
}

/// Gives an upload up.
pub(crate) async fn abort(key: &str, multipart: &str) -> Result<(), Error> {
    BUCKET.abort_upload(key, multipart).await
}

/// Removes the film.
pub(crate) async fn delete(key: &str) -> Result<(), Error> {
    BUCKET.delete(key).await
}

/// How far a film is.
pub(crate) async fn state(upload: &Stored) -> Result<State, Problem> {
    let key = upload.source().key;
    if BUCKET.head(&key).await?.is_some_and(|info| info.size == upload.size) {
        return Ok(State::Joined);
    }
    match BUCKET.list_parts(&key, &upload.multipart).await {
        Ok(there) => Ok(State::Parts(parts::tally(upload.size, there))),
        Err(Error::NotFound(_)) => Ok(State::Gone),
        Err(other) => Err(other.into()),
    }
}

/// Makes one object of the parts, unless it is one already.
///
/// # Errors
/// A 409 problem when parts are missing or changed meanwhile.
pub(crate) async fn join(upload: &Stored) -> Result<(), Problem> {
    let parts = match state(upload).await? {
        State::Joined => return Ok(()),
        State::Parts(tally) => tally.whole()?,
        State::Gone => parts::tally(upload.size, Vec::new()).whole()?,
    };
    match BUCKET.complete_upload(&upload.source().key, &upload.multipart, parts).await {
        Ok(info) if info.size == upload.size => Ok(()),
        Ok(info) => Err(changed(&format!("the film has {} bytes, not {}", info.size, upload.size))),
        Err(Error::Invalid(why)) => Err(changed(&why)),
        Err(other) => Err(other.into()),
    }
}

fn changed(why: &str) -> Problem {
    Problem::conflict(
        "parts-changed",
        format!("the parts were changed meanwhile ({why}): see which are missing, then complete again"),
    )
}

/// Where to send parts, the first ones of those that are missing.
pub(crate) async fn urls(upload: &Stored, missing: &[u32]) -> Result<Vec<PartUrl>, Problem> {
    let key = upload.source().key;
    let mut urls = Vec::new();
    for number in missing.iter().copied().take(MAX_PART_URLS) {
        let operation = Operation::PutPart((upload.multipart.clone(), number));
        urls.push(PartUrl { number, url: BUCKET.presign(&key, operation, URL_SECONDS).await? });
    }
    Ok(urls)
}
