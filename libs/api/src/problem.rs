//! Problem details, the form of every error answer (RFC 9457).

use serde::{Deserialize, Serialize};

/// The media type of a problem (RFC 9457, section 3).
pub const PROBLEM_JSON: &str = "application/problem+json";
const URN: &str = "urn:reel:problem:";

/// What went wrong, for a program (`code`, `status`) and for a person (`detail`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{title}: {detail}")]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// What kind of problem, for example `not-found`; `type` is `urn:reel:problem:CODE`.
    pub code: String,
    /// The kind in a few words.
    pub title: String,
    /// What is wrong here and what would be right.
    pub detail: String,
    /// After how many seconds the same request may succeed (`Retry-After`).
    pub retry_after: Option<u32>,
}

/// A problem as it is sent.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Wire {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    retry_after: Option<u32>,
}

impl Serialize for Problem {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { status, code, title, detail, retry_after } = self.clone();
        Wire { kind: format!("{URN}{code}"), title, status, detail, retry_after }.serialize(serializer)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Problem {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Problem".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Wire::json_schema(generator)
    }
}

impl<'de> Deserialize<'de> for Problem {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Wire { kind, title, status, detail, retry_after } = Wire::deserialize(deserializer)?;
        let code = kind.strip_prefix(URN).unwrap_or(&kind).to_owned();
        Ok(Self { status, code, title, detail, retry_after })
    }
}

impl Problem {
    /// A problem of any kind.
    pub fn new(status: u16, code: &str, title: &str, detail: impl Into<String>) -> Self {
        Self { status, code: code.into(), title: title.into(), detail: detail.into(), retry_after: None }
    }

    /// 400: the request is not well formed; `detail` says what would be.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(400, "invalid", "The request is not valid", detail)
    }

    /// 401: the caller is not known; `detail` says how to become so.
    pub fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::new(401, "unauthenticated", "Sign in first", detail)
    }

    /// 403: the caller is known and may not.
    pub fn forbidden(code: &str, detail: impl Into<String>) -> Self {
        Self::new(403, code, "This is not allowed", detail)
    }

    /// 404: there is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(404, "not-found", "There is no such thing", detail)
    }

    /// 409: it collides with what there is.
    pub fn conflict(code: &str, detail: impl Into<String>) -> Self {
        Self::new(409, code, "It collides with what is there", detail)
    }

    /// 500: a defect or a misconfiguration of ours.
    pub fn internal(detail: impl Into<String>) -> Self {
        Self::new(500, "internal", "Something is wrong on our side", detail)
    }

    /// 503: not now; the same request may succeed after some seconds.
    pub fn unavailable(detail: impl Into<String>, retry_after: u32) -> Self {
        let problem = Self::new(503, "unavailable", "Try again shortly", detail);
        Self { retry_after: Some(retry_after), ..problem }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_sent_as_rfc_9457_says() {
        let sent = serde_json::to_value(Problem::not_found("there is no title x")).unwrap();
        assert_eq!(sent["type"], "urn:reel:problem:not-found");
        assert_eq!(sent["status"], 404);
        assert_eq!(serde_json::from_value::<Problem>(sent).unwrap().code, "not-found");
    }
}
