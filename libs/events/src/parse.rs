//! From JSON to an event, with reasons a sender can act on.

use crate::{Event, Kind, VERSION};
use reel_api::{Millis, from_rfc3339};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Why an event is not admitted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// It is not a JSON object.
    #[error("an event is a JSON object with id, type, v and at")]
    NotAnObject,
    /// Its `type` is none of [`Kind::TYPES`].
    #[error("type is {0}; it is one of {types}", types = Kind::TYPES.join(", "))]
    UnknownType(String),
    /// Its `v` is not [`VERSION`].
    #[error("v is {0}; the version understood here is {VERSION}")]
    WrongVersion(String),
    /// A field is missing or of another kind.
    #[error("{0}")]
    Shape(String),
    /// A value is not one that can be true.
    #[error("{field} is {found}; {right}")]
    Range {
        /// The field.
        field: &'static str,
        /// What it is.
        found: String,
        /// What it has to be.
        right: String,
    },
}

impl Event {
    /// Admits an event that arrives at this time, or says what is wrong with it.
    ///
    /// # Errors
    /// The first thing that is wrong: form, type, version, fields, then ranges.
    pub fn parse(value: &Value, now: Millis) -> Result<Self, EventError> {
        let object = value.as_object().ok_or(EventError::NotAnObject)?;
        let kind = object.get("type").unwrap_or(&Value::Null);
        if !kind.as_str().is_some_and(|kind| Kind::TYPES.contains(&kind)) {
            return Err(EventError::UnknownType(excerpt(kind)));
        }
        let version = object.get("v").unwrap_or(&Value::Null);
        if version.as_u64() != Some(u64::from(VERSION)) {
            return Err(EventError::WrongVersion(excerpt(version)));
        }
        let event = Self::deserialize(value).map_err(|e| EventError::Shape(e.to_string()))?;
        event.check(now)?;
        Ok(event)
    }
}

/// What came, cut to a length that can be sent back.
pub(crate) fn excerpt(value: &Value) -> String {
    match value {
        Value::Null => "missing".into(),
        value => value.to_string().chars().take(64).collect(),
    }
}

/// Unix milliseconds, or RFC 3339.
pub(crate) fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Millis, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let at = value.as_u64().or_else(|| value.as_str().and_then(from_rfc3339));
    at.ok_or_else(|| {
        serde::de::Error::custom(format!("at is {}; it is Unix milliseconds or RFC 3339", excerpt(&value)))
    })
}
