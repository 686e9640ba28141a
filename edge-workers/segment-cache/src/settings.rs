//! What an edge is told by its configuration.

use reel_api::Problem;
use reel_delivery::Keys;

/// The setting with the delivery keys, in hexadecimal. An edge is not granted secrets of
/// the platform: the portable way to give it one is a setting of its own.
pub(crate) const DELIVERY_KEY: &str = "segment-cache.delivery-key";
/// The setting with the URLs of the parents, separated by spaces, nearest first.
pub(crate) const PARENTS: &str = "segment-cache.parents";

/// The settings, read.
pub(crate) struct Settings {
    pub(crate) keys: Keys,
    /// URLs without a `/` at the end.
    pub(crate) parents: Vec<String>,
}

impl Settings {
    /// Reads the settings as they are written.
    ///
    /// # Errors
    /// A 500 problem that names the setting and what it should be.
    pub(crate) fn read(key: Option<String>, parents: Option<String>) -> Result<Self, Problem> {
        let key =
            key.ok_or_else(|| misconfigured(format!("set {DELIVERY_KEY} to the delivery key, in hexadecimal")))?;
        let keys = Keys::from_hex(&key).map_err(|e| misconfigured(format!("{DELIVERY_KEY}: {e}")))?;
        let parents = parents.unwrap_or_default();
        let parents = parents.split_whitespace().map(|url| url.trim_end_matches('/').to_owned()).collect();
        Ok(Self { keys, parents })
    }
}

fn misconfigured(detail: String) -> Problem {
    Problem::new(500, "misconfigured", "Something is wrong on our side", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_is_missing_or_wrong_is_named() {
        for key in [None, Some("07".to_owned()), Some("x".repeat(64))] {
            let problem = Settings::read(key, None).err().unwrap();
            assert!(problem.status == 500 && problem.detail.contains(DELIVERY_KEY), "{problem}");
        }
    }

    #[test]
    fn parents_are_separated_by_spaces() {
        let settings = Settings::read(Some("07".repeat(32)), Some(" http://ixp:81/  http://origin ".into())).unwrap();
        assert_eq!(settings.parents, ["http://ixp:81", "http://origin"]);
        assert!(Settings::read(Some("07".repeat(32)), None).unwrap().parents.is_empty());
    }
}
