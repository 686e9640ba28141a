//! What a viewer asks for.

use reel_api::search::MAX_FOUND;
use reel_sdk::{Problem, Request};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// How many titles are answered when nobody says.
const FOUND: usize = 24;
/// The longest text, in characters.
const LONGEST: usize = 200;
/// The years that a title may have come out in.
const YEARS: RangeInclusive<u16> = 1870..=2100;

/// A search.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) text: String,
    pub(crate) genre: Option<String>,
    pub(crate) from: Option<u16>,
    pub(crate) to: Option<u16>,
    pub(crate) playable: bool,
    pub(crate) limit: usize,
}

impl Asked {
    /// The search that a request is.
    ///
    /// # Errors
    /// A 400 problem that names the parameter.
    pub(crate) fn read(request: &Request) -> Result<Self, Problem> {
        Ok(Self {
            text: text(request)?,
            genre: request.query("genre").filter(|genre| !genre.is_empty()),
            from: number(request, "from", YEARS)?,
            to: number(request, "to", YEARS)?,
            playable: match request.query("playable").as_deref() {
                None | Some("false") => false,
                Some("true") => true,
                Some(other) => return Err(Problem::invalid(format!("playable is {other:?}; it is true or false"))),
            },
            limit: number(request, "limit", 1..=MAX_FOUND)?.unwrap_or(FOUND),
        })
    }
}

/// What is typed; nothing when there is none.
///
/// # Errors
/// A 400 problem when it is too long.
pub(crate) fn text(request: &Request) -> Result<String, Problem> {
    let text = request.query("q").unwrap_or_default();
    if text.chars().count() > LONGEST {
        return Err(Problem::invalid(format!("q has at most {LONGEST} characters")));
    }
    Ok(text)
}

fn number<T>(request: &Request, name: &str, range: RangeInclusive<T>) -> Result<Option<T>, Problem>
where
    T: FromStr + PartialOrd + Display,
{
    let Some(given) = request.query(name) else { return Ok(None) };
    let number = given.parse().ok().filter(|number| range.contains(number));
    let wrong = || Problem::invalid(format!("{name} is {given:?}; it is {} to {}", range.start(), range.end()));
    number.map(Some).ok_or_else(wrong)
}
