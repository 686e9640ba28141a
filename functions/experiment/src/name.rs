//! The name that a test gives to a picture in events.

use reel_api::ExperimentId;
use reel_api::experiment::letter;
use std::fmt;

/// `TEST/LETTER/TASTE`: which test, which of its pictures, and of which taste the viewer is whom it was
/// shown to; the last is empty where nothing is known.
///
/// The taste comes back with the event, for it counts as of when the picture was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) test: ExperimentId,
    /// The picture's place.
    pub(crate) place: usize,
    pub(crate) taste: String,
}

impl Name {
    /// The name in an event; none when a test gave none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '/');
        let (test, letter, taste) = (parts.next()?, parts.next()?, parts.next()?);
        let place = match letter.as_bytes() {
            [letter @ b'A'..=b'Z'] => usize::from(letter - b'A'),
            _ => return None,
        };
        Some(Self { test: test.parse().ok()?, place, taste: taste.into() })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.test, letter(self.place), self.taste)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_back_from_an_event() {
        let test = ExperimentId::new(7, &[1; 10]);
        for taste in ["", "History + Period Drama", "Film / Noir"] {
            let name = Name { test, place: 1, taste: taste.into() };
            assert_eq!(Name::read(&name.to_string()), Some(name));
        }
        let longest = Name { test, place: 4, taste: format!("{0} + {0}", "x".repeat(40)) };
        assert!(longest.to_string().len() <= 160, "an event has room for it");
        for other in ["poster", "", "a/B/", &format!("{test}/b/"), &format!("{test}/AB/"), &format!("{test}/A")] {
            assert_eq!(Name::read(other), None, "{other}");
        }
    }
}
