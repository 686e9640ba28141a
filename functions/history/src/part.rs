//! This function's part of what is kept of an account: to take along, and to delete.

use crate::entry::Entry;
use crate::viewer::Viewer;
use crate::{gone, rating, registry, store};
use reel_api::AccountId;
use reel_api::history::{AccountHistory, Export};
use reel_sdk::{Problem, Response, clock};

/// All that is kept of what a viewer watched and rated.
pub(crate) async fn of(viewer: &Viewer) -> Result<Export, Problem> {
    let entries = store::all(viewer).await?.iter().filter_map(Entry::answer).collect();
    Ok(Export { entries, ratings: rating::all(viewer).await? })
}

/// What the profiles of an account watched and rated.
pub(crate) async fn export(account: AccountId) -> Result<Response, Problem> {
    let mut history = AccountHistory::new();
    for viewer in registry::of(&account.to_string()).await? {
        if let Some(profile) = viewer.profile() {
            history.insert(profile, of(&viewer).await?);
        }
    }
    Response::json(200, &history)
}

/// Deletes it. That it is deleted is written first, so that an event on its way brings nothing back.
pub(crate) async fn forget(account: AccountId) -> Result<Response, Problem> {
    gone::mark(&account.to_string(), clock::now_ms()).await?;
    for viewer in registry::of(&account.to_string()).await? {
        store::erase(&viewer).await?;
    }
    Ok(Response::empty(204))
}
