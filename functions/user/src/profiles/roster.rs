//! The profiles of one account. They stand in one row, so that what holds for all of
//! them together (how many there are, that one is left) holds at every moment.

use reel_api::user::{KIDS_LIMIT, MAX_PROFILES, Profile, ProfileChange, RATINGS};
use reel_api::{Problem, ProfileId};
use serde::{Deserialize, Serialize};

/// What the first profile is called until somebody calls it otherwise.
const FIRST_NAME: &str = "Me";
/// The limit of a profile for kids that was given none.
const KIDS_DEFAULT: u8 = 6;
/// The longest name, in characters.
const MAX_NAME: usize = 40;

/// An account's profiles, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Roster(Vec<Kept>);

/// A profile, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(flatten)]
    pub(super) profile: Profile,
    /// The hash of its PIN, as a PHC string.
    #[serde(default, rename = "pin_hash", skip_serializing_if = "Option::is_none")]
    pub(super) pin: Option<String>,
}

impl Kept {
    /// The profile as it is answered.
    pub(super) fn answer(&self) -> Profile {
        Profile { pin: self.pin.is_some(), ..self.profile.clone() }
    }
}

impl Roster {
    pub(super) fn profiles(self) -> Vec<Profile> {
        self.0.iter().map(Kept::answer).collect()
    }

    pub(super) fn kept(&self) -> impl Iterator<Item = &Kept> {
        self.0.iter()
    }

    pub(super) fn find(&self, id: ProfileId) -> Option<&Kept> {
        self.0.iter().find(|kept| kept.profile.id == id)
    }

    /// The oldest profile; made under this id when there is none.
    pub(super) fn first_or_new(&mut self, id: ProfileId) -> Profile {
        if let Some(first) = self.0.first() {
            return first.answer();
        }
        let wish = ProfileChange { name: FIRST_NAME.into(), ..ProfileChange::default() };
        self.push(profile(id, FIRST_NAME.into(), &wish, None, 1))
    }

    pub(super) fn add(&mut self, id: ProfileId, wish: &ProfileChange) -> Result<Profile, Problem> {
        if wish.version.is_some() {
            return Err(Problem::invalid("a new profile has no version: leave it out"));
        }
        let profile = wished(id, wish, 1)?;
        if self.0.len() >= MAX_PROFILES {
            return Err(Problem::conflict(
                "too-many-profiles",
                format!("an account has at most {MAX_PROFILES} profiles: delete one first"),
            ));
        }
        Ok(self.push(profile))
    }

    fn push(&mut self, profile: Profile) -> Profile {
        self.0.push(Kept { profile: profile.clone(), pin: None });
        profile
    }

    pub(super) fn change(&mut self, id: ProfileId, wish: &ProfileChange) -> Result<Profile, Problem> {
        let read = wish.version.ok_or_else(|| Problem::invalid("send the version of the profile that was read"))?;
        let changed = wished(id, wish, read + 1)?;
        let kept = self.find_mut(id)?;
        if kept.profile.version != read {
            let detail = format!("the profile is at version {}, not {read}: read it again", kept.profile.version);
            return Err(Problem::conflict("version", detail));
        }
        kept.profile = changed;
        Ok(kept.answer())
    }

    /// Gives a profile a PIN, by its hash, or takes it away.
    pub(super) fn set_pin(&mut self, id: ProfileId, hash: Option<String>) -> Result<(), Problem> {
        let kept = self.find_mut(id)?;
        if kept.profile.kids && hash.is_some() {
            return Err(Problem::conflict("kids", "a profile for kids has no PIN: give one to the others"));
        }
        kept.pin = hash;
        Ok(())
    }

    fn find_mut(&mut self, id: ProfileId) -> Result<&mut Kept, Problem> {
        self.0.iter_mut().find(|kept| kept.profile.id == id).ok_or_else(|| missing(id))
    }

    pub(super) fn remove(&mut self, id: ProfileId) -> Result<(), Problem> {
        let place = self.0.iter().position(|kept| kept.profile.id == id).ok_or_else(|| missing(id))?;
        if self.0.len() == 1 {
            return Err(Problem::conflict("last-profile", "an account keeps at least one profile: add another first"));
        }
        self.0.remove(place);
        Ok(())
    }
}

/// The profile that is wished for.
fn wished(id: ProfileId, wish: &ProfileChange, version: u64) -> Result<Profile, Problem> {
    let (name, maturity) = (name(&wish.name)?, maturity(wish)?);
    for tag in [&wish.language, &wish.subtitles].into_iter().flatten() {
        language(tag)?;
    }
    Ok(profile(id, name, wish, maturity, version))
}

fn profile(id: ProfileId, name: String, wish: &ProfileChange, maturity: Option<u8>, version: u64) -> Profile {
    let ProfileChange { avatar, kids, language, subtitles, .. } = wish.clone();
    Profile { id, name, avatar, kids, maturity, pin: false, language, subtitles, version }
}

/// The limit that is wished for; a profile for kids has one in any case.
fn maturity(wish: &ProfileChange) -> Result<Option<u8>, Problem> {
    match (wish.maturity, wish.kids) {
        (Some(limit), _) if !RATINGS.contains(&limit) => {
            Err(Problem::invalid(format!("maturity is {limit}; titles are rated for the ages {RATINGS:?}")))
        }
        (Some(limit), true) if limit > KIDS_LIMIT => {
            Err(Problem::invalid(format!("maturity is {limit}; of a profile for kids it is at most {KIDS_LIMIT}")))
        }
        (None, true) => Ok(Some(KIDS_DEFAULT)),
        (limit, _) => Ok(limit),
    }
}

