//! Who is at the door: what a request tells of the device that sends it.

use super::device;
use crate::carried::cookie;
use http::HeaderMap;
use reel_api::auth::DEVICE_COOKIE;
use reel_sdk::{Problem, Request, config};
use std::net::IpAddr;

/// What a request tells of where it comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Visit {
    /// The device, as a person would call it.
    pub(crate) device: String,
    /// The name that a browser was given when it first signed in to anything here.
    pub(crate) device_id: Option<String>,
    /// ISO 3166-1 alpha-2, where a trusted front tells it.
    pub(crate) country: Option<String>,
    /// Requests of one network are told apart from others by this: an IPv4 address, a /64 of IPv6.
    pub(crate) network: String,
    /// What the browser prefers of the languages that messages are in.
    pub(crate) language: &'static str,
}

impl Visit {
    /// The visit of a request.
    ///
    /// # Errors
    /// As the settings: `auth.country-header` names a header that the front in front of Reel sets,
    /// such as `cloudfront-viewer-country`.
    pub(crate) fn of(request: &Request) -> Result<Self, Problem> {
        let country = config::get("auth.country-header")?;
        let country = country.and_then(|name| request.header(name.trim()).and_then(country_code));
        Ok(Self { country, ..Self::told(request.headers()) })
    }

    fn told(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Self {
            device: device::name(text("user-agent")),
            device_id: cookie(headers, DEVICE_COOKIE).filter(|id| is_id(id)),
            country: None,
            network: network(text("x-reel-client")),
            language: language(text("accept-language")),
        }
    }

    /// By which this device is known again: the name that the browser was given, else what it is called.
    pub(crate) fn known_by(&self) -> &str {
        self.device_id.as_deref().unwrap_or(&self.device)
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 22 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn country_code(text: &str) -> Option<String> {
    let text = text.trim();
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic())).then(|| text.to_ascii_uppercase())
}

fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => address.chars().take(64).collect(),
    }
}

/// The first of the languages that messages are in (RFC 9110, section 12.5.4; browsers send the one
/// that they prefer first).
fn language(accepted: &str) -> &'static str {
    let known = |range: &str| match range.trim().split(['-', ';']).next() {
        Some(tag) if tag.eq_ignore_ascii_case("de") => Some("de"),
        Some(tag) if tag.eq_ignore_ascii_case("en") => Some("en"),
        _ => None,
    };
    accepted.split(',').find_map(known).unwrap_or("en")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_is_what_its_headers_tell() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".parse().unwrap(),
        );
        headers.insert("cookie", "reel-device=AAAAAAAAAAAAAAAAAAAAAA; reel-refresh=x".parse().unwrap());
        headers.insert("x-reel-client", "2001:db8:1:2:3:4:5:6".parse().unwrap());
        headers.insert("accept-language", "fr-CH, de;q=0.9, en;q=0.8".parse().unwrap());
        let visit = Visit::told(&headers);
        assert_eq!((visit.device.as_str(), visit.known_by()), ("Firefox on Linux", "AAAAAAAAAAAAAAAAAAAAAA"));
        assert_eq!((visit.network.as_str(), visit.language), ("2001:db8:1:2::/64", "de"));
        headers.insert("cookie", "reel-device=../x".parse().unwrap());
        assert_eq!(Visit::told(&headers).known_by(), "Firefox on Linux");
    }

    #[test]
    fn a_country_has_two_letters() {
        assert_eq!(country_code(" de"), Some("DE".into()));
        assert_eq!((country_code("DEU"), country_code("1."), country_code("")), (None, None, None));
    }
}
