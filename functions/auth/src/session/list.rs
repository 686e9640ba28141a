//! The sessions of an account, to be seen and ended by who it is.

use super::Session;
use crate::store::sessions;
use reel_api::auth::{Sessions, SignedIn};
use reel_api::{Principal, SessionId, rfc3339};
use reel_sdk::{Problem, Request, Response};

/// Where the account is signed in.
pub(crate) async fn list(request: &Request) -> Result<Response, Problem> {
    let principal = request.principal()?;
    let sessions = sessions::latest(principal.account).await?;
    let sessions = sessions.into_iter().map(|(id, session)| signed_in(id, session, &principal)).collect();
    Response::json(200, &Sessions { sessions })
}

/// Ends one session of the account.
pub(crate) async fn end(request: &Request, id: SessionId) -> Result<Response, Problem> {
    let principal = request.principal()?;
    let session = sessions::find(id).await?.filter(|(session, _)| session.account == principal.account);
    if session.is_none() {
        return Err(Problem::not_found(format!("the account has no session {id}: it may have ended already")));
    }
    sessions::end(principal.account, id).await?;
    Ok(Response::empty(204))
}

/// Ends every session of the account but the one that asks.
pub(crate) async fn end_others(request: &Request) -> Result<Response, Problem> {
    let principal = request.principal()?;
    sessions::end_all(principal.account, Some(principal.session)).await?;
    Ok(Response::empty(204))
}

fn signed_in(id: SessionId, session: Session, asked_by: &Principal) -> SignedIn {
    SignedIn {
        id,
        created_at: rfc3339(session.created_at),
        last_seen: rfc3339(session.last_seen()),
        current: id == asked_by.session,
        device: session.device,
        country: session.country,
    }
}
