//! The URLs that a player is given.

use reel_api::encoding::DeliveryIndex;
use reel_api::playback::Pathway;
use reel_delivery::{pathway_base, platform_url};
use reel_media::manifest::Addresses;
use reel_sdk::{Problem, Request, config};

/// What the platform's own URLs begin with: its absolute URL, or the way up to it when
/// that is not known.
pub(crate) struct Platform(String);

impl Platform {
    /// The platform as the configuration or the request names it, else relative: `up` leads
    /// to it from where the URLs will stand.
    pub(crate) fn of(request: &Request, up: &str) -> Result<Self, Problem> {
        let configured = config::get("playback.base-url")?;
        let host = request.header("x-forwarded-host").unwrap_or(request.authority());
        let url = platform_url(configured.as_deref(), request.header("x-forwarded-proto"), Some(host));
        Ok(Self(url.map_or_else(|| up.to_owned(), |url| url + "/")))
    }

    /// The URLs of one play, with its token. A pathway without a URL is the platform.
    pub(crate) fn addresses(&self, ranking: &[Pathway], index: &DeliveryIndex, token: &str) -> Addresses {
        let prefix = &self.0;
        let base = |url: &str| {
            if url.is_empty() { format!("{prefix}t/{token}/") } else { pathway_base(url, token) }
        };
        let pathways =
            ranking.iter().map(|pathway| Pathway { id: pathway.id.clone(), base_url: base(&pathway.base_url) });
        Addresses {
            pathways: pathways.collect(),
            steering_url: format!("{prefix}steering/{token}"),
            license_url: index.scheme.map(|_| format!("{prefix}v1/license/{token}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::tests::index;
    use reel_api::encoding::Scheme;

    fn ranking() -> Vec<Pathway> {
        vec![
            Pathway { id: "isp-1".into(), base_url: "http://isp:81".into() },
            Pathway { id: "origin".into(), base_url: String::new() },
        ]
    }

    #[test]
    fn urls_are_absolute_where_the_platform_is_known() {
        let addresses = Platform("https://reel.example/prod/".into()).addresses(&ranking(), &index(None), "T");
        let bases: Vec<_> = addresses.pathways.iter().map(|pathway| &pathway.base_url[..]).collect();
        assert_eq!(bases, ["http://isp:81/t/T/", "https://reel.example/prod/t/T/"]);
        assert_eq!(addresses.steering_url, "https://reel.example/prod/steering/T");
        assert_eq!(addresses.license_url, None);
    }

    #[test]
    fn urls_lead_up_from_a_manifest_where_it_is_not() {
        let addresses = Platform("../../../../../".into()).addresses(&ranking(), &index(Some(Scheme::Cbcs)), "T");
        assert_eq!(addresses.pathways[1].base_url, "../../../../../t/T/");
        assert_eq!(addresses.license_url.as_deref(), Some("../../../../../v1/license/T"));
    }
}
