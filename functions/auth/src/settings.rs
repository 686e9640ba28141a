//! Small things that an account settles: its language, and a PIN that was forgotten.

use crate::account::Account;
use crate::credentials::proven;
use crate::store::accounts;
use crate::{body, tell};
use reel_api::Client;
use reel_api::auth::{LanguageChange, PinReset};
use reel_sdk::http::Function;
use reel_sdk::{Problem, Request, Response};

/// The languages that messages are in.
const LANGUAGES: [&str; 2] = ["en", "de"];

/// Changes the language of what is sent to the account.
pub(crate) async fn change_language(request: &Request) -> Result<Response, Problem> {
    let LanguageChange { language } = body(request)?;
    if !LANGUAGES.contains(&language.as_str()) {
        return Err(Problem::invalid(format!("language is one of {}, not {language:.40?}", LANGUAGES.join(", "))));
    }
    let (account, read) = accounts::of_principal(request.principal()?.account).await?;
    let changed = Account { language, ..account.clone() };
    accounts::update(&account, read, &changed, Vec::new()).await?;
    tell::contact(&changed).await?;
    Ok(Response::empty(204))
}

/// Takes the PIN from a profile, for who knows the password.
pub(crate) async fn forget_pin(request: &Request) -> Result<Response, Problem> {
    let PinReset { password, profile } = body(request)?;
    let (account, _) = proven(request, &password).await?;
    Client::new(Function("user")).forget_pin(account.id, profile).await?;
    Ok(Response::empty(204))
}