/// A language tag (RFC 5646), by its form.
fn language(tag: &str) -> Result<(), Problem> {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    if tag.len() <= 35 && tag.split('-').all(part) {
        return Ok(());
    }
    Err(Problem::invalid(format!("{tag:.40?} is not a language tag, such as en or pt-BR")))
}

pub(super) fn missing(id: ProfileId) -> Problem {
    Problem::not_found(format!("the account has no profile {id}"))
}

fn name(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if (1..=MAX_NAME).contains(&text.chars().count()) && !text.contains(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(Problem::invalid(format!("name has 1 to {MAX_NAME} characters, none of them a control character")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> ProfileId {
        ProfileId::new(u64::from(n), &[n; 10])
    }

    fn wish(name: &str, version: Option<u64>) -> ProfileChange {
        ProfileChange { name: name.into(), avatar: 3, kids: true, version, ..ProfileChange::default() }
    }

    #[test]
    fn the_first_profile_is_made_once() {
        let mut roster = Roster::default();
        let first = roster.first_or_new(id(1));
        assert_eq!(roster.first_or_new(id(2)), first);
        assert_eq!(roster.profiles(), [first]);
    }

    #[test]
    fn there_are_five_at_most_and_one_at_least() {
        let mut roster = Roster::default();
        for n in 1..=5 {
            roster.add(id(n), &wish("P", None)).unwrap();
        }
        assert_eq!(roster.add(id(6), &wish("P", None)).unwrap_err().code, "too-many-profiles");
        for n in 1..=4 {
            roster.remove(id(n)).unwrap();
        }
        assert_eq!(roster.remove(id(5)).unwrap_err().code, "last-profile");
        assert_eq!(roster.profiles().len(), 1);
    }

    #[test]
    fn a_change_needs_the_version_that_was_read() {
        let mut roster = Roster::default();
        roster.first_or_new(id(1));
        assert_eq!(roster.change(id(1), &wish("Ada", None)).unwrap_err().status, 400);
        let changed = roster.change(id(1), &wish(" Ada ", Some(1))).unwrap();
        assert_eq!((changed.name.as_str(), changed.avatar, changed.kids, changed.version), ("Ada", 3, true, 2));
        assert_eq!(roster.change(id(1), &wish("Bob", Some(1))).unwrap_err().code, "version");
    }

    #[test]
    fn what_is_not_the_accounts_does_not_exist() {
        let mut roster = Roster::default();
        roster.first_or_new(id(1));
        assert_eq!(roster.change(id(2), &wish("Ada", Some(1))).unwrap_err().status, 404);
        assert_eq!(roster.remove(id(2)).unwrap_err().status, 404);
    }

    #[test]
    fn a_name_has_1_to_40_characters() {
        for bad in ["", "  ", "a\nb", &"ü".repeat(41)] {
            assert_eq!(name(bad).unwrap_err().status, 400, "{bad:?}");
        }
        assert!(name(&"ü".repeat(40)).is_ok());
    }

    #[test]
    fn a_profile_for_kids_has_a_limit() {
        let with = |kids, maturity| {
            let wish = ProfileChange { kids, maturity, ..wish("P", None) };
            Roster::default().add(id(1), &wish).map(|profile| profile.maturity).map_err(|problem| problem.status)
        };
        assert_eq!(
            (with(true, None), with(true, Some(12)), with(false, Some(16))),
            (Ok(Some(6)), Ok(Some(12)), Ok(Some(16)))
        );
        assert_eq!((with(false, None), with(true, Some(16)), with(false, Some(7))), (Ok(None), Err(400), Err(400)));
    }

    #[test]
    fn a_pin_stays_while_its_profile_changes_and_kids_have_none() {
        let mut roster = Roster::default();
        roster.first_or_new(id(1));
        roster.set_pin(id(1), Some("hash".into())).unwrap();
        let grown_up = ProfileChange { kids: false, ..wish("Ada", Some(1)) };
        assert!(roster.change(id(1), &grown_up).unwrap().pin);
        assert!(!serde_json::to_string(&roster.clone().profiles()).unwrap().contains("hash"), "it is not told");
        let stored = serde_json::to_string(&roster).unwrap();
        assert_eq!(serde_json::from_str::<Roster>(&stored).unwrap(), roster);
        roster.add(id(2), &wish("Kid", None)).unwrap();
        assert_eq!(roster.set_pin(id(2), Some("hash".into())).unwrap_err().code, "kids");
    }

    #[test]
    fn profiles_of_before_are_read() {
        let stored = format!(r#"[{{"id":"{}","name":"Me","avatar":0,"kids":false,"version":3}}]"#, id(1));
        let roster: Roster = serde_json::from_str(&stored).unwrap();
        assert_eq!((roster.profiles()[0].maturity, id(1)), (None, id(1)));
    }

    #[test]
    fn a_language_is_a_tag() {
        assert!(language("en").is_ok() && language("zh-Hant-TW").is_ok());
        for bad in ["", "e_n", "en-", "englishlanguage", "a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s"] {
            assert!(language(bad).is_err(), "{bad}");
        }
    }
}
