//! What Stripe says when it does not do what was asked.

use reel_sdk::Problem;
use serde::Deserialize;

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The card was declined, or has to be confirmed by its holder; says so in Stripe's words for cardholders.
    Declined(String),
    /// There is no such thing.
    Missing(String),
    /// It does not do that: our mistake, or it is not so any more.
    Refused(String),
    /// What came back cannot be read: our mistake.
    Broken(String),
    /// Nobody knows whether it was done; the same call with the same key will tell.
    Unavailable(String),
}

#[derive(Deserialize)]
struct Body {
    error: Error,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Error {
    code: Option<String>,
    message: Option<String>,
}

impl Failure {
    /// What an answer that is no success says.
    pub(crate) fn read(path: &str, status: u16, body: &[u8]) -> Self {
        let Error { code, message } = serde_json::from_slice::<Body>(body).map(|body| body.error).unwrap_or_default();
        let code = code.unwrap_or_default();
        let message = message.unwrap_or_else(|| "it does not say why".into());
        let said = format!("{path} answers {status} {code}: {message}");
        match status {
            402 => Self::Declined(message),
            404 => Self::Missing(said),
            _ if code == "resource_already_exists" => Self::Refused(said),
            // Another call with the same key, or on the same object, is at work; too many calls.
            409 | 429 | 500.. => Self::Unavailable(said),
            _ if code == "lock_timeout" => Self::Unavailable(said),
            _ => Self::Refused(said),
        }
    }

    /// What kept a call from being answered.
    pub(crate) fn of_sending(problem: &Problem) -> Self {
        match problem.status {
            500 => Self::Broken(problem.to_string()),
            _ => Self::Unavailable(problem.to_string()),
        }
    }

    /// Whether the same call may have another result later.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Declined(why) => Self::new(402, "card-declined", "The payment did not go through", why),
            Failure::Unavailable(why) => {
                eprintln!("the payment provider cannot answer: {why}");
                Self::unavailable("the payment provider cannot answer: it is finished when you ask again", 2)
            }
            Failure::Missing(why) | Failure::Refused(why) | Failure::Broken(why) => {
                eprintln!("the payment provider refused: {why}");
                Self::new(502, "payment-provider", "The payment provider refused", "it did not do what was asked of it")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_final_or_passes() {
        let read = |status, body: &str| Failure::read("/v1/x", status, body.as_bytes());
        let declined = read(402, r#"{"error":{"code":"card_declined","message":"Your card was declined."}}"#);
        assert_eq!(declined, Failure::Declined("Your card was declined.".into()));
        assert_eq!(Problem::from(declined).status, 402);
        for (status, body, passing) in [
            (400, r#"{"error":{"message":"no"}}"#, false),
            (400, r#"{"error":{"code":"lock_timeout"}}"#, true),
            (404, "", false),
            (409, r#"{"error":{"code":"idempotency_key_in_use"}}"#, true),
            (409, "", true),
            (409, r#"{"error":{"code":"resource_already_exists"}}"#, false),
            (429, "{}", true),
            (500, "<html>", true),
        ] {
            assert_eq!(read(status, body).is_passing(), passing, "{status} {body}");
        }
    }

    #[test]
    fn nobody_is_told_what_the_provider_said_of_our_mistakes() {
        let problem = Problem::from(Failure::Refused("/v1/x answers 400: key sk_live_…".into()));
        assert!(problem.status == 502 && !problem.to_string().contains("sk_"), "{problem}");
    }
}
