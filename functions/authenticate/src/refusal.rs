//! Why a request is not admitted, as it is answered (RFC 6750, section 3).

use reel_sdk::{Problem, Response};
use reel_token::TokenError;

/// Why a request is not admitted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no bearer token.
    Missing,
    /// It is not a token; says why.
    Malformed(String),
    /// It is a token that this platform did not make for this use; says why.
    Invalid(String),
    /// Its time is over.
    Expired,
    /// Its session was ended.
    Revoked,
    /// It cannot be told now.
    Unknown(Problem),
}

impl Refusal {
    pub(crate) fn into_response(self) -> Response {
        let (code, said, detail) = match self {
            Self::Missing => ("token-missing", None, "send a bearer token in the Authorization header".into()),
            Self::Malformed(why) => {
                ("token-malformed", Some("the token is malformed"), format!("the bearer token is not one: {why}"))
            }
            Self::Invalid(why) => ("token-invalid", Some("the token is not valid here"), why),
            Self::Expired => (
                "token-expired",
                Some("the token has expired"),
                "the token has expired: refresh it at /v1/auth/refresh".into(),
            ),
            Self::Revoked => {
                ("session-revoked", Some("the session was ended"), "the session was ended: sign in again".into())
            }
            Self::Unknown(problem) => return problem.into(),
        };
        let problem = Problem::new(401, code, "Sign in first", detail);
        Response::from(problem).with_header("www-authenticate", &challenge(said))
    }
}

/// A request without a token is told nothing but the scheme (RFC 6750, section 3.1).
fn challenge(said: Option<&str>) -> String {
    let error = said.map(|said| format!(", error=\"invalid_token\", error_description=\"{said}\""));
    format!("Bearer realm=\"reel\"{}", error.unwrap_or_default())
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Malformed(why) => Self::Malformed(why.into()),
            TokenError::Expired => Self::Expired,
            other => Self::Invalid(other.to_string()),
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Unknown(problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(refusal: Refusal) -> (u16, String, Option<String>) {
        let answer = refusal.into_response().into_http().unwrap();
        let challenge = answer.headers().get("www-authenticate").map(|value| value.to_str().unwrap().to_owned());
        let problem: Problem = serde_json::from_slice(answer.body()).unwrap();
        (answer.status().as_u16(), problem.code, challenge)
    }

    #[test]
    fn each_reason_has_its_code_and_challenge() {
        let (status, code, challenge) = answered(Refusal::Missing);
        assert_eq!(
            (status, code.as_str(), challenge.as_deref()),
            (401, "token-missing", Some("Bearer realm=\"reel\""))
        );
        let refusals = [
            (Refusal::Malformed("x".into()), "token-malformed"),
            (TokenError::BadSignature.into(), "token-invalid"),
            (TokenError::UnknownKey("\"\r\n".into()).into(), "token-invalid"),
            (TokenError::Expired.into(), "token-expired"),
            (Refusal::Revoked, "session-revoked"),
        ];
        for (refusal, expected) in refusals {
            let (status, code, challenge) = answered(refusal);
            assert_eq!((status, code.as_str()), (401, expected));
            assert!(challenge.unwrap().contains("error=\"invalid_token\""));
        }
    }

    #[test]
    fn what_cannot_be_told_is_no_401() {
        assert_eq!(
            answered(Refusal::Unknown(Problem::unavailable("auth is away", 1))),
            (503, "unavailable".into(), None)
        );
    }
}
