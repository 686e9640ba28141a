//! What a viewer searches for, and how it is typed.

use crate::audience::Audience;
use crate::chance::Chance;
use crate::household::Member;
use crate::visit::Visit;
use reel_api::TitleId;
use std::collections::HashSet;

/// Of so many titles that come to mind the best is searched for.
const IN_MIND: u64 = 40;
/// How many type the whole name; the others stop when they have typed enough of it.
const WHOLE: f64 = 0.5;
/// The least that is typed, in letters.
const LEAST: usize = 4;
/// The longest that is typed, in letters.
const MOST: usize = 40;
/// How often there is a typo.
const TYPO: f64 = 0.3;
/// Where letters stand on a keyboard: a slip hits a neighbour.
const KEYS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// A search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// The title that is meant.
    pub title: TitleId,
    /// What is typed first.
    pub typed: String,
    /// What is typed when that does not find it: its name.
    pub name: String,
    /// Whether what is typed first holds a typo.
    pub mistyped: bool,
}

impl Audience {
    /// What a viewer searches for on a visit; none where there is no title that was not watched.
    pub fn search(&self, member: &Member, visit: &Visit, watched: &HashSet<TitleId>) -> Option<Search> {
        let chance = member.chance.of("search").nth(visit.at);
        let minds =
            (0..IN_MIND).filter_map(|nth| self.films().get(chance.of("mind").nth(nth).below(self.films().len())));
        let wanted =
            minds.filter(|film| !watched.contains(&film.id)).map(|film| (self.worth(member, visit, film), film));
        let (_, film) = wanted.max_by(|a, b| a.0.total_cmp(&b.0))?;
        let name: Vec<char> = film.name.to_lowercase().chars().take(MOST).collect();
        let begun = begun(&name, chance);
        let typed = if chance.of("typo").holds(TYPO) { with_typo(begun, chance.of("slip")) } else { begun.to_vec() };
        let text = |letters: &[char]| letters.iter().collect::<String>().trim().to_owned();
        let mistyped = typed != begun;
        Some(Search { title: film.id, typed: text(&typed), name: text(&name), mistyped })
    }
}

/// As much of a name as is typed.
fn begun(name: &[char], chance: Chance) -> &[char] {
    if name.len() <= LEAST || chance.of("whole").holds(WHOLE) {
        return name;
    }
    &name[..LEAST + chance.of("begun").below(name.len() - LEAST)]
}

/// A text with two letters swapped, one left out, one twice or one hit beside, not at its beginning. A text
/// with too few letters for it stays as it is.
fn with_typo(text: &[char], chance: Chance) -> Vec<char> {
    let mut text = text.to_vec();
    let letters: Vec<usize> = (1..text.len()).filter(|place| text[*place].is_alphabetic()).collect();
    let Some(place) = letters.get(chance.of("place").below(letters.len())).copied().filter(|_| text.len() >= LEAST)
    else {
        return text;
    };
    match chance.of("kind").below(4) {
        0 => text.swap(place - 1, place),
        1 => drop(text.remove(place)),
        2 => text.insert(place, text[place]),
        _ => text[place] = beside(text[place]),
    }
    text
}

fn beside(letter: char) -> char {
    let row = KEYS.iter().find(|row| row.contains(letter)).copied().unwrap_or(KEYS[0]);
    let place = row.find(letter).unwrap_or(0);
    row.chars().nth(if place == 0 { 1 } else { place - 1 }).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audience::tests::{catalogue, title};
    use crate::{households, visits};

    const NOW: u64 = 1_705_350_600_000;

    #[test]
    fn some_searches_hold_a_typo_and_begin_as_the_name_does() {
        let audience = Audience::new(1, &catalogue(200));
        let (mut all, mut typos) = (0.0, 0.0);
        for member in households(1, 300).iter().flat_map(|household| &household.members) {
            for visit in visits(member, NOW, 7) {
                let search = audience.search(member, &visit, &HashSet::new()).unwrap();
                assert_eq!(Some(&search), audience.search(member, &visit, &HashSet::new()).as_ref());
                assert!(search.mistyped || search.name.starts_with(&search.typed), "{search:?}");
                // A space at its end and a letter may be gone.
                assert!(search.typed.chars().count() >= LEAST - 2);
                all += 1.0;
                typos += f64::from(search.mistyped);
            }
        }
        assert!((0.2..0.35).contains(&(typos / all)), "{}", typos / all);
    }

    #[test]
    fn a_typo_is_one_slip() {
        let text: Vec<char> = "stranger".chars().collect();
        for nth in 0..500 {
            let slipped = with_typo(&text, Chance::new(1).nth(nth));
            assert!(slipped.len().abs_diff(text.len()) <= 1 && slipped[0] == 's' || slipped[1] == 's', "{slipped:?}");
            let kept = text.iter().zip(&slipped).take_while(|(a, b)| a == b).count();
            let end = text.iter().rev().zip(slipped.iter().rev()).take_while(|(a, b)| a == b).count();
            assert!(kept + end + 2 >= text.len(), "{slipped:?}");
        }
        assert_eq!(with_typo(&['a', 'b', 'c'], Chance::new(1)), ['a', 'b', 'c']);
        assert_eq!((beside('a'), beside('s'), beside('é')), ('s', 'a', 'w'));
    }

    #[test]
    fn who_watched_everything_searches_nothing() {
        let titles = [title(1, "A", &[])];
        let member = &households(1, 1)[0].members[0];
        let visit = visits(member, NOW, 1).remove(0);
        assert_eq!(Audience::new(1, &titles).search(member, &visit, &HashSet::from([titles[0].id])), None);
        assert_eq!(Audience::new(1, &[]).search(member, &visit, &HashSet::new()), None);
    }
}
