//! Sessions and the refresh tokens that carry them on.
//!
//! Each refresh token is good for one use (RFC 9700, section 4.14.2). Its successor is
//! derived from it, so that a refresh whose answer was lost answers the same when it is
//! repeated at once. An older token is a sign of theft: it ends the session.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use reel_api::auth::SESSION_LIFETIME;
use reel_api::{AccountId, Millis, ProfileId, SessionId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// For how long the last token but one is answered again, in milliseconds.
const REPEAT_MS: u64 = 10_000;

/// A session, as it is stored: of its tokens only hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) account: AccountId,
    pub(crate) profile: Option<ProfileId>,
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
    pub(crate) fn begin(account: AccountId, profile: Option<ProfileId>, first: &RefreshToken, now: Millis) -> Self {
        Self { account, profile, current: first.hash(), previous: None, rotated_at: now }
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

    /// The session with another profile.
    pub(crate) fn with_profile(self, profile: Option<ProfileId>) -> Self {
        Self { profile, ..self }
    }

    /// When a session that was used now ends by itself.
    pub(crate) fn expires_at(now: Millis) -> Millis {
        now + SESSION_LIFETIME * 1_000
    }
}

/// A refresh token. It is written as `SESSION.SECRET.MAC`; the MAC tells a token that was
/// once good from one that was made up, which must not end anybody's session.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RefreshToken {
    pub(crate) session: SessionId,
    secret: [u8; 32],
}

impl RefreshToken {
    /// The first token of a session.
    pub(crate) fn first(session: SessionId, secret: [u8; 32]) -> Self {
        Self { session, secret }
    }

    fn hash(&self) -> String {
        hex::encode(Sha256::digest(self.secret))
    }
}

/// The key that refresh tokens are made with.
pub(crate) struct RefreshKey([u8; 32]);

impl RefreshKey {
    /// A key of its own, derived from the platform's signing key.
    pub(crate) fn derive(seed: &[u8; 32]) -> Self {
        Self(mac(seed, &[b"reel refresh tokens"]))
    }

    /// The token that follows a token.
    pub(crate) fn next(&self, token: &RefreshToken) -> RefreshToken {
        RefreshToken {
            session: token.session,
            secret: mac(&self.0, &[b"next", token.session.as_bytes(), &token.secret]),
        }
    }

    /// A token as it is sent.
    pub(crate) fn write(&self, token: &RefreshToken) -> String {
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        format!("{}.{}.{}", token.session, encode(&token.secret), encode(&self.tag(token)))
    }

    /// A token that this key once wrote; none when it did not.
    pub(crate) fn read(&self, text: &str) -> Option<RefreshToken> {
        let mut parts = text.splitn(3, '.');
        let session = parts.next()?.parse().ok()?;
        let mut bytes = || BASE64_URL_SAFE_NO_PAD.decode(parts.next()?).ok()?.try_into().ok();
        let (secret, tag): ([u8; 32], [u8; 32]) = (bytes()?, bytes()?);
        let token = RefreshToken { session, secret };
        bool::from(subtle::ConstantTimeEq::ct_eq(&self.tag(&token)[..], &tag[..])).then_some(token)
    }

    fn tag(&self, token: &RefreshToken) -> [u8; 32] {
        mac(&self.0, &[b"sign", token.session.as_bytes(), &token.secret])
    }
}

/// HMAC-SHA256 over parts whose lengths are fixed.
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // A short key is filled up with zeros to a block (RFC 2104, section 2).
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> RefreshKey {
        RefreshKey::derive(&[1; 32])
    }

    fn first() -> RefreshToken {
        RefreshToken::first(SessionId::new(5, &[6; 10]), [7; 32])
    }

    fn session() -> Session {
        Session::begin(AccountId::new(1, &[2; 10]), None, &first(), 1_000)
    }

    #[test]
    fn a_token_survives_its_text() {
        let text = key().write(&first());
        assert!(key().read(&text) == Some(first()));
    }

    #[test]
    fn a_made_up_token_is_none() {
        let text = key().write(&first());
        let other = RefreshKey::derive(&[2; 32]).write(&first());
        let (head, _) = text.rsplit_once('.').unwrap();
        for forged in
            ["", "..", &other, head, &format!("{head}."), &format!("{text}x"), &text[1..], &text[..text.len() - 2]]
        {
            assert!(key().read(forged).is_none(), "{forged:?}");
        }
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
