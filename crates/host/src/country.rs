//! Where the gateway learns the country of who asks.

use http::{HeaderMap, HeaderName};
use reel_api::availability::Country;

/// What the gateway believes. By default it knows no country.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Countries {
    /// The header in which a front that every request comes through names the country, as CloudFront does in
    /// `CloudFront-Viewer-Country`. Where requests may come past that front, anybody names any country.
    header: Option<HeaderName>,
    /// The country of who comes without it.
    otherwise: Option<Country>,
}

impl Countries {
    /// From settings: the name of the header, and the country of all others.
    ///
    /// # Errors
    /// Which of them is none.
    pub fn new(header: Option<&str>, otherwise: Option<&str>) -> Result<Self, String> {
        let header = header.filter(|name| !name.is_empty()).map(|name| {
            name.parse().map_err(|_| format!("{name:?} is no name of a header, such as CloudFront-Viewer-Country"))
        });
        let otherwise = otherwise.filter(|country| !country.is_empty()).map(|country| country.parse::<Country>());
        Ok(Self { header: header.transpose()?, otherwise: otherwise.transpose().map_err(|e| e.to_string())? })
    }

    /// The country of a request from outside.
    pub(crate) fn of(&self, headers: &HeaderMap) -> Country {
        let named = self.header.as_ref().and_then(|name| headers.get(name)?.to_str().ok()?.trim().parse().ok());
        named.or(self.otherwise).unwrap_or(Country::UNKNOWN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_what_a_trusted_header_says_else_what_is_set() {
        let mut headers = HeaderMap::new();
        headers.insert("x-country", "fr".parse().unwrap());
        let of = |header, otherwise| Countries::new(header, otherwise).unwrap().of(&headers).to_string();
        assert_eq!(of(None, None), "ZZ", "nobody is believed unasked");
        assert_eq!(of(None, Some("de")), "DE");
        assert_eq!(of(Some("X-Country"), Some("DE")), "FR");
        assert_eq!(of(Some("x-other"), Some("DE")), "DE");
        headers.insert("x-country", "T1-tor".parse().unwrap());
        assert_eq!(Countries::new(Some("x-country"), None).unwrap().of(&headers), Country::UNKNOWN);
        assert!(Countries::new(Some("a b"), None).is_err() && Countries::new(None, Some("Germany")).is_err());
    }
}
