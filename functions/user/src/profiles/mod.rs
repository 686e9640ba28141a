//! The profiles of an account: who watches.

mod choice;
mod pin;
mod roster;
mod store;

pub(crate) use store::{PROFILES, forget};

use crate::body;
use reel_api::user::{Choice, PinChange, Profile, Profiles};
use reel_api::{AccountId, Principal, ProfileId};
use reel_sdk::{Problem, Request, Response, clock, random};
use roster::Roster;

/// The profiles of an account, oldest first.
pub(crate) async fn of(account: AccountId) -> Result<Vec<Profile>, Problem> {
    Ok(store::read(account).await?.0.profiles())
}

pub(crate) async fn list(request: &Request) -> Result<Response, Problem> {
    Response::json(200, &Profiles { profiles: of(request.principal()?.account).await? })
}

pub(crate) async fn add(request: &Request) -> Result<Response, Problem> {
    let (principal, wish, id) = (request.principal()?, body(request)?, new_id());
    let profile = managed(&principal, |roster| roster.add(id, &wish)).await?;
    Response::json(201, &profile)
}

pub(crate) async fn change(request: &Request, id: ProfileId) -> Result<Response, Problem> {
    let (principal, wish) = (request.principal()?, body(request)?);
    let profile = managed(&principal, |roster| roster.change(id, &wish)).await?;
    Response::json(200, &profile)
}

/// Deletes a profile. What it kept elsewhere goes with the account.
pub(crate) async fn remove(request: &Request, id: ProfileId) -> Result<Response, Problem> {
    let principal = request.principal()?;
    managed(&principal, |roster| roster.remove(id)).await?;
    crate::list::forget(principal.account, id).await?;
    Ok(Response::empty(204))
}

/// Sets, changes or takes away the PIN of a profile.
pub(crate) async fn change_pin(request: &Request, id: ProfileId) -> Result<Response, Problem> {
    let principal = request.principal()?;
    let PinChange { pin, current } = body(request)?;
    pin.as_deref().map(pin::check).transpose()?;
    let hash = pin.map(|pin| pin::hash(&pin, &random::bytes())).transpose()?;
    let (roster, _) = store::read(principal.account).await?;
    roster.manages(principal.profile)?;
    pin::prove(principal.account, &roster.pins_of(id)?, current.as_deref()).await?;
    managed(&principal, |roster| roster.set_pin(id, hash.clone())).await?;
    Ok(Response::empty(204))
}

pub(crate) async fn first(account: AccountId) -> Result<Response, Problem> {
    let id = new_id();
    let profile = store::update(account, |roster| Ok(roster.first_or_new(id))).await?;
    Response::json(200, &profile)
}

/// Whether a session may go from one profile to another.
pub(crate) async fn choose(account: AccountId, choice: Choice) -> Result<Response, Problem> {
    let (roster, _) = store::read(account).await?;
    let (profile, pins) = roster.choice(choice.from, choice.to)?;
    pin::prove(account, &pins, choice.pin.as_deref()).await?;
    Response::json(200, &profile)
}

/// Takes the PIN from a profile whose holder has shown the account's password.
pub(crate) async fn forget_pin(account: AccountId, id: ProfileId) -> Result<Response, Problem> {
    store::update(account, |roster| roster.set_pin(id, None)).await?;
    pin::forgive(account).await?;
    Ok(Response::empty(204))
}

/// Changes the profiles for somebody whose profile may do that.
async fn managed<A>(principal: &Principal, change: impl Fn(&mut Roster) -> Result<A, Problem>) -> Result<A, Problem> {
    let managed = |roster: &mut Roster| {
        roster.manages(principal.profile)?;
        change(roster)
    };
    store::update(principal.account, managed).await
}

fn new_id() -> ProfileId {
    ProfileId::new(clock::now_ms(), &random::bytes())
}
