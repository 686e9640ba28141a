//! Another password or another address, for who is signed in and knows the password.

use crate::account::Account;
use crate::email::Email;
use crate::session::Visit;
use crate::store::{accounts, sessions};
use crate::{body, mail, password, sign_in, tell};
use reel_api::auth::{EmailChange, PasswordChange};
use reel_api::notification::News;
use reel_sdk::{Problem, Request, Response, random};

/// Changes the password; every other session ends.
pub(crate) async fn change_password(request: &Request) -> Result<Response, Problem> {
    let principal = request.principal()?;
    let PasswordChange { password, new_password } = body(request)?;
    password::check(&new_password)?;
    let (account, read) = proven(request, &password).await?;
    let hash = password::hash(&new_password, &random::bytes())?;
    let changed = Account { password: Some(hash), ..account.clone() };
    accounts::update(&account, read, &changed, Vec::new()).await?;
    sessions::end_all(account.id, Some(principal.session)).await?;
    tell::surely(account.id, News::PasswordChanged).await?;
    Ok(Response::empty(204))
}

/// Has the holder of another address asked whether it is theirs; then it is the account's. Whether it
/// names another account is not told here.
pub(crate) async fn change_email(request: &Request) -> Result<Response, Problem> {
    let EmailChange { password, email } = body(request)?;
    let email = Email::parse(&email)?;
    let (account, _) = proven(request, &password).await?;
    mail::limited(&email).await?;
    mail::ask(&account, &email).await?;
    Ok(Response::empty(202))
}

/// The account of who is signed in, and the version of its row, once its password was given again.
///
/// # Errors
/// A 401 problem when the password is wrong, 429 when there were too many attempts.
pub(crate) async fn proven(request: &Request, password: &str) -> Result<(Account, u64), Problem> {
    let (account, read) = accounts::of_principal(request.principal()?.account).await?;
    sign_in::verified(&account.email, password, &Visit::of(request)?).await?;
    Ok((account, read))
}
