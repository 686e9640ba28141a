//! The profiles of one account. They stand in one row, so that what holds for all of
//! them together (how many there are, that one is left) holds at every moment.

use reel_api::user::{MAX_PROFILES, Profile, ProfileChange};
use reel_api::{Problem, ProfileId};
use serde::{Deserialize, Serialize};

/// What the first profile is called until somebody calls it otherwise.
const FIRST_NAME: &str = "Me";
/// The longest name, in characters.
const MAX_NAME: usize = 40;

/// An account's profiles, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Roster(Vec<Profile>);

impl Roster {
    pub(crate) fn profiles(self) -> Vec<Profile> {
        self.0
    }

    /// The oldest profile; made under this id when there is none.
    pub(crate) fn first_or_new(&mut self, id: ProfileId) -> Profile {
        let new = || Profile { id, name: FIRST_NAME.into(), avatar: 0, kids: false, version: 1 };
        if self.0.is_empty() {
            self.0.push(new());
        }
        self.0.first().cloned().unwrap_or_else(new)
    }

    pub(crate) fn add(&mut self, id: ProfileId, wish: &ProfileChange) -> Result<Profile, Problem> {
        if wish.version.is_some() {
            return Err(Problem::invalid("a new profile has no version: leave it out"));
        }
        let profile = Profile { id, name: name(&wish.name)?, avatar: wish.avatar, kids: wish.kids, version: 1 };
        if self.0.len() >= MAX_PROFILES {
            return Err(Problem::conflict(
                "too-many-profiles",
                format!("an account has at most {MAX_PROFILES} profiles: delete one first"),
            ));
        }
        self.0.push(profile.clone());
        Ok(profile)
    }

    pub(crate) fn change(&mut self, id: ProfileId, wish: &ProfileChange) -> Result<Profile, Problem> {
        let name = name(&wish.name)?;
        let read = wish.version.ok_or_else(|| Problem::invalid("send the version of the profile that was read"))?;
        let profile = self.0.iter_mut().find(|profile| profile.id == id).ok_or_else(|| missing(id))?;
        if profile.version != read {
            let detail = format!("the profile is at version {}, not {read}: read it again", profile.version);
            return Err(Problem::conflict("version", detail));
        }
        *profile = Profile { id, name, avatar: wish.avatar, kids: wish.kids, version: read + 1 };
        Ok(profile.clone())
    }

    pub(crate) fn remove(&mut self, id: ProfileId) -> Result<(), Problem> {
        let place = self.0.iter().position(|profile| profile.id == id).ok_or_else(|| missing(id))?;
        if self.0.len() == 1 {
            return Err(Problem::conflict("last-profile", "an account keeps at least one profile: add another first"));
        }
        self.0.remove(place);
        Ok(())
    }
}

fn missing(id: ProfileId) -> Problem {
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
        ProfileChange { name: name.into(), avatar: 3, kids: true, version }
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
}
