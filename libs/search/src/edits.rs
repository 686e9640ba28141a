//! How many typos apart two words are, as an automaton over a term dictionary.
//!
//! All alignments of the pattern are followed at once, one bit for each count of its letters
//! that were read; there is no table to be made first, so a new word costs nothing.

use crate::fold::LONGEST_WORD;
use tantivy_fst::Automaton;

/// Not within the typos allowed.
const TOO_FAR: u8 = u8::MAX;

/// Accepts what is at most `most` typos from a pattern, whole or as a beginning.
pub(crate) struct Edits {
    ascii: [u64; 128],
    other: Vec<(char, u64)>,
    last: u64,
    most: u8,
    prefix: bool,
}

/// Where the automaton is.
#[derive(Clone)]
pub(crate) struct State {
    /// For 0, 1 and 2 typos: bit `i` is set when the first `i` letters were read.
    rows: [u64; 3],
    /// Bit `i` is set when letter `i + 1` was read in place of letter `i`.
    swaps: [u64; 3],
    /// The fewest typos with which the pattern was read as a beginning.
    begun: u8,
    /// A character of which bytes are still to come, and how many.
    partial: u32,
    missing: u8,
}

/// How far a term is from a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Distance {
    /// Typos between the two as wholes.
    pub(crate) whole: Option<u8>,
    /// Typos between the pattern and a beginning of the term.
    pub(crate) begun: Option<u8>,
}

impl Edits {
    /// Up to `most` (2 at most) typos from a pattern, whose letters after the 63rd do not count.
    /// With `prefix`, what goes on after the pattern's last letter is accepted too.
    pub(crate) fn new(pattern: &str, most: u8, prefix: bool) -> Self {
        let mut edits = Self { ascii: [0; 128], other: Vec::new(), last: 1, most: most.min(2), prefix };
        for (i, c) in pattern.chars().take(LONGEST_WORD).enumerate() {
            edits.last = 1 << (i + 1);
            match edits.ascii.get_mut(c as usize) {
                Some(mask) => *mask |= 1 << i,
                None => edits.add_other(c, 1 << i),
            }
        }
        edits
    }

    fn add_other(&mut self, c: char, bit: u64) {
        match self.other.iter_mut().find(|(other, _)| *other == c) {
            Some((_, mask)) => *mask |= bit,
            None => self.other.push((c, bit)),
        }
    }

    /// How far a term is.
    pub(crate) fn distance(&self, term: &[u8]) -> Distance {
        let end = term.iter().fold(self.start(), |state, byte| self.accept(&state, *byte));
        let within = |typos: u8| (typos <= self.most).then_some(typos);
        Distance { whole: within(self.whole(&end)), begun: within(end.begun) }
    }

    fn whole(&self, state: &State) -> u8 {
        (0..=self.most).find(|typos| state.rows[usize::from(*typos)] & self.last != 0).unwrap_or(TOO_FAR)
    }

    fn positions(&self, c: char) -> u64 {
        match self.ascii.get(c as usize) {
            Some(mask) => *mask,
            None => self.other.iter().find(|(other, _)| *other == c).map_or(0, |(_, mask)| *mask),
        }
    }

    fn read(&self, old: &State, c: char) -> State {
        let here = self.positions(c);
        let room = self.last | (self.last - 1);
        let mut new = State { rows: [0; 3], swaps: [0; 3], begun: old.begun, partial: 0, missing: 0 };
        for typos in 0..=usize::from(self.most) {
            let matched = ((old.rows[typos] & here) << 1 | (old.swaps[typos] & here) << 2) & room;
            new.rows[typos] = matched;
            if typos > 0 {
                let before = old.rows[typos - 1];
                // One letter too many, a wrong one, one too few.
                new.rows[typos] |= (before | before << 1 | new.rows[typos - 1] << 1) & room;
                new.swaps[typos] = before & (here >> 1);
            }
            // A beginning ends with a letter that is right: else its shorter form would do.
            if self.prefix && matched & self.last != 0 {
                new.begun = new.begun.min(typos as u8);
            }
        }
        new
    }
}

impl Automaton for Edits {
    type State = State;

    fn start(&self) -> State {
        let room = self.last | (self.last - 1);
        State { rows: [1, 0b11 & room, 0b111 & room], swaps: [0; 3], begun: TOO_FAR, partial: 0, missing: 0 }
    }

    fn is_match(&self, state: &State) -> bool {
        state.missing == 0 && (state.begun <= self.most || self.whole(state) <= self.most)
    }

    fn can_match(&self, state: &State) -> bool {
        let alive = state.rows[usize::from(self.most)] | state.swaps[usize::from(self.most)];
        state.begun <= self.most || alive != 0 || state.missing > 0
    }

    fn accept(&self, state: &State, byte: u8) -> State {
        let (partial, missing) = match byte {
            0..0x80 => (u32::from(byte), 0),
            0x80..0xc0 => (state.partial << 6 | u32::from(byte & 0x3f), state.missing.saturating_sub(1)),
            0xc0..0xe0 => (u32::from(byte & 0x1f), 1),
            0xe0..0xf0 => (u32::from(byte & 0x0f), 2),
            _ => (u32::from(byte & 0x07), 3),
        };
        if missing > 0 {
            return State { partial, missing, ..state.clone() };
        }
        self.read(state, char::from_u32(partial).unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typos(pattern: &str, term: &str) -> Option<u8> {
        Edits::new(pattern, 2, false).distance(term.as_bytes()).whole
    }

    #[test]
    fn each_kind_of_typo_counts_one() {
        for term in ["dark", "dork", "drk", "darrk", "dakr", "adrk", "ark", "dar", "xdark", "darkx"] {
            assert_eq!(typos("dark", term), Some(u8::from(term != "dark")), "{term}");
        }
        assert_eq!(typos("dark", "drka"), Some(2));
        assert_eq!(typos("dark", "bird"), None);
        assert_eq!(typos("", "ab"), Some(2));
        assert_eq!(typos("abcd", "badc"), Some(2));
    }

    #[test]
    fn a_letter_of_many_bytes_counts_one() {
        assert_eq!(typos("тьма", "тьмы"), Some(1));
        assert_eq!(typos("тьма", "ьтма"), Some(1));
        assert_eq!(typos("電影", "電"), Some(1));
    }

    #[test]
    fn a_beginning_may_hold_a_typo_but_ends_right() {
        let distance = |term: &str| Edits::new("strnag", 1, true).distance(term.as_bytes()).begun;
        assert_eq!(distance("stranger"), Some(1));
        assert_eq!(Edits::new("stran", 1, true).distance(b"stranger").begun, Some(0));
        assert_eq!(distance("stroller"), None);
        assert_eq!(Edits::new("dark", 1, true).distance(b"darwin").begun, None);
    }

    #[test]
    fn it_agrees_with_the_table_of_distances() {
        let words = ["", "a", "ab", "ba", "abc", "acb", "cab", "abcd", "bcda", "aabb", "abab", "baba", "dcba", "aaaa"];
        for a in words {
            for b in words {
                let far = table(a.as_bytes(), b.as_bytes());
                assert_eq!(typos(a, b), (far <= 2).then_some(far as u8), "{a} {b}");
            }
        }
    }

    fn table(a: &[u8], b: &[u8]) -> usize {
        let mut far = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                far[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let changed = far[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let mut least = changed.min(far[i - 1][j] + 1).min(far[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        least = least.min(far[i - 2][j - 2] + 1);
                    }
                    least
                };
            }
        }
        far[a.len()][b.len()]
    }
}
