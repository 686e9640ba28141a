//! How many titles there are of each genre, decade and kind.

use std::collections::HashMap;

/// Counts over what was found, most first. A title counts once in each of its genres.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// By genre.
    pub genres: Vec<Count<String>>,
    /// By the first year of the decade; titles without a year are left out.
    pub decades: Vec<Count<u16>>,
    /// By kind; titles without one are left out.
    pub kinds: Vec<Count<String>>,
}

/// How many titles have a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count<T> {
    /// The value.
    pub value: T,
    /// How many.
    pub count: usize,
}

/// Counts while titles go by.
#[derive(Default)]
pub(crate) struct Counting<'a> {
    genres: HashMap<&'a str, usize>,
    decades: HashMap<u16, usize>,
    kinds: HashMap<&'a str, usize>,
}

impl<'a> Counting<'a> {
    pub(crate) fn genre(&mut self, genre: &'a str, count: usize) {
        *self.genres.entry(genre).or_default() += count;
    }

    pub(crate) fn decade(&mut self, decade: u16, count: usize) {
        *self.decades.entry(decade).or_default() += count;
    }

    pub(crate) fn kind(&mut self, kind: &'a str, count: usize) {
        *self.kinds.entry(kind).or_default() += count;
    }

    pub(crate) fn finish(self) -> Facets {
        Facets {
            genres: most_first(self.genres.into_iter().map(|(value, count)| (value.to_owned(), count))),
            decades: most_first(self.decades.into_iter()),
            kinds: most_first(self.kinds.into_iter().map(|(value, count)| (value.to_owned(), count))),
        }
    }
}

fn most_first<T: Ord>(counts: impl Iterator<Item = (T, usize)>) -> Vec<Count<T>> {
    let mut counts: Vec<_> =
        counts.filter(|(_, count)| *count > 0).map(|(value, count)| Count { value, count }).collect();
    counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    counts
}
