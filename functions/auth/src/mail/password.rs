//! A forgotten password, replaced by who reads the account's mail.

use super::token::{self, Purpose, Redeemed};
use super::verify::limited;
use crate::account::Account;
use crate::attempts::Name;
use crate::email::Email;
use crate::store::{accounts, sessions};
use crate::{body, keys, password, tell};
use reel_api::auth::{Forgotten, PasswordReset};
use reel_api::notification::News;
use reel_sdk::{Problem, Request, Response, clock, random};
use std::future::pending;

/// How long the answer takes at least, in milliseconds: longer than what is done where there is an account.
const ANSWERED_AFTER_MS: u64 = 300;

/// Sends a mail to the address if there is an account of it. The answer is the same, and comes
/// after the same time, if there is none.
pub(crate) async fn forgot(request: &Request) -> Result<Response, Problem> {
    let Forgotten { email } = body(request)?;
    let (email, begun) = (Email::parse(&email)?, clock::now_ms());
    limited(&email).await?;
    if let Some((account, _)) = accounts::by_email(&email).await? {
        let token = token::make(account.id, Purpose::Reset, &email).await?;
        tell::once(account.id, "reset", News::ResetPassword { link: format!("#/reset/{token}") }).await;
    }
    let taken = clock::now_ms().saturating_sub(begun);
    clock::within(ANSWERED_AFTER_MS.saturating_sub(taken), pending::<()>()).await;
    Ok(Response::empty(202))
}

/// Replaces the password. Who did not know it may still be signed in: every session ends.
pub(crate) async fn reset(request: &Request) -> Result<Response, Problem> {
    let PasswordReset { token, password } = body(request)?;
    password::check(&password)?;
    let Redeemed { account, read, email, used } = token::redeem(&token, Purpose::Reset).await?;
    let hash = password::hash(&password, &random::bytes())?;
    // Who read the mail has shown whose address it is.
    let verified = account.verified || email == account.email;
    let changed = Account { password: Some(hash), verified, ..account.clone() };
    // What failed with the password before does not delay the new one.
    let forgiven = Name::password(&keys::load().await?, &account.email).clearing();
    accounts::update(&account, read, &changed, vec![used, forgiven]).await?;
    sessions::end_all(account.id, None).await?;
    tell::contact(&changed).await?;
    tell::surely(account.id, News::PasswordChanged).await?;
    Ok(Response::empty(204))
}
