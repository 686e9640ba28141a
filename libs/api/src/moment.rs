//! A time that may be absent, as RFC 3339 in JSON: `#[serde(with = "reel_api::moment")]`.

use crate::{Millis, from_rfc3339, rfc3339};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes it.
///
/// # Errors
/// The serializer's.
pub fn serialize<S: Serializer>(at: &Option<Millis>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(rfc3339).serialize(serializer)
}

/// Reads it.
///
/// # Errors
/// That it is another text.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Millis>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let wrong = || D::Error::custom(format!("{text:?} is not a time such as 2026-11-26T20:00:00Z (RFC 3339)"));
    from_rfc3339(&text).map(Some).ok_or_else(wrong)
}
