//! Who was counted, and how many.

use reel_exploration::Counts;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The counter of viewers to whom a picture was shown.
pub(crate) const SHOWN: &str = "shown";
/// The counter of those who played the title by it.
pub(crate) const CLICKED: &str = "clicked";

/// What a viewer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Saw the picture.
    Saw,
    /// Played the title by it.
    Played,
}

/// A viewer in a test, as it is stored: what was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Viewer {
    /// The taste that the viewer was counted under first, and stays under.
    pub(crate) taste: String,
    pub(crate) clicked: bool,
}

impl Viewer {
    /// The viewer after an act, and which counters grow by one; none when it was counted before. Each viewer is
    /// counted once as shown and once as clicked, in whatever order and however often events come; who plays has
    /// seen the picture.
    pub(crate) fn after(before: Option<&Self>, taste: &str, act: Act) -> Option<(Self, &'static [&'static str])> {
        match (before, act) {
            (None, Act::Saw) => Some((Self { taste: taste.into(), clicked: false }, &[SHOWN])),
            (None, Act::Played) => Some((Self { taste: taste.into(), clicked: true }, &[SHOWN, CLICKED])),
            (Some(viewer), Act::Played) if !viewer.clicked => {
                Some((Self { clicked: true, ..viewer.clone() }, &[CLICKED]))
            }
            _ => None,
        }
    }
}

/// The counts of a test, by taste and the picture's place; those without a taste under the empty one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counted(BTreeMap<(String, usize), Counts>);

impl Counted {
    /// Adds to the counts of one picture and taste.
    pub(crate) fn add(&mut self, taste: &str, place: usize, counts: Counts) {
        let cell = self.0.entry((taste.into(), place)).or_default();
        *cell = cell.plus(&counts);
    }

    /// The counts of all viewers, for so many pictures.
    pub(crate) fn all(&self, pictures: usize) -> Vec<Counts> {
        let mut all = vec![Counts::default(); pictures];
        for ((_, place), counts) in &self.0 {
            if let Some(cell) = all.get_mut(*place) {
                *cell = cell.plus(counts);
            }
        }
        all
    }

    /// The counts of one taste.
    pub(crate) fn of(&self, taste: &str, pictures: usize) -> Vec<Counts> {
        (0..pictures).map(|place| self.0.get(&(taste.into(), place)).copied().unwrap_or_default()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_counts_once_whatever_comes_twice_or_late() {
        let (saw, grew) = Viewer::after(None, "History", Act::Saw).unwrap();
        assert_eq!(grew, [SHOWN]);
        assert_eq!(Viewer::after(Some(&saw), "Comedy", Act::Saw), None);
        let (played, grew) = Viewer::after(Some(&saw), "Comedy", Act::Played).unwrap();
        assert_eq!((played.taste.as_str(), grew), ("History", &[CLICKED][..]));
        let (first, grew) = Viewer::after(None, "History", Act::Played).unwrap();
        assert_eq!((&first, grew), (&played, &[SHOWN, CLICKED][..]));
        for act in [Act::Saw, Act::Played] {
            assert_eq!(Viewer::after(Some(&played), "History", act), None);
        }
    }
}
