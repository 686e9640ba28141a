//! Who there is.

use crate::chance::Chance;

/// What stands in every name of a simulated viewer.
pub const MARK: &str = "(simulated)";
/// The domain of their addresses: nobody's (RFC 2606).
const DOMAIN: &str = "simulated.example";
/// How many profiles households have, each with its share of them.
const SIZES: [(usize, f64); 4] = [(1, 0.3), (2, 0.3), (3, 0.2), (4, 0.2)];
/// How many of the later profiles of a household are children's.
const KIDS: f64 = 0.6;
/// What members are called, each name once in a household.
const NAMES: [&str; 16] = [
    "Ada", "Ben", "Chidi", "Dora", "Emil", "Fatima", "Goran", "Hana", "Ivo", "Jun", "Kaia", "Luis", "Mira", "Noor",
    "Otto", "Pia",
];
/// The pictures a profile may have.
const AVATARS: usize = 8;

/// Viewers under one roof, who share an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Household {
    /// Its number, from 1.
    pub number: u32,
    /// Who lives there.
    pub members: Vec<Member>,
    seed: u64,
    chance: Chance,
}

/// One viewer.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// What the profile is called, with [`MARK`].
    pub name: String,
    /// The number of its picture.
    pub avatar: u8,
    /// Whether it is a child's.
    pub kids: bool,
    /// All that is drawn for this viewer.
    pub(crate) chance: Chance,
    /// All that is drawn for the whole household.
    pub(crate) household: Chance,
}

/// The households of a seed that have so many viewers together. More viewers are the same ones and more.
pub fn households(seed: u64, viewers: usize) -> Vec<Household> {
    let (mut households, mut left) = (Vec::new(), viewers);
    for number in 1.. {
        if left == 0 {
            break;
        }
        let household = household(seed, number, left);
        left -= household.members.len();
        households.push(household);
    }
    households
}

fn household(seed: u64, number: u32, most: usize) -> Household {
    let chance = Chance::new(seed).of("household").nth(u64::from(number));
    let members = (0..size(chance).min(most)).map(|place| member(chance, place)).collect();
    Household { number, members, seed, chance }
}

fn size(chance: Chance) -> usize {
    let (mut left, last) = (chance.of("size").unit(), SIZES[SIZES.len() - 1].0);
    for (size, share) in SIZES {
        left -= share;
        if left < 0.0 {
            return size;
        }
    }
    last
}

fn member(household: Chance, place: usize) -> Member {
    let chance = household.of("member").nth(place as u64);
    let name = NAMES[(household.of("names").below(NAMES.len()) + place * 5) % NAMES.len()];
    Member {
        name: format!("{name} {MARK}"),
        avatar: chance.of("avatar").below(AVATARS) as u8,
        kids: place >= 2 && chance.of("kids").holds(KIDS),
        chance,
        household,
    }
}

impl Household {
    /// The e-mail address of its account. Another seed is another population.
    pub fn email(&self) -> String {
        format!("household-{}.seed-{}@{DOMAIN}", self.number, self.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_seed_has_its_households_and_more_viewers_are_more_of_the_same() {
        let (few, many) = (households(1, 100), households(1, 1_000));
        let viewers = |all: &[Household]| all.iter().map(|household| household.members.len()).sum::<usize>();
        assert_eq!((viewers(&few), viewers(&many)), (100, 1_000));
        assert_eq!(few[..few.len() - 1], many[..few.len() - 1]);
        assert_ne!(few, households(2, 100));
        assert!(households(1, 0).is_empty());
    }

    #[test]
    fn households_have_one_to_four_profiles_of_different_names_and_grown_ups_first() {
        let all = households(3, 2_000);
        for household in &all {
            let names: HashSet<_> = household.members.iter().map(|member| &member.name).collect();
            assert!((1..=4).contains(&household.members.len()) && names.len() == household.members.len());
            assert!(household.members.iter().take(2).all(|member| !member.kids));
            assert!(household.members.iter().all(|member| member.name.ends_with(MARK) && member.name.len() <= 40));
        }
        let single = all.iter().filter(|household| household.members.len() == 1).count() as f64 / all.len() as f64;
        assert!((0.25..0.35).contains(&single), "{single}");
        assert!(all.iter().flat_map(|household| &household.members).any(|member| member.kids));
    }

    #[test]
    fn the_address_says_that_nobody_lives_there() {
        assert_eq!(households(9, 1)[0].email(), "household-1.seed-9@simulated.example");
    }
}
