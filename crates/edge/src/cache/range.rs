//! Which part of an object is asked for (RFC 9110, section 14).

use std::ops::Range;

/// The part that a `range` header asks for of an object of this many bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it: there is no range, or one that may be ignored (several, other units).
    Whole,
    /// These bytes.
    Bytes(Range<u64>),
    /// Bytes that it does not have.
    Unsatisfiable,
}

/// Reads a `range` header.
pub(crate) fn part(header: Option<&str>, length: u64) -> Part {
    let Some((first, last)) =
        header.and_then(|h| h.strip_prefix("bytes=")).and_then(|range| range.trim().split_once('-'))
    else {
        return Part::Whole;
    };
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => within(first, last.saturating_add(1), length),
        (Some(first), None) if last.is_empty() => within(first, length, length),
        (None, Some(suffix)) if first.is_empty() && suffix > 0 => within(length.saturating_sub(suffix), length, length),
        (None, Some(0)) if first.is_empty() => Part::Unsatisfiable,
        _ => Part::Whole,
    }
}

fn within(start: u64, end: u64, length: u64) -> Part {
    if start >= length {
        return Part::Unsatisfiable;
    }
    Part::Bytes(start..end.min(length))
}

fn number(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_names_a_part() {
        let cases = [
            (None, Part::Whole),
            (Some("bytes=0-0"), Part::Bytes(0..1)),
            (Some("bytes=2-5"), Part::Bytes(2..6)),
            (Some("bytes=2-"), Part::Bytes(2..10)),
            (Some("bytes=-3"), Part::Bytes(7..10)),
            (Some("bytes=-30"), Part::Bytes(0..10)),
            (Some("bytes=9-99"), Part::Bytes(9..10)),
            (Some("bytes=10-"), Part::Unsatisfiable),
            (Some("bytes=-0"), Part::Unsatisfiable),
            (Some("bytes=5-2"), Part::Whole),
            (Some("bytes=0-1,4-5"), Part::Whole),
            (Some("bytes=+1-2"), Part::Whole),
            (Some("bytes=99999999999999999999-"), Part::Whole),
            (Some("items=0-1"), Part::Whole),
            (Some("bytes=-"), Part::Whole),
            (Some(""), Part::Whole),
        ];
        for (header, expected) in cases {
            assert_eq!(part(header, 10), expected, "{header:?}");
        }
        assert_eq!(part(Some("bytes=0-"), 0), Part::Unsatisfiable);
        assert_eq!(part(Some("bytes=0-18446744073709551615"), 10), Part::Bytes(0..10));
    }
}
