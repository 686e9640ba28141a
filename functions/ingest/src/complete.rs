//! From an upload to an encoding.
//!
//! The order makes it safe to repeat after any crash: join the parts (repeatable), write
//! down the revision (once), start the workflow under its name (repeatable), tell
//! `content` (repeatable). Whoever repeats it gets the same revision.

use crate::upload::Stored;
use crate::{CONTENT, progress, source, store};
use reel_api::content::{ENCODING_PATH, EncodingNews};
use reel_api::encoding::Job;
use reel_api::{Client, RevisionId};
use reel_sdk::{Problem, Response, clock, random};

/// Completes an upload and starts the encoding of its film.
pub(crate) async fn complete(id: &str) -> Result<Response, Problem> {
    let (upload, version) = store::find(id).await?;
    let revision = match upload.revision {
        Some(revision) => revision,
        None => assign(&upload, version).await?,
    };
    start(&upload, revision).await?;
    progress::show(upload.title_id, revision).await
}

/// Gives the film a revision, once all of it is there.
async fn assign(upload: &Stored, version: u64) -> Result<RevisionId, Problem> {
    source::join(upload).await?;
    let revision = RevisionId::new(clock::now_ms(), &random::bytes());
    let assigned = Stored { revision: Some(revision), ..upload.clone() };
    if store::write(&assigned, Some(version)).await?.is_some() {
        return Ok(revision);
    }
    // Somebody completed it in the same moment: theirs is the revision.
    let (now, _) = store::find(&upload.id).await?;
    now.revision.ok_or_else(|| Problem::conflict("conflict", "the upload was begun anew meanwhile: complete it again"))
}

async fn start(upload: &Stored, revision: RevisionId) -> Result<(), Problem> {
    let title_id = upload.title_id;
    let job = Job { title_id, revision, source: upload.source() };
    progress::ENCODING.start(&progress::execution(title_id, revision), &job).await?;
    let news = EncodingNews::Started { title_id, revision };
    Ok(Client::new(CONTENT).post::<()>(ENCODING_PATH, &news).await?)
}
