//! Signing up and signing in with e-mail address and password.

use crate::account::Account;
use crate::attempts::{self, CLIENT, Name, PASSWORD};
use crate::email::Email;
use crate::keys::{self, Keys};
use crate::session::{Visit, is_known};
use crate::store::accounts::{self, nobody};
use crate::{body, issue, mail, password, tell};
use reel_api::auth::Credentials;
use reel_api::notification::News;
use reel_api::{AccountId, Role, rfc3339};
use reel_sdk::{Problem, Request, Response, clock, random};

/// Makes an account and signs in to it. Its address is confirmed by a mail; until then it works all the same.
pub(crate) async fn sign_up(request: &Request) -> Result<Response, Problem> {
    let credentials: Credentials = body(request)?;
    let account = new_account(&credentials.email, Some(&credentials.password), Role::Viewer)?;
    let visit = Visit::of(request)?;
    let account = Account { language: visit.language.into(), ..account };
    let client = Name::client(&visit);
    attempts::check(&client, &CLIENT).await?;
    if let Err(taken) = accounts::create(&account, None).await {
        // Whoever asks for many addresses learns of few.
        attempts::failed(&client, &CLIENT).await?;
        return Err(taken);
    }
    tell::contact(&account).await?;
    mail::ask(&account, &account.email).await?;
    issue::begin(&account, &visit, credentials.cookie, 201).await
}

/// Signs in. An unknown address and a wrong password are one and the same, in answer and
/// in time, so that nobody learns who has an account.
pub(crate) async fn sign_in(request: &Request) -> Result<Response, Problem> {
    let credentials: Credentials = body(request)?;
    let email = Email::parse(&credentials.email).map_err(|_| wrong())?;
    let visit = Visit::of(request)?;
    let (account, known) = verified(&email, &credentials.password, &visit).await?;
    let answer = issue::begin(&account, &visit, credentials.cookie, 200).await?;
    if !known {
        let news = News::NewSignIn { device: visit.device, at: rfc3339(clock::now_ms()) };
        tell::surely(account.id, news).await?;
    }
    Ok(answer)
}

/// The account of an address, once its password was given, and whether the device is known to it.
///
/// # Errors
/// A 401 problem when address or password is wrong, 429 when there were too many attempts.
pub(crate) async fn verified(email: &Email, password: &str, visit: &Visit) -> Result<(Account, bool), Problem> {
    let keys = keys::load().await?;
    let account = accounts::by_email(email).await?.map(|(account, _)| account);
    let known = is_known(account.as_ref().map_or(nobody(), |account| account.id), visit).await?;
    let (name, client) = (counted_as(&keys, email, visit, known), Name::client(visit));
    attempts::check(&client, &CLIENT).await?;
    attempts::begin(&name, &PASSWORD).await?;
    let hash = account.as_ref().and_then(|account| account.password.as_deref());
    let right = password::verify(password, hash);
    let Some(account) = account.filter(|_| right) else {
        attempts::failed(&client, &CLIENT).await?;
        return Err(wrong());
    };
    attempts::clear(&name).await?;
    Ok((account, known))
}

/// A known device counts by itself: others cannot keep the account's holder out.
fn counted_as(keys: &Keys, email: &Email, visit: &Visit, known: bool) -> Name {
    if known { Name::password_from(keys, email, visit) } else { Name::password(keys, email) }
}

fn wrong() -> Problem {
    let detail = "the e-mail address or the password is wrong";
    Problem::new(401, "wrong-credentials", "Signing in failed", detail)
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
    let id = AccountId::new(now, &random::bytes());
    Ok(Account { id, email, verified: false, password, role, language: "en".into(), created_at: now })
}
