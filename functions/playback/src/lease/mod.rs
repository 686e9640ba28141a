//! Places among the plays that a plan allows at once. A player holds one for a minute and a half and renews it;
//! one that dies leaves its place by that alone.

mod held;
mod store;

use held::Held;
use reel_api::playback::{Lease, Plays};
use reel_api::{AccountId, PlayId, Problem};
use reel_sdk::{Request, Response, clock, random};

/// After how long a lease is renewed, in milliseconds.
const RENEW_MS: u64 = 30_000;
/// For how long one holds.
const HOLDS_MS: u64 = 3 * RENEW_MS;

/// How long the name of a player may be, in bytes.
const MAX_PLAYER: usize = 64;

/// A place for a new play of a title on a device, in place of the player's last one if it says who it is.
///
/// # Errors
/// A 409 problem `too-many-streams` that names what is playing.
pub(crate) async fn take(
    account: AccountId,
    streams: u32,
    title: &str,
    device: &str,
    player: Option<String>,
) -> Result<Lease, Problem> {
    if player.as_ref().is_some_and(|player| player.is_empty() || player.len() > MAX_PLAYER) {
        return Err(Problem::invalid(format!("player is 1 to {MAX_PLAYER} bytes that only this player has")));
    }
    let now = clock::now_ms();
    let play = PlayId::new(now, &random::bytes());
    let held = Held { play, title: title.into(), device: device.into(), player, until: now + HOLDS_MS };
    store::update(account, now, |leases| leases.take(held.clone(), streams)).await?;
    Ok(Lease { play, renew_ms: RENEW_MS })
}

/// `PUT /v1/plays/{play}`.
pub(crate) async fn renew(request: &Request, play: &str) -> Result<Response, Problem> {
    let (account, play, now) = (request.principal()?.account, parse(play)?, clock::now_ms());
    store::update(account, now, |leases| leases.renew(play, now + HOLDS_MS)).await?;
    Ok(Response::empty(204))
}

/// `DELETE /v1/plays/{play}`.
pub(crate) async fn give_up(request: &Request, play: &str) -> Result<Response, Problem> {
    let (account, play) = (request.principal()?.account, parse(play)?);
    store::update(account, clock::now_ms(), |leases| leases.give_up(play)).await?;
    Ok(Response::empty(204))
}

/// `GET /v1/plays`.
pub(crate) async fn list(request: &Request) -> Result<Response, Problem> {
    let (leases, _) = store::read(request.principal()?.account, clock::now_ms()).await?;
    Response::json(200, &Plays { plays: leases.playing() })
}

fn parse(play: &str) -> Result<PlayId, Problem> {
    play.parse().map_err(|e: reel_api::id::IdError| Problem::invalid(e.to_string()))
}
