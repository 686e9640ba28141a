//! Whom a title may be shown to: when, where, and from what age.
//!
//! Pure rules, so that `content`, `playback` and `license` decide alike.

use crate::{Millis, Principal, Problem};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The header in which the gateway tells the country of who asks, [`Country::UNKNOWN`] where it does not know it.
/// A request of another function has none: that function looks itself.
pub const COUNTRY_HEADER: &str = "x-reel-country";

/// The ages that a title may be for: from birth, 6, 12, 16 or 18.
pub const MATURITIES: [u8; 5] = [0, 6, 12, 16, 18];

/// A country, in two capitals (ISO 3166-1 alpha-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

impl Country {
    /// Where nobody knows: no country's window admits it.
    pub const UNKNOWN: Self = Self(*b"ZZ");
}

/// A text that is no country.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a country: two letters such as DE (ISO 3166-1)")]
pub struct CountryError(String);

impl FromStr for Country {
    type Err = CountryError;

    /// Reads it in either case.
    fn from_str(text: &str) -> Result<Self, CountryError> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => Err(CountryError(text.chars().take(32).collect())),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

impl TryFrom<String> for Country {
    type Error = CountryError;

    fn try_from(text: String) -> Result<Self, CountryError> {
        text.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.to_string()
    }
}

/// When a title may be seen in some countries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AvailabilityWindow"))]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The countries; none for everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<Country>,
    /// From this time on, RFC 3339; since ever when absent.
    #[serde(default, with = "crate::moment", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub from: Option<Millis>,
    /// Until before this time, RFC 3339; for ever when absent.
    #[serde(default, with = "crate::moment", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub until: Option<Millis>,
}

impl Window {
    fn is_open(&self, now: Millis) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }

    fn is_of(&self, country: Country) -> bool {
        self.countries.is_empty() || self.countries.contains(&country)
    }
}

/// Who wants to see something, as far as that decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Viewing {
    /// When.
    pub now: Millis,
    /// Where; none for a function that asks for others, which no window keeps out.
    pub country: Option<Country>,
    /// The age that the profile's titles are for at most; none without a limit.
    pub maturity: Option<u8>,
}

impl Viewing {
    /// A viewer of a request with this [`COUNTRY_HEADER`].
    pub fn new(now: Millis, country: Option<&str>, maturity: Option<u8>) -> Self {
        let country = country.map(|country| country.parse().unwrap_or(Country::UNKNOWN));
        Self { now, country, maturity }
    }

    /// Who asks, in a request with this [`COUNTRY_HEADER`].
    pub fn of(principal: &Principal, now: Millis, country: Option<&str>) -> Self {
        Self::new(now, country, principal.maturity)
    }

    /// Admits a viewer to what has these windows and is for this age; without windows it may be seen everywhere,
    /// and what has no age is for no profile that has a limit below 18.
    ///
    /// # Errors
    /// A 403 problem, `maturity` or `not-available-here`.
    pub fn admit(&self, windows: &[Window], maturity: Option<u8>) -> Result<(), Problem> {
        self.old_enough(maturity)?;
        let Some(country) = self.country else { return Ok(()) };
        if windows.is_empty() || windows.iter().any(|window| window.is_of(country) && window.is_open(self.now)) {
            return Ok(());
        }
        let where_ = if country == Country::UNKNOWN { "your country".to_owned() } else { country.to_string() };
        Err(Problem::forbidden("not-available-here", format!("this title is not available in {where_} at this time")))
    }

    fn old_enough(&self, maturity: Option<u8>) -> Result<(), Problem> {
        let (Some(limit), age) = (self.maturity, maturity.unwrap_or(18)) else { return Ok(()) };
        if age <= limit {
            return Ok(());
        }
        Err(Problem::forbidden(
            "maturity",
            format!("this title is for {age} and older; the profile's limit is {limit}"),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(countries: &[&str], from: Option<Millis>, until: Option<Millis>) -> Window {
        Window { countries: countries.iter().map(|country| country.parse().unwrap()).collect(), from, until }
    }

    fn code(country: Option<&str>, maturity: Option<u8>, windows: &[Window], age: Option<u8>) -> String {
        let viewing = Viewing::new(1_000, country, maturity);
        viewing.admit(windows, age).map_or_else(|problem| problem.code, |()| String::new())
    }

    #[test]
    fn a_window_is_open_in_its_countries_and_time() {
        let here = "not-available-here";
        for (country, windows, expected) in [
            (Some("DE"), vec![], ""),
            (Some("de"), vec![window(&["DE", "AT"], None, None)], ""),
            (Some("FR"), vec![window(&["DE", "AT"], None, None)], here),
            (Some("FR"), vec![window(&["DE"], None, None), window(&[], Some(1_000), Some(1_001))], ""),
            (Some("DE"), vec![window(&["DE"], Some(1_001), None)], here),
            (Some("DE"), vec![window(&["DE"], None, Some(1_000))], here),
            (Some("ZZ"), vec![window(&["DE"], None, None)], here),
            (Some("not a country"), vec![window(&["DE"], None, None)], here),
            (Some("ZZ"), vec![window(&[], None, None)], ""),
            (None, vec![window(&["DE"], Some(2_000), None)], ""),
        ] {
            assert_eq!(code(country, None, &windows, None), expected, "{country:?} {windows:?}");
        }
    }

    #[test]
    fn a_profile_sees_what_is_for_its_age() {
        assert_eq!(code(Some("DE"), Some(12), &[], Some(12)), "");
        assert_eq!(code(Some("DE"), Some(12), &[], Some(16)), "maturity");
        assert_eq!(code(None, Some(12), &[], None), "maturity", "what nobody rated is for adults");
        assert_eq!(code(Some("DE"), Some(18), &[], None), "");
        assert_eq!(code(Some("DE"), None, &[], Some(18)), "");
    }

    #[test]
    fn a_window_reads_as_people_write_it() {
        let read: Window = serde_json::from_str(r#"{"countries":["de"],"from":"1970-01-01T00:00:01Z"}"#).unwrap();
        assert_eq!(read, window(&["DE"], Some(1_000), None));
        assert_eq!(serde_json::to_string(&read).unwrap(), r#"{"countries":["DE"],"from":"1970-01-01T00:00:01Z"}"#);
        for bad in [r#"{"countries":["DEU"]}"#, r#"{"from":"soon"}"#, r#"{"from":5}"#, r#"{"x":1}"#] {
            assert!(serde_json::from_str::<Window>(bad).is_err(), "{bad}");
        }
    }
}
