//! Carrying a session on, and ending it.

use crate::account::Account;
use crate::carried::Carried;
use crate::keys::{self, Keys};
use crate::session::{RefreshToken, Session, Standing, Visit};
use crate::store::{accounts, sessions};
use crate::{body, issue, profiles, tell};
use reel_api::auth::Refresh;
use reel_api::{Millis, Principal};
use reel_sdk::{Problem, Request, Response, clock};

/// How often a refresh begins again because another one was faster.
const ATTEMPTS: usize = 3;

/// Gives new tokens for a refresh token.
pub(crate) async fn refresh(request: &Request) -> Result<Response, Problem> {
    let refresh = wish(request)?;
    let carried = Carried::find(request.headers(), request.authority(), &refresh)?;
    let (keys, visit) = (keys::load().await?, Visit::of(request)?);
    let Some(token) = keys.refresh.read(&carried.token) else { return ended(&carried) };
    for _ in 0..ATTEMPTS {
        match attempt(&keys, &token, &refresh, &visit).await? {
            Attempt::Renewed(account, principal, now) => {
                tell::what_was_kept(&account).await?;
                let next = keys.refresh.write(&keys.refresh.next(&token));
                return issue::answer(200, issue::tokens(&keys, &account, &principal, now), next, carried.cookie);
            }
            Attempt::Ended => return ended(&carried),
            Attempt::Overtaken => {}
        }
    }
    Err(Problem::unavailable("the session is being refreshed by others at the same time", 1))
}

/// Ends the session of a refresh token, even of one that is no longer good.
pub(crate) async fn sign_out(request: &Request) -> Result<Response, Problem> {
    let carried = Carried::find(request.headers(), request.authority(), &wish(request)?)?;
    if let Some(token) = keys::load().await?.refresh.read(&carried.token)
        && let Some((session, _)) = sessions::find(token.session).await?
    {
        sessions::end(session.account, token.session).await?;
    }
    issue::without_cookie(Response::empty(204), carried.cookie)
}

enum Attempt {
    Renewed(Account, Principal, Millis),
    Ended,
    Overtaken,
}

async fn attempt(keys: &Keys, token: &RefreshToken, wish: &Refresh, visit: &Visit) -> Result<Attempt, Problem> {
    let now = clock::now_ms();
    let Some((session, version)) = sessions::find(token.session).await? else { return Ok(Attempt::Ended) };
    let standing = session.standing(token, now);
    let account = accounts::find(session.account).await?;
    let Some((account, _)) = account.filter(|_| standing != Standing::Reused) else {
        sessions::end(session.account, token.session).await?;
        return Ok(Attempt::Ended);
    };
    let (profile, role) = (session.profile, account.role);
    let held = Principal { account: account.id, session: token.session, profile, role, maturity: session.maturity };
    let principal = profiles::settle(held, wish).await?;
    let session = session.seen(&principal, visit);
    let renewed = renew(session, standing, &keys.refresh.next(token), now);
    match sessions::put(token.session, &renewed, Some(version), now).await? {
        true => Ok(Attempt::Renewed(account, principal, now)),
        false => Ok(Attempt::Overtaken),
    }
}

/// A repeated refresh does not rotate again: its successor is current already.
fn renew(session: Session, standing: Standing, next: &RefreshToken, now: Millis) -> Session {
    match standing {
        Standing::Current => session.rotated(next, now),
        Standing::Repeated | Standing::Reused => session,
    }
}

/// What is asked; with the cookie nothing need be.
fn wish(request: &Request) -> Result<Refresh, Problem> {
    if request.body().is_empty() { Ok(Refresh::default()) } else { body(request) }
}

fn ended(carried: &Carried) -> Result<Response, Problem> {
    let problem = Problem::new(
        401,
        "session-ended",
        "The session has ended",
        "the refresh token is not good any more: sign in again",
    );
    issue::without_cookie(problem.into(), carried.cookie)
}
