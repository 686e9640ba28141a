//! Passkeys beside passwords (Web Authentication, level 3): found by the browser, so that nobody types an address.

mod challenge;
mod manage;
mod sign_in;
mod store;

pub(crate) use manage::{add, begin, list, remove, rename};
pub(crate) use sign_in::{account_of, ask, sign_in};

use reel_api::passkey::Passkey;
use reel_api::{AccountId, Problem};
use reel_passkey::RelyingParty;
use reel_sdk::config;

/// The passkeys of an account, as they are answered.
pub(crate) async fn of(account: AccountId) -> Result<Vec<Passkey>, Problem> {
    Ok(store::all(account).await?.iter().map(|(_, kept)| kept.answer()).collect())
}

/// Whether an account has a passkey.
pub(crate) async fn has_any(account: AccountId) -> Result<bool, Problem> {
    Ok(!store::all(account).await?.is_empty())
}

/// The party that passkeys are made for: the pages, whose origin `auth.pages-origin` is.
///
/// # Errors
/// A 404 problem where it is not set, 500 when it is no origin.
fn party() -> Result<RelyingParty, Problem> {
    let origin = config::get("auth.pages-origin")?;
    let origin =
        origin.ok_or_else(|| Problem::not_found("there are no passkeys here: auth.pages-origin is not set"))?;
    RelyingParty::of(&origin).ok_or_else(|| {
        Problem::internal(format!(
            "setting auth.pages-origin is {origin:?}, which is not an origin such as https://reel.example"
        ))
    })
}

/// What is wrong with a passkey, as it is answered. Who made it up learns no more than who made a mistake.
fn refused(error: &reel_passkey::PasskeyError) -> Problem {
    Problem::new(401, "passkey", "The passkey is not accepted", error.to_string())
}
