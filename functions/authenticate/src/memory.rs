//! What a warm instance remembers between requests.

use crate::keyring::Keyring;
use crate::recent::Recent;
use reel_api::auth::{Claims, Jwks};
use reel_api::{Millis, Role, SessionId};
use reel_token::{Keys, TokenError, has_expired};
use std::cell::RefCell;

/// How many tokens and sessions are remembered: about 4 MB.
const CAPACITY: usize = 8_192;
/// For how long a token need not be verified again, in milliseconds.
const TOKEN_MS: u64 = 60_000;
/// Within what time an ended session or another role is noticed, in milliseconds.
const SESSION_MS: u64 = 5_000;

/// What is remembered.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) keyring: Keyring,
    pub(crate) sessions: Recent<SessionId, Option<Role>>,
    tokens: Recent<String, Claims>,
}

impl Memory {
    fn new() -> Self {
        Self {
            keyring: Keyring::default(),
            sessions: Recent::new(CAPACITY, SESSION_MS),
            tokens: Recent::new(CAPACITY, TOKEN_MS),
        }
    }

    /// The claims of a valid token.
    pub(crate) fn verify(&mut self, token: &str, now: Millis) -> Result<Claims, TokenError> {
        if let Some(claims) = self.tokens.get(token, now) {
            return if has_expired(&claims, now / 1_000) { Err(TokenError::Expired) } else { Ok(claims) };
        }
        let claims = self.keyring.keys().verify(token, now / 1_000)?;
        self.tokens.put(token.to_owned(), claims.clone(), now);
        Ok(claims)
    }

    /// Puts other keys in place; what the old ones verified has to be verified again.
    pub(crate) fn replace_keys(&mut self, jwks: &Jwks) {
        self.keyring.replace(Keys::from_jwks(jwks));
        self.tokens.clear();
    }
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::new(Memory::new());
}

/// Looks into the memory, or changes it; never across an `await`.
pub(crate) fn with<A>(look: impl FnOnce(&mut Memory) -> A) -> A {
    MEMORY.with_borrow_mut(look)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::AccountId;
    use reel_api::auth::{AUDIENCE, ISSUER};
    use reel_token::Signer;

    fn token(signer: &Signer) -> String {
        let (sub, sid) = (AccountId::new(1, &[1; 10]), SessionId::new(1, &[2; 10]));
        let (iss, aud) = (ISSUER.to_owned(), AUDIENCE.to_owned());
        signer.sign(&Claims {
            iss,
            aud,
            sub,
            sid,
            profile: None,
            role: Role::Viewer,
            maturity: None,
            iat: 1_000,
            exp: 1_010,
        })
    }

    #[test]
    fn a_remembered_token_still_expires() {
        let signer = Signer::from_seed(&[1; 32]).unwrap();
        let mut memory = Memory::new();
        memory.replace_keys(&Jwks { keys: vec![signer.jwk()] });
        let token = token(&signer);
        assert!(memory.verify(&token, 1_000_000).is_ok() && memory.verify(&token, 1_039_999).is_ok());
        assert_eq!(memory.verify(&token, 1_040_000), Err(TokenError::Expired));
    }

    #[test]
    fn a_withdrawn_key_verifies_nothing_any_more() {
        let (old, new) = (Signer::from_seed(&[1; 32]).unwrap(), Signer::from_seed(&[2; 32]).unwrap());
        let mut memory = Memory::new();
        memory.replace_keys(&Jwks { keys: vec![old.jwk()] });
        assert!(memory.verify(&token(&old), 1_000_000).is_ok());
        memory.replace_keys(&Jwks { keys: vec![new.jwk()] });
        assert!(matches!(memory.verify(&token(&old), 1_000_000), Err(TokenError::UnknownKey(_))));
        assert!(memory.verify(&token(&new), 1_000_000).is_ok());
    }
}
