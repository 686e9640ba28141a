//! Where a name matches.

use crate::edits::Edits;
use crate::fold::{is_letter, words};
use crate::rank;
use std::ops::Range;

/// The words of a name that match a word of the query, as ranges of its bytes, in order.
pub(crate) fn highlights(name: &str, query: &[String]) -> Vec<Range<usize>> {
    let patterns: Vec<Edits> = query
        .iter()
        .enumerate()
        .map(|(place, word)| Edits::new(word, rank::typos_allowed(word), place + 1 == query.len()))
        .collect();
    let matches = |word: &String| {
        patterns.iter().any(|pattern| {
            let distance = pattern.distance(word.as_bytes());
            distance.whole.is_some() || distance.begun.is_some()
        })
    };
    pieces(name).filter(|piece| words(&name[piece.clone()]).iter().any(matches)).collect()
}

/// The runs of letters, apostrophes among them.
fn pieces(name: &str) -> impl Iterator<Item = Range<usize>> {
    let inside = |c: char| is_letter(c) || matches!(c, '\'' | '’' | '\u{300}'..='\u{36f}');
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + name[rest..].find(inside)?;
        let end = name[start..].find(|c| !inside(c)).map_or(name.len(), |length| start + length);
        rest = end;
        Some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked<'a>(name: &'a str, query: &str) -> Vec<&'a str> {
        highlights(name, &words(query)).into_iter().map(|range| &name[range]).collect()
    }

    #[test]
    fn words_that_match_are_marked_as_they_are_written() {
        assert_eq!(marked("Élite: the Big Élan", "elite big"), ["Élite", "Big"]);
        assert_eq!(marked("Stranger Things", "strnager th"), ["Stranger", "Things"]);
        assert_eq!(marked("Schitt's Creek", "schitts"), ["Schitt's"]);
        assert_eq!(marked("Stranger Things", "dark"), [""; 0]);
    }
}
