//! Playback tokens: who holds one may fetch one encoding of one title for a while.
//!
//! 54 bytes, 72 characters of base64url: version (4 bits, the lower ones) and limits, key id,
//! expiry in Unix seconds (32 bits, big-endian), title, revision, and the first 16 bytes of
//! HMAC-SHA256 over all of these.

use crate::keys::{Keys, TAG_BYTES};
use crate::limits;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::availability::Viewing;
use reel_api::license::Definition;
use reel_api::{Millis, Principal, Problem, RevisionId, Role, TitleId};

/// How long a token outlives the title's duration, in milliseconds: four hours of pauses.
pub const GRACE_MS: u64 = 4 * 3_600_000;

const VERSION: u8 = 1;
const VERSION_BITS: u8 = 0x0f;
/// How far the bits of the limits are shifted.
const LIMITS_SHIFT: u32 = 4;
const SIGNED_BYTES: usize = 2 + 4 + 16 + 16;
const TOKEN_BYTES: usize = SIGNED_BYTES + TAG_BYTES;
const TOKEN_CHARS: usize = TOKEN_BYTES / 3 * 4;

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claims {
    /// The title that may be fetched.
    pub title: TitleId,
    /// The encoding of it.
    pub revision: RevisionId,
    /// Until when, in Unix milliseconds; whole seconds.
    pub expires_at: Millis,
    /// The largest pictures that the plan has.
    pub definition: Definition,
    /// Whom it is for.
    pub audience: Audience,
}

/// Whom a play is for, as far as the licence asks for it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// An editor, whom no window keeps out, and who has every definition.
    Editor,
    /// A profile whose titles are for this age at most; none without a limit.
    Profile(Option<u8>),
}

impl Audience {
    /// Whom a play of this caller is for. Who watches with a limit watches as a viewer.
    pub fn of(principal: &Principal) -> Self {
        match principal.maturity {
            None if principal.role >= Role::Editor => Self::Editor,
            limit => Self::Profile(limit),
        }
    }

    /// Who wants to see something, in a request with this [`reel_api::availability::COUNTRY_HEADER`].
    pub fn viewing(self, now: Millis, country: Option<&str>) -> Viewing {
        match self {
            Self::Editor => Viewing::new(now, None, None),
            Self::Profile(limit) => Viewing::new(now, country, limit),
        }
    }
}

/// Why a token is not honoured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is not the text of a token.
    #[error("this is not a playback token: one has 72 characters of base64url and version 1; ask /playback for one")]
    Malformed,
    /// No key of ours signed it.
    #[error("the playback token is not signed by this platform: ask /playback for one")]
    Forged,
    /// Its time is over.
    #[error("the playback token expired at {}: ask /playback for a new one", reel_api::rfc3339(*.0))]
    Expired(Millis),
    /// It is for another encoding.
    #[error("the playback token is for another title or revision: ask /playback for one of this")]
    WrongTitle,
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        let code = match error {
            TokenError::Malformed => "token-malformed",
            TokenError::Forged => "token-forged",
            TokenError::Expired(_) => "token-expired",
            TokenError::WrongTitle => "token-title",
        };
        Problem::forbidden(code, error.to_string())
    }
}

impl Claims {
    /// The claims of a play that begins now: until its end and [`GRACE_MS`] more, in every definition, for a profile
    /// without a limit.
    pub fn of_play(title: TitleId, revision: RevisionId, duration_ms: u64, now: Millis) -> Self {
        let until = now.saturating_add(duration_ms).saturating_add(GRACE_MS);
        let seconds = u32::try_from(until.div_ceil(1_000)).unwrap_or(u32::MAX);
        let (definition, audience) = (Definition::UltraHd, Audience::Profile(None));
        Self { title, revision, expires_at: u64::from(seconds) * 1_000, definition, audience }
    }

    /// The same, with pictures no larger than this.
    pub fn within(self, definition: Definition) -> Self {
        Self { definition, ..self }
    }

    /// The same, for these.
    pub fn for_audience(self, audience: Audience) -> Self {
        Self { audience, ..self }
    }

    /// The signed token: 72 characters that a path carries as they are.
    pub fn sign(&self, keys: &Keys) -> String {
        let mut token = [0; TOKEN_BYTES];
        let seconds = u32::try_from(self.expires_at / 1_000).unwrap_or(u32::MAX);
        (token[0], token[1]) = (VERSION | limits::bits(self.definition, self.audience) << LIMITS_SHIFT, keys.id());
        token[2..6].copy_from_slice(&seconds.to_be_bytes());
        token[6..22].copy_from_slice(self.title.as_bytes());
        token[22..38].copy_from_slice(self.revision.as_bytes());
        let tag = keys.sign(&token[..SIGNED_BYTES]);
        token[SIGNED_BYTES..].copy_from_slice(&tag);
        BASE64_URL_SAFE_NO_PAD.encode(token)
    }

