//! What a device needs to play a title: URLs with a token, and manifests made for it.
#![deny(missing_docs)]

mod addresses;
mod allowance;
mod answer;
mod device;
mod index;
mod lease;
mod manifest;
mod upstream;

use addresses::Platform;
use allowance::Allowance;
use reel_api::availability::COUNTRY_HEADER;
use reel_api::playback::Playback;
use reel_delivery::{Audience, Claims, Keys};
use reel_media::device::DeviceProfile;
use reel_sdk::{Problem, Request, Response, clock, secrets};
use upstream::Upstream;

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    match (request.method().as_str(), &request.segments()[..]) {
        ("GET", ["playback"]) => {
            Response::json(200, &play(&request).await?).map(|r| r.with_header("cache-control", "no-store"))
        }
        ("GET", ["play", token, title, revision, device, file]) => {
            let asked = manifest::Asked { token, title, revision, device, file };
            make_manifest(&request, &asked).await
        }
        ("GET", ["v1", "plays"]) => lease::list(&request).await,
        ("PUT", ["v1", "plays", play]) => lease::renew(&request, play).await,
        ("DELETE", ["v1", "plays", play]) => lease::give_up(&request, play).await,
        _ => Err(Problem::not_found(format!("there is no {}: GET /playback?contentId=ID", request.path()))),
    }
}

/// Everything for one play: the title, whether this viewer may see it, what the plan allows of it, where the profile stopped, the edges, the token.
async fn play(request: &Request) -> Result<Playback, Problem> {
    let principal = request.principal()?;
    let device = device::asked_for(request.query("device").as_deref(), request.header("user-agent"))?;
    let upstream = Upstream::of(request);
    let title = upstream.title(&request.query("contentId").unwrap_or_default()).await?;
    let audience = Audience::of(&principal);
    title.admit(&audience.viewing(clock::now_ms(), request.header(COUNTRY_HEADER)))?;
    let revision = answer::playable(&title)?;
    let (resume_ms, ranking, index, allowance) = futures::join!(
        upstream.resume(title.id),
        upstream.rank(),
        index::read(title.id, revision),
        upstream.allowance(&principal, &title)
    );
    let Allowance { definition, streams } = allowance?;
    let index = allowance::within(index?, definition);
    device.select(&index).map_err(manifest::problem)?;
    let lease = match streams {
        Some(streams) => {
            let player = request.query("player");
            Some(lease::take(principal.account, streams, &title.name, device.id, player).await?)
        }
        None => None,
    };
    let claims = Claims::of_play(title.id, revision, index.duration_ms, clock::now_ms());
    let claims = claims.within(definition).for_audience(audience);
    let token = claims.sign(&delivery_keys().await?);
    let platform = Platform::of(request, "")?;
    let addresses = platform.addresses(&ranking, &index, &token);
    Ok(Playback { lease, ..answer::playback(&title, device, &claims, &token, addresses, resume_ms) })
}

async fn make_manifest(request: &Request, asked: &manifest::Asked<'_>) -> Result<Response, Problem> {
    let (title, revision) = asked.ids()?;
    let claims = Claims::verify(asked.token, title, revision, clock::now_ms(), &delivery_keys().await?)?;
    let device: &DeviceProfile = reel_media::device::profile(asked.device).map_err(manifest::problem)?;
    let upstream = Upstream::of(request);
    let (ranking, index) = futures::join!(upstream.rank(), index::read(title, revision));
    let index = allowance::within(index?, claims.definition);
    // Manifests stand five folders below the platform.
    let addresses = Platform::of(request, "../../../../../")?.addresses(&ranking, &index, asked.token);
    manifest::make(&index, device, &addresses, asked.file, request.query("pathway").as_deref())
}

async fn delivery_keys() -> Result<Keys, Problem> {
    Ok(Keys::from_bytes(&secrets::get("delivery-key").await?)?)
}
