//! Filter: admits a request whose bearer token is valid and whose session lives.
//!
//! The instance is warm and remembers the public keys, the tokens it has verified and
//! the sessions it has asked `auth` about, each for a few seconds at most.

mod bearer;
mod keyring;
mod memory;
mod recent;
mod refusal;

use memory::Memory;
use reel_api::auth::{Claims, Jwks, LiveSession};
use reel_api::principal::PRINCIPAL_HEADER;
use reel_api::{CallError, Client, Millis, Principal, Role, SessionId};
use reel_sdk::http::Function;
use reel_sdk::{FilterRequest, Problem, Response, clock};
use reel_token::TokenError;
use refusal::Refusal;

const AUTH: Function = Function("auth");

reel_sdk::filter!(handle);

async fn handle(mut request: FilterRequest) -> Result<Response, Problem> {
    match admit(request.header("authorization").as_deref(), clock::now_ms()).await {
        Ok(principal) => {
            request.set(PRINCIPAL_HEADER, &header(&principal)?)?;
            request.next().await
        }
        Err(refusal) => Ok(refusal.into_response()),
    }
}

async fn admit(authorization: Option<&str>, now: Millis) -> Result<Principal, Refusal> {
    let token = bearer::token(authorization)?;
    let claims = claims(token, now).await?;
    let role = role(claims.sid, now).await?.ok_or(Refusal::Revoked)?;
    let Claims { sub: account, sid: session, profile, maturity, .. } = claims;
    Ok(Principal { account, session, profile, role, maturity })
}

async fn claims(token: &str, now: Millis) -> Result<Claims, Refusal> {
    if memory::with(|memory| memory.keyring.is_due(now)) {
        fetch_keys(now).await?;
    }
    let verified = memory::with(|memory| memory.verify(token, now));
    let unknown = matches!(verified, Err(TokenError::UnknownKey(_)));
    if !unknown || !memory::with(|memory| memory.keyring.may_ask(now)) {
        return Ok(verified?);
    }
    fetch_keys(now).await?;
    Ok(memory::with(|memory| memory.verify(token, now))?)
}

/// Fetches the keys. While there are some, a failure changes nothing.
async fn fetch_keys(now: Millis) -> Result<(), Problem> {
    memory::with(|memory| memory.keyring.asked(now));
    match Client::new(AUTH).jwks().await {
        Ok(jwks) => keep(&jwks),
        Err(error) if memory::with(|memory| memory.keyring.keys().is_empty()) => return Err(error.into()),
        Err(error) => eprintln!("the keys that are known stay in use: {error}"),
    }
    Ok(())
}

fn keep(jwks: &Jwks) {
    memory::with(|memory: &mut Memory| memory.replace_keys(jwks));
}

/// The role of a session's account as it is now, which may be another one than the token's; none once
/// the session has ended.
async fn role(id: SessionId, now: Millis) -> Result<Option<Role>, Problem> {
    if let Some(known) = memory::with(|memory| memory.sessions.get(&id, now)) {
        return Ok(known);
    }
    let role = match Client::new(AUTH).session(id).await {
        Ok(LiveSession { role }) => Some(role),
        Err(CallError::Problem(problem)) if problem.status == 404 => None,
        Err(error) => return Err(Problem::unavailable(format!("auth cannot be asked about a session: {error}"), 1)),
    };
    memory::with(|memory| memory.sessions.put(id, role, now));
    Ok(role)
}

fn header(principal: &Principal) -> Result<String, Problem> {
    serde_json::to_string(principal).map_err(|e| Problem::internal(format!("the principal has no JSON form: {e}")))
}