    /// What a token says, when a key of ours signed it and its time is not over.
    ///
    /// # Errors
    /// [`TokenError::Malformed`], [`TokenError::Forged`] or [`TokenError::Expired`], looked
    /// for in this order.
    pub fn open(token: &str, now: Millis, keys: &Keys) -> Result<Self, TokenError> {
        let bytes = decode(token).ok_or(TokenError::Malformed)?;
        let (signed, tag) = bytes.split_first_chunk::<SIGNED_BYTES>().ok_or(TokenError::Malformed)?;
        let tag = tag.try_into().map_err(|_| TokenError::Malformed)?;
        if !keys.verify(signed[1], signed, tag) {
            return Err(TokenError::Forged);
        }
        let claims = Self::read(signed);
        if claims.expires_at <= now {
            return Err(TokenError::Expired(claims.expires_at));
        }
        Ok(claims)
    }

    /// As [`Claims::open`], for one encoding of one title.
    ///
    /// # Errors
    /// As [`Claims::open`], and [`TokenError::WrongTitle`].
    pub fn verify(
        token: &str,
        title: TitleId,
        revision: RevisionId,
        now: Millis,
        keys: &Keys,
    ) -> Result<Self, TokenError> {
        let claims = Self::open(token, now, keys)?;
        if (claims.title, claims.revision) != (title, revision) {
            return Err(TokenError::WrongTitle);
        }
        Ok(claims)
    }

    fn read(signed: &[u8; SIGNED_BYTES]) -> Self {
        let [first, _, a, b, c, d, ids @ ..] = *signed;
        let (title, revision) = ids.split_at(16);
        let id = |bytes: &[u8]| <[u8; 16]>::try_from(bytes).unwrap_or_default();
        let (definition, audience) = limits::read(first >> LIMITS_SHIFT);
        Self {
            title: TitleId::from_bytes(id(title)),
            revision: RevisionId::from_bytes(id(revision)),
            expires_at: u64::from(u32::from_be_bytes([a, b, c, d])) * 1_000,
            definition,
            audience,
        }
    }
}

