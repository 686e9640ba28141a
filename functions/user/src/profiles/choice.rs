//! Which profile may be left for which, and with whose PIN.

use super::roster::{Kept, Roster, missing};
use reel_api::user::Profile;
use reel_api::{Problem, ProfileId};

impl Roster {
    /// The profile that is chosen, and the PINs of which one has to be given; none need be given where there are none.
    ///
    /// A profile with a PIN is chosen with it. To leave one for kids for another that is free, the PIN of any profile
    /// that is not for kids will do where that one has none itself.
    ///
    /// # Errors
    /// 404 when the account has no such profile.
    pub(super) fn choice(&self, from: Option<ProfileId>, to: ProfileId) -> Result<(Profile, Vec<String>), Problem> {
        let chosen = self.find(to).ok_or_else(|| missing(to))?;
        let leaves_kids = from.and_then(|from| self.find(from)).is_some_and(|from| from.profile.kids);
        let pins = match (&chosen.pin, from == Some(to)) {
            (_, true) => Vec::new(),
            (Some(pin), _) => vec![pin.clone()],
            (None, _) if leaves_kids && !chosen.profile.kids => self.grown_up_pins(),
            (None, _) => Vec::new(),
        };
        Ok((chosen.answer(), pins))
    }

    /// Admits a change of profiles by who watches with this one: a limit could else be taken away by whom it is for.
    ///
    /// # Errors
    /// A 403 problem when the profile has a limit.
    pub(super) fn manages(&self, profile: Option<ProfileId>) -> Result<(), Problem> {
        let limited = profile.and_then(|id| self.find(id)).is_some_and(|kept| kept.profile.maturity.is_some());
        if !limited {
            return Ok(());
        }
        Err(Problem::forbidden("limited-profile", "a profile with a limit changes no profiles: choose one without"))
    }

    /// The PINs of which one has to be given to change the PIN of a profile.
    ///
    /// # Errors
    /// 404 when the account has no such profile.
    pub(super) fn pins_of(&self, id: ProfileId) -> Result<Vec<String>, Problem> {
        Ok(self.find(id).ok_or_else(|| missing(id))?.pin.clone().into_iter().collect())
    }

    fn grown_up_pins(&self) -> Vec<String> {
        self.kept().filter(|kept| !kept.profile.kids).filter_map(|Kept { pin, .. }| pin.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::user::ProfileChange;

    fn id(n: u8) -> ProfileId {
        ProfileId::new(u64::from(n), &[n; 10])
    }

    fn family() -> Roster {
        let mut roster = Roster::default();
        for (n, kids) in [(1, false), (2, false), (3, true), (4, true)] {
            let wish = ProfileChange { name: format!("P{n}"), kids, ..ProfileChange::default() };
            roster.add(id(n), &wish).unwrap();
        }
        roster
    }

    fn pins(roster: &Roster, from: u8, to: u8) -> Vec<String> {
        roster.choice(Some(id(from)), id(to)).unwrap().1
    }

    #[test]
    fn a_profile_with_a_pin_is_chosen_with_it() {
        let mut roster = family();
        roster.set_pin(id(1), Some("one".into())).unwrap();
        assert_eq!(pins(&roster, 2, 1), ["one"]);
        assert_eq!(roster.choice(None, id(1)).unwrap().1, ["one"]);
        assert!(pins(&roster, 1, 1).is_empty() && pins(&roster, 1, 2).is_empty());
        assert!(roster.choice(None, id(1)).unwrap().0.pin);
    }

    #[test]
    fn a_profile_for_kids_is_left_with_a_pin_of_the_grown_ups() {
        let mut roster = family();
        assert!(pins(&roster, 3, 2).is_empty(), "there is none to ask for");
        roster.set_pin(id(1), Some("one".into())).unwrap();
        assert_eq!((pins(&roster, 3, 2), pins(&roster, 3, 1)), (vec!["one".into()], vec!["one".into()]));
        assert!(pins(&roster, 3, 4).is_empty() && pins(&roster, 2, 3).is_empty());
    }

    #[test]
    fn a_limit_is_not_taken_away_by_whom_it_is_for() {
        let roster = family();
        assert_eq!(roster.manages(Some(id(3))).unwrap_err().code, "limited-profile");
        assert!(roster.manages(Some(id(1))).is_ok() && roster.manages(None).is_ok());
    }
}
