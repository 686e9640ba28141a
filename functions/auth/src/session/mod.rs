//! Sessions: where an account is signed in.
//!
//! A session is carried on by refresh tokens, each good for one use (`token`). One that is older than
//! the last is a sign of theft: it ends the session, and with it every token that came of it.

mod device;
mod known;
mod list;
mod token;
mod visit;

pub(crate) use known::{is_known, remember};
pub(crate) use list::{end, end_others, list};
pub(crate) use token::{RefreshKey, RefreshToken};
pub(crate) use visit::Visit;

use reel_api::auth::SESSION_LIFETIME;
use reel_api::{AccountId, Millis, Principal, ProfileId};
use serde::{Deserialize, Serialize};

/// For how long the last token but one is answered again, in milliseconds.
const REPEAT_MS: u64 = 10_000;

/// A session, as it is stored: of its tokens only hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) account: AccountId,
    pub(crate) profile: Option<ProfileId>,
    /// The profile's limit, as it was known last.
    #[serde(default)]
    pub(crate) maturity: Option<u8>,
    /// The device, as a person would call it.
    #[serde(default)]
    pub(crate) device: String,
    /// ISO 3166-1 alpha-2.
    #[serde(default)]
    pub(crate) country: Option<String>,
    #[serde(default)]
    pub(crate) created_at: Millis,
    current: String,
    previous: Option<String>,
    rotated_at: Millis,
}

/// What a refresh token is to its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The one that is good.
    Current,
    /// The one before, used moments ago: its answer may have been lost.
    Repeated,
    /// An older one: somebody else has used it.
    Reused,
}

impl Session {
    /// A new session whose first token is this one.
    pub(crate) fn begin(principal: &Principal, visit: &Visit, first: &RefreshToken, now: Millis) -> Self {
        let Principal { account, profile, maturity, .. } = *principal;
        let (device, country) = (visit.device.clone(), visit.country.clone());
        let current = first.hash();
        Self { account, profile, maturity, device, country, created_at: now, current, previous: None, rotated_at: now }
    }

    /// When its tokens were last renewed.
    pub(crate) fn last_seen(&self) -> Millis {
        self.rotated_at
    }

    /// What a genuine token of this session is now.
    pub(crate) fn standing(&self, token: &RefreshToken, now: Millis) -> Standing {
        let hash = token.hash();
        if hash == self.current {
            return Standing::Current;
        }
        let moments_ago = now.saturating_sub(self.rotated_at) <= REPEAT_MS;
        if moments_ago && self.previous.as_ref() == Some(&hash) { Standing::Repeated } else { Standing::Reused }
    }

    /// The session once `next` has taken the place of the current token.
    pub(crate) fn rotated(self, next: &RefreshToken, now: Millis) -> Self {
        Self { previous: Some(self.current), current: next.hash(), rotated_at: now, ..self }
    }

    /// The session with its profile as it is now, seen by another visit.
    pub(crate) fn seen(self, principal: &Principal, visit: &Visit) -> Self {
        let Principal { profile, maturity, .. } = *principal;
        Self { profile, maturity, device: visit.device.clone(), country: visit.country.clone(), ..self }
    }

    /// When a session that was used now ends by itself.
    pub(crate) fn expires_at(now: Millis) -> Millis {
        now + SESSION_LIFETIME * 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::{Role, SessionId};

    fn key() -> RefreshKey {
        RefreshKey::derive(&[1; 32])
    }

    fn first() -> RefreshToken {
        RefreshToken::first(SessionId::new(5, &[6; 10]), [7; 32])
    }

    fn session() -> Session {
        let (account, role) = (AccountId::new(1, &[2; 10]), Role::Viewer);
        let principal = Principal { account, session: first().session, profile: None, role, maturity: None };
        Session::begin(&principal, &Visit::default(), &first(), 1_000)
    }

    #[test]
    fn a_token_is_good_once() {
        let next = key().next(&first());
        assert_eq!(session().standing(&first(), 2_000), Standing::Current);
        let rotated = session().rotated(&next, 2_000);
        assert_eq!(rotated.standing(&next, 90_000), Standing::Current);
        assert_eq!(rotated.standing(&first(), 12_001), Standing::Reused);
    }

    #[test]
    fn a_refresh_whose_answer_was_lost_is_answered_alike() {
        let next = key().next(&first());
        let rotated = session().rotated(&next, 2_000);
        assert_eq!(rotated.standing(&first(), 12_000), Standing::Repeated);
        assert!(key().next(&first()) == next && next != first());
    }

    #[test]
    fn a_token_two_steps_old_is_theft_at_any_time() {
        let (second, third) = (key().next(&first()), key().next(&key().next(&first())));
        let rotated = session().rotated(&second, 2_000).rotated(&third, 2_001);
        assert_eq!(rotated.standing(&first(), 2_002), Standing::Reused);
        assert_eq!(rotated.standing(&second, 2_002), Standing::Repeated);
    }
}
