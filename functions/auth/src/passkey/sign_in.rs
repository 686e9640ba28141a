//! Signing in with a passkey.

use super::challenge::{self, Purpose};
use super::store::{self, Kept};
use super::{party, refused};
use crate::account::Account;
use crate::attempts::{self, CLIENT, Name};
use crate::session::{Visit, is_known};
use crate::store::accounts::{self, busy};
use crate::{body, issue, keys, tell};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::notification::News;
use reel_api::passkey::{Assertion, CHALLENGE_MS, PasskeySignIn, RequestOptions};
use reel_api::{AccountId, rfc3339};
use reel_passkey::{MAX_ID, assert};
use reel_sdk::{Problem, Request, Response, clock, random};

/// What the browser is to sign.
pub(crate) async fn ask() -> Result<Response, Problem> {
    let challenge = challenge::make(&keys::load().await?, Purpose::SignIn, random::bytes(), clock::now_ms());
    let (rp_id, user_verification) = (party()?.id, "required".into());
    Response::json(200, &RequestOptions { challenge, timeout: CHALLENGE_MS, rp_id, user_verification })
}

/// Signs in to the account of a passkey.
pub(crate) async fn sign_in(request: &Request) -> Result<Response, Problem> {
    let PasskeySignIn { credential, cookie } = body(request)?;
    let visit = Visit::of(request)?;
    let client = Name::client(&visit);
    attempts::check(&client, &CLIENT).await?;
    let account = match account_of(&credential).await {
        Err(problem) if problem.status == 401 => {
            attempts::failed(&client, &CLIENT).await?;
            return Err(problem);
        }
        account => account?,
    };
    let known = is_known(account.id, &visit).await?;
    let answer = issue::begin(&account, &visit, cookie, 200).await?;
    if !known {
        let news = News::NewSignIn { device: visit.device, at: rfc3339(clock::now_ms()) };
        tell::surely(account.id, news).await?;
    }
    Ok(answer)
}

/// The account whose passkey signed a challenge of ours, which is used up by that.
///
/// # Errors
/// A 400 problem for a challenge that is not good, 401 for a passkey that is not accepted.
pub(crate) async fn account_of(assertion: &Assertion) -> Result<Account, Problem> {
    let (party, now) = (party()?, clock::now_ms());
    let challenge = reel_passkey::challenge(&assertion.response.client_data_json).map_err(|e| refused(&e))?;
    challenge::check(&keys::load().await?, Purpose::SignIn, &challenge, now)?;
    let id = account_id(assertion).ok_or_else(unknown)?;
    let (read, kept) = store::find(id, &assertion.id).await?.ok_or_else(unknown)?;
    let counter = assert(&assertion.response, &challenge, &party, &kept.key, kept.counter).map_err(|e| refused(&e))?;
    challenge::use_up(&challenge, now).await?;
    let (account, _) = accounts::find(id).await?.ok_or_else(unknown)?;
    let used = Kept { counter, used_at: Some(now), ..kept };
    if store::put(id, &used, Some(read)).await? { Ok(account) } else { Err(busy()) }
}

/// Whose passkey it says it is: the account was given to it as the user's handle.
fn account_id(assertion: &Assertion) -> Option<AccountId> {
    let handle = assertion.response.user_handle.as_ref()?;
    let id: [u8; 16] = BASE64_URL_SAFE_NO_PAD.decode(handle).ok()?.try_into().ok()?;
    (assertion.id.len() <= MAX_ID * 4 / 3 + 4).then(|| AccountId::from_bytes(id))
}

fn unknown() -> Problem {
    Problem::new(401, "passkey", "The passkey is not accepted", "it is no passkey of an account here")
}
