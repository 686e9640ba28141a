//! This function's part of what is kept of an account: to take along, and to delete.

use crate::{gone, list, profiles};
use reel_api::user::{Listed, Profile};
use reel_api::{AccountId, ProfileId};
use reel_sdk::{Problem, Response, clock};
use serde::Serialize;
use std::collections::BTreeMap;

/// What is taken along.
#[derive(Serialize)]
struct Part {
    profiles: Vec<Profile>,
    lists: BTreeMap<ProfileId, Vec<Listed>>,
}

/// The profiles of an account, and the list of each.
pub(crate) async fn export(account: AccountId) -> Result<Response, Problem> {
    let profiles = profiles::of(account).await?;
    let mut lists = BTreeMap::new();
    for profile in &profiles {
        lists.insert(profile.id, list::all(account, profile.id).await?);
    }
    Response::json(200, &Part { profiles, lists })
}

/// Deletes them. That they are deleted is written first; then the lists go, for the profiles tell where these are.
pub(crate) async fn forget(account: AccountId) -> Result<Response, Problem> {
    gone::mark(account, clock::now_ms()).await?;
    for profile in profiles::of(account).await? {
        list::forget(account, profile.id).await?;
    }
    profiles::forget(account).await?;
    Ok(Response::empty(204))
}
