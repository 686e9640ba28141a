//! The public keys, and when to ask for them again.

use reel_api::Millis;
use reel_token::Keys;

/// How old the keys may become, in milliseconds: one that was withdrawn is used no longer.
const MAX_AGE_MS: u64 = 5 * 60 * 1_000;
/// How long an unknown key has to wait for the next question, in milliseconds: whoever
/// makes up key ids must not make us ask each time.
const PAUSE_MS: u64 = 3_000;

/// The keys that are known.
#[derive(Debug, Default)]
pub(crate) struct Keyring {
    keys: Keys,
    asked_at: Millis,
}

impl Keyring {
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Whether the keys have to be asked for whatever token comes.
    pub(crate) fn is_due(&self, now: Millis) -> bool {
        self.keys.is_empty() || now.saturating_sub(self.asked_at) >= MAX_AGE_MS
    }

    /// Whether an unknown key is a reason to ask.
    pub(crate) fn may_ask(&self, now: Millis) -> bool {
        now.saturating_sub(self.asked_at) >= PAUSE_MS
    }

    /// Notes that they are being asked for.
    pub(crate) fn asked(&mut self, now: Millis) {
        self.asked_at = now;
    }

    /// Puts other keys in their place.
    pub(crate) fn replace(&mut self, keys: Keys) {
        self.keys = keys;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::auth::Jwks;
    use reel_token::Signer;

    #[test]
    fn keys_are_asked_for_first_then_rarely() {
        let mut ring = Keyring::default();
        assert!(ring.is_due(0));
        ring.asked(10_000);
        assert!(ring.is_due(10_001), "there are still none");
        ring.replace(Keys::from_jwks(&Jwks { keys: vec![Signer::from_seed(&[1; 32]).unwrap().jwk()] }));
        assert!(!ring.is_due(10_001) && !ring.may_ask(10_000 + PAUSE_MS - 1));
        assert!(ring.may_ask(10_000 + PAUSE_MS));
        assert!(ring.is_due(10_000 + MAX_AGE_MS));
    }
}
