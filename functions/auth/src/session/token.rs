//! Refresh tokens.
//!
//! Each is good for one use (RFC 9700, section 4.14.2). Its successor is derived from it, so that a
//! refresh whose answer was lost answers the same when it is repeated at once.

use crate::mac::mac;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::SessionId;
use sha2::{Digest, Sha256};

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

    /// What is stored of it.
    pub(super) fn hash(&self) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> RefreshKey {
        RefreshKey::derive(&[1; 32])
    }

    fn first() -> RefreshToken {
        RefreshToken::first(SessionId::new(5, &[6; 10]), [7; 32])
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
}
