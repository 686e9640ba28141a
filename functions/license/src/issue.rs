//! Which keys a token's holder may have.

use crate::derivation::{Bytes16, Seed};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::Problem;
use reel_api::license::{ContentKey, Definition, License, LicenseRequest, Track};
use reel_delivery::Claims;

/// The keys that a Clear Key request names (EME, section 9.1.3), when all of them belong
/// to the token's title and revision.
pub(crate) fn license(request: &LicenseRequest, claims: &Claims, seed: &Seed) -> Result<License, Problem> {
    if request.kind != "temporary" {
        return Err(Problem::invalid(format!(
            "licences of type {:?} are not given: ask for \"temporary\"",
            request.kind
        )));
    }
    if !(1..=16).contains(&request.kids.len()) {
        return Err(Problem::invalid(format!(
            "the request names {} key ids; it should name 1 to 16",
            request.kids.len()
        )));
    }
    let keys: Result<Vec<_>, _> = request.kids.iter().map(|kid| content_key(kid, claims, seed)).collect();
    Ok(License { keys: keys?, kind: "temporary".into() })
}

/// The key with this id, in 32 hexadecimal digits, when it belongs to the token's title
/// and revision.
pub(crate) fn bare_key(kid: &str, claims: &Claims, seed: &Seed) -> Result<Bytes16, Problem> {
    let mut bytes = Bytes16::default();
    hex::decode_to_slice(kid, &mut bytes).map_err(|_| not_a_kid(kid, "32 hexadecimal digits: ?kid=HEX"))?;
    own(&bytes, kid, claims, seed)
}

fn content_key(text: &str, claims: &Claims, seed: &Seed) -> Result<ContentKey, Problem> {
    let kid = parse(text)?;
    let k = BASE64_URL_SAFE_NO_PAD.encode(own(&kid, text, claims, seed)?);
    Ok(ContentKey { kty: "oct".into(), kid: BASE64_URL_SAFE_NO_PAD.encode(kid), k })
}

/// The key with this id, when it is one of the title's, of a definition that the token's plan has.
fn own(kid: &Bytes16, text: &str, claims: &Claims, seed: &Seed) -> Result<Bytes16, Problem> {
    let is = |track| seed.kid(claims.title, claims.revision, track) == *kid;
    let video = Definition::ALL.into_iter().find(|definition| is(Track::Video(*definition)));
    match video {
        Some(definition) if definition > claims.definition => Err(Problem::forbidden(
            "plan",
            format!("key id {text} is of pictures that are larger than the plan has: choose a larger plan"),
        )),
        None if !is(Track::Audio) => Err(Problem::forbidden(
            "key-id",
            format!("key id {text} is not of the title and revision that the token is for"),
        )),
        _ => Ok(seed.key(kid)),
    }
}

fn parse(text: &str) -> Result<Bytes16, Problem> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| Bytes16::try_from(bytes).ok());
    bytes.ok_or_else(|| not_a_kid(text, "16 bytes in base64url without padding"))
}

fn not_a_kid(text: &str, expected: &str) -> Problem {
    let text: String = text.chars().take(64).collect();
    Problem::invalid(format!("{text:?} is not a key id: {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::{RevisionId, TitleId};

    const VIDEO: Track = Track::Video(Definition::Hd);

    fn seed() -> Seed {
        Seed::new(&[7; 32]).unwrap()
    }

    fn claims() -> Claims {
        Claims::of_play(TitleId::new(1, &[1; 10]), RevisionId::new(2, &[2; 10]), 0, 0)
    }

    fn kid_of(claims: &Claims, track: Track) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(seed().kid(claims.title, claims.revision, track))
    }

    fn ask(kids: &[String]) -> Result<License, Problem> {
        license(&LicenseRequest { kids: kids.to_vec(), kind: "temporary".into() }, &claims(), &seed())
    }

    #[test]
    fn a_player_gets_the_keys_of_its_title() {
        let kids = [kid_of(&claims(), VIDEO), kid_of(&claims(), Track::Audio)];
        let license = ask(&kids).unwrap();
        assert_eq!(license.keys.iter().map(|key| &key.kid).collect::<Vec<_>>(), kids.iter().collect::<Vec<_>>());
        let key = BASE64_URL_SAFE_NO_PAD.decode(&license.keys[0].k).unwrap();
        assert_eq!(key, seed().key(&seed().kid(claims().title, claims().revision, VIDEO)));
        assert_ne!(license.keys[0].k, license.keys[1].k);
    }

    #[test]
    fn one_foreign_key_id_spoils_the_request() {
        let other = Claims { revision: RevisionId::new(2, &[9; 10]), ..claims() };
        let problem = ask(&[kid_of(&claims(), VIDEO), kid_of(&other, VIDEO)]).unwrap_err();
        assert_eq!((problem.status, &*problem.code), (403, "key-id"));
    }

    #[test]
    fn a_plan_ends_at_its_definition() {
        let claims = claims().within(Definition::FullHd);
        let key = |definition| content_key(&kid_of(&claims, Track::Video(definition)), &claims, &seed());
        assert!(key(Definition::Hd).is_ok() && key(Definition::FullHd).is_ok());
        let problem = key(Definition::UltraHd).unwrap_err();
        assert_eq!((problem.status, &*problem.code), (403, "plan"));
        assert!(content_key(&kid_of(&claims, Track::Audio), &claims, &seed()).is_ok());
    }

    #[test]
    fn a_player_without_eme_gets_the_bare_key() {
        let kid = seed().kid(claims().title, claims().revision, VIDEO);
        assert_eq!(bare_key(&hex::encode(kid), &claims(), &seed()), Ok(seed().key(&kid)));
        let other = Claims { revision: RevisionId::new(2, &[9; 10]), ..claims() };
        assert_eq!(bare_key(&hex::encode(kid), &other, &seed()).unwrap_err().status, 403);
        for wrong in ["", "07", &"x".repeat(32)] {
            assert_eq!(bare_key(wrong, &claims(), &seed()).unwrap_err().status, 400);
        }
    }

    #[test]
    fn a_request_that_is_none_is_a_400() {
        let kid = kid_of(&claims(), VIDEO);
        for kids in [vec![], vec!["x".into()], vec![format!("{kid}==")], vec![kid.clone(); 17]] {
            assert_eq!(ask(&kids).unwrap_err().status, 400, "{kids:?}");
        }
        let request = LicenseRequest { kids: vec![kid], kind: "persistent-license".into() };
        assert_eq!(license(&request, &claims(), &seed()).unwrap_err().status, 400);
    }
}