fn decode(token: &str) -> Option<[u8; TOKEN_BYTES]> {
    if token.len() != TOKEN_CHARS {
        return None;
    }
    let mut bytes = [0; TOKEN_BYTES];
    let length = BASE64_URL_SAFE_NO_PAD.decode_slice(token, &mut bytes).ok()?;
    (length == TOKEN_BYTES && bytes[0] & VERSION_BITS == VERSION).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_700_000_000_000;

    fn keys(byte: u8) -> Keys {
        Keys::from_bytes(&[byte; 32]).unwrap()
    }

    fn claims() -> Claims {
        Claims::of_play(TitleId::new(1, &[1; 10]), RevisionId::new(2, &[2; 10]), 600_000, NOW)
    }

    fn open(token: &str, now: Millis) -> Result<Claims, TokenError> {
        Claims::open(token, now, &keys(7))
    }

    #[test]
    fn a_token_says_what_was_signed_until_it_expires() {
        let token = claims().sign(&keys(7));
        assert_eq!(token.len(), TOKEN_CHARS);
        assert_eq!(open(&token, NOW), Ok(claims()));
        let end = NOW + 600_000 + GRACE_MS;
        assert_eq!(claims().expires_at, end);
        assert_eq!(open(&token, end - 1), Ok(claims()));
        assert_eq!(open(&token, end), Err(TokenError::Expired(end)));
    }

    #[test]
    fn a_token_keeps_the_definition_of_its_plan_and_whom_it_is_for() {
        let limits = [None, Some(0), Some(6), Some(12), Some(16)];
        for (definition, limit) in Definition::ALL.into_iter().flat_map(|d| limits.map(|limit| (d, limit))) {
            let claims = claims().within(definition).for_audience(Audience::Profile(limit));
            assert_eq!(open(&claims.sign(&keys(7)), NOW), Ok(claims));
        }
        let editor = claims().for_audience(Audience::Editor);
        assert_eq!(open(&editor.sign(&keys(7)), NOW), Ok(editor));
    }

    #[test]
    fn windows_are_for_viewers_and_limits_for_profiles() {
        use reel_api::{AccountId, SessionId};
        let of = |role, maturity| {
            let (account, session) = (AccountId::new(1, &[1; 10]), SessionId::new(1, &[1; 10]));
            Audience::of(&Principal { account, session, profile: None, role, maturity })
        };
        assert_eq!(of(Role::Viewer, None), Audience::Profile(None));
        assert_eq!(of(Role::Editor, None), Audience::Editor);
        assert_eq!(of(Role::Owner, Some(6)), Audience::Profile(Some(6)));
        let country = |audience: Audience| audience.viewing(NOW, Some("FR")).country.map(|country| country.to_string());
        assert_eq!((country(Audience::Editor), country(Audience::Profile(None))), (None, Some("FR".into())));
    }

    #[test]
    fn a_token_of_another_title_or_revision_is_told_apart() {
        let token = claims().sign(&keys(7));
        let Claims { title, revision, .. } = claims();
        let (other, later) = (TitleId::new(1, &[9; 10]), RevisionId::new(2, &[9; 10]));
        let verify = |title, revision| Claims::verify(&token, title, revision, NOW, &keys(7));
        assert_eq!(verify(title, revision), Ok(claims()));
        assert_eq!(verify(other, revision), Err(TokenError::WrongTitle));
        assert_eq!(verify(title, later), Err(TokenError::WrongTitle));
    }

    #[test]
    fn any_changed_bit_is_a_forgery_or_no_token() {
        let token = BASE64_URL_SAFE_NO_PAD.decode(claims().sign(&keys(7))).unwrap();
        for bit in 0..token.len() * 8 {
            let mut changed = token.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            // The version is in the lower half of the first byte.
            let expected = if bit < 4 { TokenError::Malformed } else { TokenError::Forged };
            assert_eq!(open(&BASE64_URL_SAFE_NO_PAD.encode(changed), NOW), Err(expected), "bit {bit}");
        }
    }

    #[test]
    fn the_expiry_of_a_forged_token_is_not_believed() {
        let token = claims().sign(&keys(8));
        assert_eq!(open(&token, Millis::MAX), Err(TokenError::Forged));
    }

    #[test]
    fn a_replaced_key_still_verifies() {
        let old = claims().sign(&keys(7));
        let both = Keys::from_bytes(&[[8; 32], [7; 32]].concat()).unwrap();
        assert_eq!(Claims::open(&old, NOW, &both), Ok(claims()));
        assert_eq!(claims().sign(&both), claims().sign(&keys(8)));
    }

    #[test]
    fn garbage_is_malformed() {
        let token = claims().sign(&keys(7));
        let padded = format!("{token}=");
        let standard = format!("{}+/", &token[..70]);
        for text in ["", "x", &token[..71], &padded, &standard, &"é".repeat(36), &"\0".repeat(72)] {
            assert_eq!(open(text, NOW), Err(TokenError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn random_bytes_never_open() {
        // A linear congruential generator (Knuth's MMIX constants) is random enough here.
        let mut state: u64 = 42;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        for _ in 0..20_000 {
            let mut bytes: [u8; TOKEN_BYTES] = std::array::from_fn(|_| random());
            bytes[0] = VERSION;
            assert_eq!(open(&BASE64_URL_SAFE_NO_PAD.encode(bytes), NOW), Err(TokenError::Forged));
        }
    }

    #[test]
    fn keys_are_of_32_bytes() {
        use crate::KeyError;
        assert_eq!(Keys::from_bytes(&[]).err(), Some(KeyError::Length(0)));
        assert_eq!(Keys::from_bytes(&[1; 33]).err(), Some(KeyError::Length(33)));
        assert_eq!(Keys::from_hex("xy").err(), Some(KeyError::Text));
        let token = claims().sign(&Keys::from_hex(&"07".repeat(32)).unwrap());
        assert_eq!(open(&token, NOW), Ok(claims()));
    }

    #[test]
    fn a_play_without_end_expires_when_seconds_run_out() {
        let far = Claims::of_play(claims().title, claims().revision, u64::MAX, NOW);
        assert_eq!(open(&far.sign(&keys(7)), NOW), Ok(far));
    }

    #[test]
    fn a_refused_token_is_a_403_that_says_why() {
        let problem = Problem::from(TokenError::Expired(NOW));
        assert_eq!((problem.status, &*problem.code), (403, "token-expired"));
        assert!(problem.detail.contains("2023-11-14T22:13:20Z"), "{}", problem.detail);
    }
}
