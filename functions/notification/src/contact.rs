//! Where accounts are reached, as `auth` tells.

use crate::store::{CONTACT, GONE, MESSAGES};
use reel_api::AccountId;
use reel_api::notification::Contact;
use reel_sdk::{Problem, Response};

/// Where an account is reached; none when nobody has told.
pub(crate) async fn of(account: AccountId) -> Result<Option<Contact>, Problem> {
    MESSAGES.get_json(&account.to_string(), CONTACT).await
}

/// Whether an account was deleted.
pub(crate) async fn is_gone(account: AccountId) -> Result<bool, Problem> {
    Ok(MESSAGES.get(&account.to_string(), GONE).await?.is_some())
}

/// Writes down where an account is reached.
pub(crate) async fn set(account: AccountId, contact: &Contact) -> Result<Response, Problem> {
    if !contact.email.contains('@') {
        return Err(Problem::invalid("email is not an address such as name@example.com"));
    }
    if !is_gone(account).await? {
        MESSAGES.put_json(&account.to_string(), CONTACT, contact).await?;
    }
    Ok(Response::empty(204))
}
