//! Carrying a session on, and ending it.

use crate::account::Account;
use crate::carried::Carried;
use crate::keys::{self, Keys};
use crate::session::{RefreshToken, Session, Standing};
use crate::{body, issue, profiles, store};
use reel_api::auth::Refresh;
use reel_api::{Millis, Principal, ProfileId};
use reel_sdk::{Problem, Request, Response, clock};

/// How often a refresh begins again because another one was faster.
const ATTEMPTS: usize = 3;

/// Gives new tokens for a refresh token.
pub(crate) async fn refresh(request: &Request) -> Result<Response, Problem> {
    let refresh = wish(request)?;
    let carried = Carried::find(request.headers(), request.authority(), &refresh)?;
    let keys = keys::load().await?;
    let Some(token) = keys.refresh.read(&carried.token) else { return ended(&carried) };
    for _ in 0..ATTEMPTS {
        match attempt(&keys, &token, refresh.profile).await? {
            Attempt::Renewed(account, principal, now) => {
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
    if let Some(token) = keys::load().await?.refresh.read(&carried.token) {
        store::end_session(token.session).await?;
    }
    issue::without_cookie(Response::empty(204), carried.cookie)
}

enum Attempt {
    Renewed(Account, Principal, Millis),
    Ended,
    Overtaken,
}

async fn attempt(keys: &Keys, token: &RefreshToken, asked: Option<ProfileId>) -> Result<Attempt, Problem> {
    let now = clock::now_ms();
    let Some((session, version)) = store::session(token.session).await? else { return Ok(Attempt::Ended) };
    let standing = session.standing(token, now);
    let account = store::account(session.account).await?;
    let Some(account) = account.filter(|_| standing != Standing::Reused) else {
        store::end_session(token.session).await?;
        return Ok(Attempt::Ended);
    };
    let held = Principal { account: account.id, session: token.session, profile: session.profile, role: account.role };
    let principal = Principal { profile: profiles::settle(&held, asked).await?, ..held };
    let renewed = renew(session, standing, &keys.refresh.next(token), principal.profile, now);
    match store::put_session(token.session, &renewed, Some(version), now).await? {
        true => Ok(Attempt::Renewed(account, principal, now)),
        false => Ok(Attempt::Overtaken),
    }
}

/// A repeated refresh does not rotate again: its successor is current already.
fn renew(
    session: Session,
    standing: Standing,
    next: &RefreshToken,
    profile: Option<ProfileId>,
    now: Millis,
) -> Session {
    let session = session.with_profile(profile);
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
