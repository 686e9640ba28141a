//! What a signer makes is accepted; what anybody else makes of it is not.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use reel_api::auth::{AUDIENCE, Claims, ISSUER, Jwks};
use reel_api::{AccountId, Role, SessionId};
use reel_token::{Keys, LEEWAY, MAX_TOKEN, Signer, TokenError};

const NOW: u64 = 1_700_000_000;

fn signer() -> Signer {
    Signer::from_seed(&[7; 32]).unwrap()
}

fn keys() -> Keys {
    Keys::from_jwks(&Jwks { keys: vec![signer().jwk()] })
}

fn claims() -> Claims {
    Claims {
        iss: ISSUER.into(),
        aud: AUDIENCE.into(),
        sub: AccountId::new(1, &[1; 10]),
        sid: SessionId::new(2, &[2; 10]),
        profile: None,
        role: Role::Viewer,
        maturity: None,
        iat: NOW,
        exp: NOW + 900,
    }
}

fn refusal(token: &str) -> TokenError {
    keys().verify(token, NOW).unwrap_err()
}

fn with_header(header: &str, token: &str) -> String {
    let rest = token.split_once('.').unwrap().1;
    format!("{}.{rest}", BASE64.encode(header))
}

#[test]
fn what_was_signed_is_read() {
    assert_eq!(keys().verify(&signer().sign(&claims()), NOW), Ok(claims()));
}

#[test]
fn the_key_id_is_made_of_the_public_key() {
    let jwk = signer().jwk();
    assert_eq!(jwk.kid.len(), 16);
    assert_ne!(jwk.kid, Signer::from_seed(&[8; 32]).unwrap().jwk().kid);
    assert_eq!((jwk.kty.as_str(), jwk.crv.as_str(), jwk.alg.as_str()), ("OKP", "Ed25519", "EdDSA"));
}

#[test]
fn no_algorithm_and_no_signature_is_refused() {
    let kid = signer().jwk().kid;
    let token = signer().sign(&claims());
    let (signed, _) = token.rsplit_once('.').unwrap();
    for alg in ["none", "None", "", "eddsa"] {
        let header = format!(r#"{{"alg":"{alg}","typ":"JWT","kid":"{kid}"}}"#);
        assert!(matches!(refusal(&with_header(&header, &token)), TokenError::Malformed(_)));
        assert!(matches!(refusal(&with_header(&header, &format!("{signed}."))), TokenError::Malformed(_)));
    }
    assert!(matches!(refusal(&format!("{signed}.")), TokenError::Malformed(_)));
}

#[test]
fn the_public_key_is_no_shared_secret() {
    let jwk = signer().jwk();
    let header = BASE64.encode(format!(r#"{{"alg":"HS256","typ":"JWT","kid":"{}"}}"#, jwk.kid));
    let signed = format!("{header}.{}", BASE64.encode(serde_json::to_vec(&claims()).unwrap()));
    for secret in [BASE64.decode(&jwk.x).unwrap(), jwk.x.clone().into_bytes()] {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&secret).unwrap();
        mac.update(signed.as_bytes());
        let token = format!("{signed}.{}", BASE64.encode(mac.finalize().into_bytes()));
        assert_eq!(refusal(&token), TokenError::Malformed("its alg is not EdDSA"));
    }
}

#[test]
fn another_key_is_refused_under_its_own_name_and_under_ours() {
    let other = Signer::from_seed(&[9; 32]).unwrap();
    let token = other.sign(&claims());
    assert_eq!(refusal(&token), TokenError::UnknownKey(other.jwk().kid));
    let header = format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{}"}}"#, signer().jwk().kid);
    let claims = token.split('.').nth(1).unwrap();
    let renamed = format!("{}.{claims}.{}", BASE64.encode(header), token.rsplit_once('.').unwrap().1);
    assert_eq!(refusal(&renamed), TokenError::BadSignature);
}

#[test]
fn a_changed_claim_breaks_the_signature() {
    let token = signer().sign(&claims());
    let (header, rest) = token.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let owner = Claims { role: Role::Owner, ..claims() };
    let forged = format!("{header}.{}.{signature}", BASE64.encode(serde_json::to_vec(&owner).unwrap()));
    assert_eq!(refusal(&forged), TokenError::BadSignature);
}

#[test]
fn a_token_for_someone_else_is_refused() {
    for claims in [Claims { aud: "bank".into(), ..claims() }, Claims { iss: "bank".into(), ..claims() }] {
        assert_eq!(refusal(&signer().sign(&claims)), TokenError::WrongAudience);
    }
}

#[test]
fn a_token_is_good_in_its_time_and_the_leeway() {
    let token = signer().sign(&claims());
    let at = |now| keys().verify(&token, now);
    assert!(at(NOW - LEEWAY).is_ok());
    assert_eq!(at(NOW - LEEWAY - 1), Err(TokenError::NotYet));
    assert!(at(NOW + 900 + LEEWAY - 1).is_ok());
    assert_eq!(at(NOW + 900 + LEEWAY), Err(TokenError::Expired));
    let endless = signer().sign(&Claims { exp: u64::MAX, ..claims() });
    assert!(keys().verify(&endless, NOW).is_ok());
}

#[test]
fn a_cut_token_is_refused_at_every_length() {
    let token = signer().sign(&claims());
    for length in 0..token.len() {
        assert!(keys().verify(&token[..length], NOW).is_err(), "{length} bytes were accepted");
    }
}

#[test]
fn a_huge_or_strange_token_is_refused() {
    let token = signer().sign(&claims());
    assert!(matches!(refusal(&"a".repeat(MAX_TOKEN + 1)), TokenError::Malformed(_)));
    for strange in ["", ".", "..", "...", "ü.ü.ü", &format!("{token}="), &format!("{token}.x"), &format!(" {token}")]
    {
        assert!(matches!(refusal(strange), TokenError::Malformed(_)), "{strange:?}");
    }
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}","crit":["exp"]}}"#, signer().jwk().kid);
    assert!(matches!(refusal(&with_header(&header, &token)), TokenError::Malformed(_)));
}

#[test]
fn a_weak_or_foreign_key_is_never_taken() {
    let weak = reel_api::auth::Jwk { x: BASE64.encode([0; 32]), ..signer().jwk() };
    let foreign = reel_api::auth::Jwk { crv: "X25519".into(), ..signer().jwk() };
    assert!(Keys::from_jwks(&Jwks { keys: vec![weak, foreign] }).is_empty());
}

#[test]
fn a_seed_has_32_bytes() {
    assert_eq!(Signer::from_seed(&[7; 31]).unwrap_err(), TokenError::BadSeed(31));
}
