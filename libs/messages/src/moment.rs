//! Moments, as they are written in a language. All are in UTC, and say so.

use crate::Language;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

const GERMAN_MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// A moment of RFC 3339 with its time of day; what is none stays as it is.
pub(crate) fn moment(at: &str, language: Language) -> String {
    written(at, |at| {
        let (hour, minute) = (at.hour(), at.minute());
        match language {
            Language::En => format!("{} at {hour:02}:{minute:02} UTC", date(at, language)),
            Language::De => format!("{} um {hour:02}:{minute:02} Uhr (UTC)", date(at, language)),
        }
    })
}

/// The day of a moment of RFC 3339; what is none stays as it is.
pub(crate) fn day(at: &str, language: Language) -> String {
    written(at, |at| date(at, language))
}

fn written(at: &str, write: impl Fn(OffsetDateTime) -> String) -> String {
    OffsetDateTime::parse(at, &Rfc3339).map_or_else(|_| at.to_owned(), |at| write(at.to_offset(UtcOffset::UTC)))
}

fn date(at: OffsetDateTime, language: Language) -> String {
    let (day, year) = (at.day(), at.year());
    match language {
        Language::En => format!("{day} {} {year}", at.month()),
        Language::De => format!("{day}. {} {year}", GERMAN_MONTHS[usize::from(u8::from(at.month())) - 1]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_utc() {
        let at = "2026-03-01T00:05:09.123+01:00";
        assert_eq!(moment(at, Language::En), "28 February 2026 at 23:05 UTC");
        assert_eq!(moment(at, Language::De), "28. Februar 2026 um 23:05 Uhr (UTC)");
        assert_eq!(day("2026-12-31T12:00:00Z", Language::De), "31. Dezember 2026");
        assert_eq!(day("tomorrow", Language::En), "tomorrow");
    }
}
