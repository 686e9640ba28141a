//! The answer to a play.

use reel_api::content::{Title, TitleKind, TitleStatus};
use reel_api::playback::{Playback, manifest_path};
use reel_api::{Problem, RevisionId, encoding, rfc3339};
use reel_delivery::Claims;
use reel_media::device::{DeviceProfile, Protocol};
use reel_media::manifest::Addresses;

/// The revision that plays. A title that is being encoded again still plays the one before.
///
/// # Errors
/// A 409 problem that says where the title is instead.
pub(crate) fn playable(title: &Title) -> Result<RevisionId, Problem> {
    let state = match title.status {
        TitleStatus::Draft => "a draft, with nothing to play",
        TitleStatus::Announced => "announced, and not yet encoded",
        TitleStatus::Encoding => "still being encoded",
        TitleStatus::Failed => "not encoded: that failed",
        TitleStatus::Scheduled => "not yet published",
        TitleStatus::Withdrawn => "withdrawn",
        TitleStatus::Published if title.kind == TitleKind::Series => "a series, of which episodes play",
        TitleStatus::Published => "published without an encoding",
    };
    let why = title.failure.as_deref().map(|failure| format!(" ({failure})")).unwrap_or_default();
    let unpublished =
        || Problem::conflict("not-published", format!("{} cannot be played yet: it is {state}{why}", title.name));
    title.revision.ok_or_else(unpublished)
}

/// What the device is told.
pub(crate) fn playback(
    title: &Title,
    device: &DeviceProfile,
    claims: &Claims,
    token: &str,
    addresses: Addresses,
    resume_ms: u64,
) -> Playback {
    let prefix = encoding::delivery_prefix(claims.title, claims.revision);
    let url = |protocol, file| device.plays(protocol).then(|| manifest_path(token, &prefix, device.id, file));
    Playback {
        title_id: title.id,
        name: title.name.clone(),
        duration_ms: title.duration_ms.unwrap_or_default(),
        device: device.id.into(),
        dash_url: url(Protocol::Dash, "manifest.mpd"),
        hls_url: url(Protocol::Hls, "main.m3u8"),
        license_url: addresses.license_url,
        steering_url: addresses.steering_url,
        pathways: addresses.pathways,
        resume_ms,
        expires_at: rfc3339(claims.expires_at),
        lease: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::tests::{REVISION, TITLE};

    fn title(status: TitleStatus, revision: Option<&str>) -> Title {
        Title {
            status,
            failure: (status == TitleStatus::Failed).then(|| "no picture".into()),
            duration_ms: Some(596_000),
            revision: revision.map(|revision| revision.parse().unwrap()),
            ..Title::announced(TITLE.parse().unwrap(), "bunny", "Bunny")
        }
    }

    #[test]
    fn a_title_plays_when_it_has_a_revision() {
        use TitleStatus::{Announced, Draft, Encoding, Failed, Published};
        for status in [Published, Encoding, Failed] {
            assert_eq!(playable(&title(status, Some(REVISION))).unwrap().to_string(), REVISION);
        }
        for (status, state) in
            [(Draft, "draft"), (Announced, "announced"), (Encoding, "being encoded"), (Failed, "no picture")]
        {
            let problem = playable(&title(status, None)).unwrap_err();
            assert!(problem.status == 409 && problem.detail.contains(state), "{problem}");
        }
    }

    #[test]
    fn a_device_gets_the_manifests_that_it_plays() {
        let claims = Claims::of_play(TITLE.parse().unwrap(), REVISION.parse().unwrap(), 596_000, 0);
        let addresses = Addresses { pathways: vec![], steering_url: "s".into(), license_url: None };
        let of = |device| {
            let device = reel_media::device::profile(device).unwrap();
            playback(&title(TitleStatus::Published, Some(REVISION)), device, &claims, "T", addresses.clone(), 7)
        };
        let browser = of("browser");
        assert_eq!(browser.dash_url, Some(format!("play/T/{TITLE}/{REVISION}/browser/manifest.mpd")));
        assert_eq!((browser.resume_ms, &*browser.expires_at), (7, "1970-01-01T04:09:56Z"));
        let ios = of("ios");
        assert_eq!((ios.dash_url, ios.hls_url), (None, Some(format!("play/T/{TITLE}/{REVISION}/ios/main.m3u8"))));
    }
}
