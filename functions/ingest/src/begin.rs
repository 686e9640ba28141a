//! Beginning, resuming and abandoning an upload.

use crate::source::{self, State};
use crate::upload::{self, Stored};
use crate::{parts, progress, store};
use reel_api::Principal;
use reel_api::ingest::{NewUpload, Upload, part_size};
use reel_sdk::{Problem, Response, clock};

/// Begins an upload, or finds it again. One whose encoding failed can be completed anew.
pub(crate) async fn begin(principal: Principal, new: NewUpload) -> Result<Response, Problem> {
    upload::check(&new)?;
    crate::title(principal, new.title_id).await?;
    let id = upload::id(&new);
    let (upload, version) = match store::read(&id).await? {
        Some(found) => found,
        None => make(id, new).await?,
    };
    let (upload, version) = anew_if_failed(upload, version).await?;
    answer(upload, version).await
}

/// Which parts of an upload are there.
pub(crate) async fn resume(id: &str) -> Result<Response, Problem> {
    let (upload, version) = store::find(id).await?;
    answer(upload, version).await
}

/// Gives up an upload whose encoding was not started.
pub(crate) async fn abandon(id: &str) -> Result<Response, Problem> {
    let (upload, version) = store::find(id).await?;
    if let Some(revision) = upload.revision {
        return Err(Problem::conflict(
            "encoding-started",
            format!("the film is being encoded, or was, as revision {revision}: it is kept"),
        ));
    }
    // The row goes first: what is left behind then is never taken for an upload.
    if !store::delete(&upload, version).await? {
        return Err(overtaken());
    }
    let key = upload.source().key;
    source::abort(&key, &upload.multipart).await?;
    source::delete(&key).await?;
    Ok(Response::empty(204))
}

async fn make(id: String, new: NewUpload) -> Result<(Stored, u64), Problem> {
    let NewUpload { title_id, file_name, size, .. } = new;
    let mut upload =
        Stored { id, title_id, file_name, size, created_at: clock::now_ms(), multipart: String::new(), revision: None };
    upload.multipart = source::create(&upload.source().key).await?;
    if let Some(version) = store::write(&upload, None).await? {
        return Ok((upload, version));
    }
    // Somebody began the same in the same moment: theirs is the upload.
    source::abort(&upload.source().key, &upload.multipart).await?;
    store::find(&upload.id).await
}

async fn anew_if_failed(upload: Stored, version: u64) -> Result<(Stored, u64), Problem> {
    let Some(revision) = upload.revision else { return Ok((upload, version)) };
    if !progress::has_failed(upload.title_id, revision).await? {
        return Ok((upload, version));
    }
    change(Stored { revision: None, ..upload }, version).await
}

async fn change(upload: Stored, version: u64) -> Result<(Stored, u64), Problem> {
    match store::write(&upload, Some(version)).await? {
        Some(version) => Ok((upload, version)),
        None => store::find(&upload.id).await,
    }
}

async fn answer(upload: Stored, version: u64) -> Result<Response, Problem> {
    let (upload, stored, missing) = match source::state(&upload).await? {
        State::Joined => {
            let all = (1..=parts::count(upload.size)).collect();
            (upload, all, Vec::new())
        }
        State::Parts(tally) => (upload, tally.stored.iter().map(|part| part.number).collect(), tally.missing),
        State::Gone => {
            let upload = renewed(upload, version).await?;
            let all = (1..=parts::count(upload.size)).collect();
            (upload, Vec::new(), all)
        }
    };
    let missing = source::urls(&upload, &missing).await?;
    Response::json(
        200,
        &Upload { part_size: part_size(upload.size), missing, stored, revision: upload.revision, upload_id: upload.id },
    )
}

/// The upload with a new multipart upload in place of one that the store has dropped.
async fn renewed(upload: Stored, version: u64) -> Result<Stored, Problem> {
    let multipart = source::create(&upload.source().key).await?;
    Ok(change(Stored { multipart, revision: None, ..upload }, version).await?.0)
}

fn overtaken() -> Problem {
    Problem::conflict("conflict", "the upload was changed by someone else meanwhile: look at it again")
}
