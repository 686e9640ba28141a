//! Tokens for a session, as they are answered.

use crate::account::Account;
use crate::carried::{clear_cookie, set_cookie, set_device};
use crate::keys::Keys;
use crate::profiles;
use crate::session::{self, RefreshToken, Session, Visit};
use crate::store::sessions;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::auth::{ACCESS_LIFETIME, AUDIENCE, Claims, ISSUER, Refresh, Tokens};
use reel_api::{Millis, Principal, SessionId};
use reel_sdk::{Problem, Response, clock, config, random};

/// Begins a session of an account and answers with its tokens. A browser that has no name yet is given one.
pub(crate) async fn begin(account: &Account, visit: &Visit, cookie: bool, status: u16) -> Result<Response, Problem> {
    let (keys, now) = (crate::keys::load().await?, clock::now_ms());
    let token = RefreshToken::first(SessionId::new(now, &random::bytes()), random::bytes());
    let principal =
        Principal { account: account.id, session: token.session, profile: None, role: account.role, maturity: None };
    let principal = profiles::settle(principal, &Refresh::default()).await?;
    let named = (cookie && visit.device_id.is_none()).then(|| BASE64_URL_SAFE_NO_PAD.encode(random::bytes::<16>()));
    let visit = Visit { device_id: named.clone().or(visit.device_id.clone()), ..visit.clone() };
    session::remember(account.id, &visit, now).await?;
    let session = Session::begin(&principal, &visit, &token, now);
    sessions::put(token.session, &session, None, now).await?;
    let response = answer(status, tokens(&keys, account, &principal, now), keys.refresh.write(&token), cookie)?;
    match named {
        Some(name) => Ok(response.with_added_header("set-cookie", &set_device(&name, secure_cookies()?))),
        None => Ok(response),
    }
}

/// The tokens of a principal, without the refresh token.
pub(crate) fn tokens(keys: &Keys, account: &Account, principal: &Principal, now: Millis) -> Tokens {
    Tokens {
        access_token: keys.signer.sign(&claims(principal, now / 1_000)),
        expires_in: ACCESS_LIFETIME,
        refresh_token: None,
        account: account.id,
        email: account.email.to_string(),
        role: principal.role,
        profile: principal.profile,
        verified: account.verified,
    }
}

/// Answers with tokens; the refresh token goes into the cookie or into the body.
pub(crate) fn answer(status: u16, tokens: Tokens, refresh: String, cookie: bool) -> Result<Response, Problem> {
    let response = match cookie {
        true => {
            Response::json(status, &tokens)?.with_added_header("set-cookie", &set_cookie(&refresh, secure_cookies()?))
        }
        false => Response::json(status, &Tokens { refresh_token: Some(refresh), ..tokens })?,
    };
    Ok(response.with_header("cache-control", "no-store"))
}

/// Takes the cookie from a browser that sent one.
pub(crate) fn without_cookie(response: Response, cookie: bool) -> Result<Response, Problem> {
    if !cookie {
        return Ok(response);
    }
    Ok(response.with_added_header("set-cookie", &clear_cookie(secure_cookies()?)))
}

/// A cookie is for https alone unless `auth.secure-cookies` says false, as it does on localhost.
fn secure_cookies() -> Result<bool, Problem> {
    Ok(config::get_parsed("auth.secure-cookies")?.unwrap_or(true))
}

fn claims(principal: &Principal, now: u64) -> Claims {
    Claims {
        iss: ISSUER.into(),
        aud: AUDIENCE.into(),
        sub: principal.account,
        sid: principal.session,
        profile: principal.profile,
        role: principal.role,
        maturity: principal.maturity,
        iat: now,
        exp: now + ACCESS_LIFETIME,
    }
}
