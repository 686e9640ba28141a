//! The language in which an account is told things.

use crate::{contact, preferences};
use reel_api::AccountId;
use reel_messages::Language;
use reel_sdk::Problem;

/// The one that it has chosen for this, else the account's.
pub(crate) async fn of(account: AccountId) -> Result<Language, Problem> {
    let (choice, _) = preferences::of(account).await?;
    let tag = match choice.language {
        Some(tag) => Some(tag),
        None => contact::of(account).await?.map(|contact| contact.language),
    };
    Ok(tag.map_or(Language::En, |tag| Language::of(&tag)))
}
