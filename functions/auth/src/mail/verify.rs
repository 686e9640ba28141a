//! That an address belongs to who signed up with it.

use super::token::{self, Purpose, Redeemed};
use crate::account::Account;
use crate::attempts::{self, MAIL, Name};
use crate::email::Email;
use crate::store::accounts;
use crate::{body, keys, tell};
use reel_api::auth::MailToken;
use reel_api::notification::News;
use reel_sdk::{Problem, Request, Response};

/// Has the holder of an address asked whether it is theirs. That the mail cannot be sent now is no
/// failure: it can be asked for again.
pub(crate) async fn ask(account: &Account, email: &Email) -> Result<(), Problem> {
    let token = token::make(account.id, Purpose::Verify, email).await?;
    let news = News::VerifyEmail { email: email.to_string(), link: format!("#/verify/{token}") };
    tell::once(account.id, "verify", news).await;
    Ok(())
}

/// Takes the answer to the mail: the address is the account's from now on.
pub(crate) async fn verify(request: &Request) -> Result<Response, Problem> {
    let MailToken { token } = body(request)?;
    let Redeemed { account, read, email, used } = token::redeem(&token, Purpose::Verify).await?;
    let confirmed = Account { email, verified: true, ..account.clone() };
    accounts::update(&account, read, &confirmed, vec![used]).await?;
    tell::contact(&confirmed).await?;
    if account.email != confirmed.email {
        tell::surely(account.id, News::EmailChanged { before: account.email.to_string() }).await?;
    } else if !account.verified {
        tell::surely(account.id, News::Welcome).await?;
    }
    Ok(Response::empty(204))
}

/// Sends the mail to the account's address again.
pub(crate) async fn resend(request: &Request) -> Result<Response, Problem> {
    let (account, _) = accounts::of_principal(request.principal()?.account).await?;
    if account.verified {
        return Ok(Response::empty(204));
    }
    limited(&account.email).await?;
    ask(&account, &account.email).await?;
    Ok(Response::empty(202))
}

/// Admits another mail to an address, a few at once and then fewer.
///
/// # Errors
/// A 429 problem that says how long to wait.
pub(crate) async fn limited(email: &Email) -> Result<(), Problem> {
    attempts::begin(&Name::mail(&keys::load().await?, email), &MAIL).await
}
