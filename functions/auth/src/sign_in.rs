//! Signing up and signing in with e-mail address and password.

use crate::account::Account;
use crate::email::Email;
use crate::{body, issue, password, store};
use reel_api::auth::Credentials;
use reel_api::{AccountId, Role};
use reel_sdk::{Problem, Request, Response, clock, random};

/// Makes an account and signs in to it.
pub(crate) async fn sign_up(request: &Request) -> Result<Response, Problem> {
    let credentials: Credentials = body(request)?;
    let account = new_account(&credentials.email, Some(&credentials.password), Role::Viewer)?;
    store::create(&account).await?;
    issue::begin(&account, credentials.cookie, 201).await
}

/// Signs in. An unknown address and a wrong password are one and the same, in answer and
/// in time, so that nobody learns who has an account.
pub(crate) async fn sign_in(request: &Request) -> Result<Response, Problem> {
    let credentials: Credentials = body(request)?;
    let account = match Email::parse(&credentials.email) {
        Ok(email) => store::by_email(&email).await?,
        Err(_) => None,
    };
    let hash = account.as_ref().and_then(|account| account.password.as_deref());
    let known = password::verify(&credentials.password, hash);
    match account.filter(|_| known) {
        Some(account) => issue::begin(&account, credentials.cookie, 200).await,
        None => Err(Problem::new(
            401,
            "wrong-credentials",
            "Signing in failed",
            "the e-mail address or the password is wrong",
        )),
    }
}

/// An account that is not stored yet.
///
/// # Errors
/// A 400 problem when address or password cannot be those of an account.
pub(crate) fn new_account(email: &str, password: Option<&str>, role: Role) -> Result<Account, Problem> {
    let email = Email::parse(email)?;
    let hashed = |password| {
        password::check(password)?;
        password::hash(password, &random::bytes())
    };
    let (password, now) = (password.map(hashed).transpose()?, clock::now_ms());
    Ok(Account { id: AccountId::new(now, &random::bytes()), email, password, role, created_at: now })
}
