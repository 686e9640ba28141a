//! What a title's fields have to be.

use crate::details::Details;
use crate::faults::Faults;
use reel_api::Millis;
use reel_api::availability::{MATURITIES, Window};
use reel_api::content::{
    CrewMember, MAX_CAST, MAX_DIRECTORS, MAX_GENRES, MAX_LANGUAGES, MAX_NUMBER, MAX_SEASONS, MAX_TAGS, MAX_WINDOWS,
    SeasonName, Texts, TitleKind, is_language,
};
use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;

/// The years that a title may have come out in.
const YEARS: RangeInclusive<u16> = 1870..=2100;
/// The longest name, in characters, and the longest description: of the first language, and of another.
const NAME: usize = 200;
const DESCRIPTION: usize = 5_000;
const OTHER_DESCRIPTION: usize = 2_000;
/// The longest name of a person, a character or a season.
const PERSON: usize = 100;
/// The longest genre, tag or job.
const WORD: usize = 40;
/// The most countries of a window.
const COUNTRIES: usize = 250;
/// The end of the year 2100, in Unix milliseconds.
const LAST: Millis = 4_133_980_799_999;

/// The details, without space around texts and with each name once; what is wrong is added to `faults`.
pub(crate) fn details(given: Details, faults: &mut Faults) -> Details {
    let checked = Details {
        name: text("name", &given.name, 1..=NAME, faults),
        description: text("description", &given.description, 0..=DESCRIPTION, faults),
        credit: given.credit.map(|credit| text("credit", &credit, 1..=500, faults)),
        external_id: given.external_id.map(|id| text("external_id", &id, 1..=100, faults)),
        genres: names("genres", &given.genres, MAX_GENRES, WORD, faults),
        cast: names("cast", &given.cast, MAX_CAST, PERSON, faults),
        directors: names("directors", &given.directors, MAX_DIRECTORS, PERSON, faults),
        tags: names("tags", &given.tags, MAX_TAGS, WORD, faults),
        tone: names("tone", &given.tone, MAX_TAGS, WORD, faults),
        characters: characters(given.characters, &given.cast, faults),
        crew: crew(given.crew, faults),
        texts: texts(given.texts, faults),
        seasons: seasons(given.seasons, faults),
        windows: windows(given.windows, faults),
        ..given
    };
    single(&checked, faults);
    by_kind(&checked, faults);
    checked
}

fn single(details: &Details, faults: &mut Faults) {
    let Details { year, language, maturity, publish_at, .. } = details;
    if let Some(year) = year {
        let right = format!("it is {} to {}", YEARS.start(), YEARS.end());
        faults.hold(YEARS.contains(year), "year", format!("is {year}"), right);
    }
    if let Some(language) = language {
        faults.hold(is_language(language), "language", format!("is {language:.40?}"), TAG);
    }
    if let Some(age) = maturity {
        faults.hold(MATURITIES.contains(age), "maturity", format!("is {age}"), "it is 0, 6, 12, 16 or 18");
    }
    let in_time = publish_at.is_none_or(|at| at <= LAST);
    faults.hold(in_time, "publish_at", "is too late", "it is a time before the end of 2100");
}

const TAG: &str = "it is a language tag such as en or pt-BR (BCP 47)";

/// What only one kind of title has.
fn by_kind(details: &Details, faults: &mut Faults) {
    let Details { kind, series, seasons, trailer_of, .. } = details;
    let (is_episode, is_trailer) = (*kind == TitleKind::Episode, *kind == TitleKind::Trailer);
    let only = |owner: &str| format!("is given to a {}; only {owner} has it", kind.name());
    match series {
        None => faults.hold(!is_episode, "series", "is missing", "an episode stands in a season of a series"),
        Some(_) if !is_episode => faults.add("series", only("an episode"), "leave it out"),
        Some(place) => {
            let season = place.season <= MAX_NUMBER;
            faults.hold(season, "season", format!("is {}", place.season), format!("it is 0 to {MAX_NUMBER}"));
            let number = (1..=MAX_NUMBER).contains(&place.number);
            faults.hold(number, "number", format!("is {}", place.number), format!("it is 1 to {MAX_NUMBER}"));
        }
    }
    faults.hold(
        trailer_of.is_some() || !is_trailer,
        "trailer_of",
        "is missing",
        "a trailer is about another title: name its id",
    );
    faults.hold(trailer_of.is_none() || is_trailer, "trailer_of", only("a trailer"), "leave it out");
    let series = *kind == TitleKind::Series;
    faults.hold(seasons.is_empty() || series, "seasons", only("a series"), "leave them out");
}

fn characters(given: BTreeMap<String, String>, cast: &[String], faults: &mut Faults) -> BTreeMap<String, String> {
    let known = |actor: &str| cast.iter().any(|name| name.trim() == actor);
    let mut checked = BTreeMap::new();
    for (actor, character) in given {
        let actor = actor.trim();
        faults.hold(
            known(actor),
            "characters",
            format!("names {actor:.100?}"),
            "it names the characters of the title's cast",
        );
        checked.insert(actor.to_owned(), text("characters", &character, 1..=PERSON, faults));
    }
    checked
}

fn crew(given: Vec<CrewMember>, faults: &mut Faults) -> Vec<CrewMember> {
    most("crew", given.len(), MAX_CAST, faults);
    let member = |CrewMember { name, job }: CrewMember| CrewMember {
        name: text("crew", &name, 1..=PERSON, faults),
        job: text("crew", &job, 1..=WORD, faults),
    };
    given.into_iter().map(member).collect()
}

fn texts(given: BTreeMap<String, Texts>, faults: &mut Faults) -> BTreeMap<String, Texts> {
    most("texts", given.len(), MAX_LANGUAGES, faults);
    let mut checked = BTreeMap::new();
    for (tag, Texts { name, description }) in given {
        faults.hold(is_language(&tag), &format!("texts.{tag:.40}"), "is no language", TAG);
        let mut of = |field: &str, given: Option<String>, most: usize| {
            let given = given.filter(|text| !text.trim().is_empty());
            given.map(|given| text(&format!("texts.{tag:.40}.{field}"), &given, 1..=most, faults))
        };
        let texts =
            Texts { name: of("name", name, NAME), description: of("description", description, OTHER_DESCRIPTION) };
        if texts != Texts::default() {
            checked.insert(tag, texts);
        }
    }
    checked
}

fn seasons(mut given: Vec<SeasonName>, faults: &mut Faults) -> Vec<SeasonName> {
    most("seasons", given.len(), MAX_SEASONS, faults);
    given.sort_by_key(|season| season.number);
    let once = given.windows(2).all(|pair| pair[0].number != pair[1].number);
    faults.hold(once, "seasons", "have the same number twice", "each season has one name");
    let highest = given.last().map_or(0, |season| season.number);
    faults.hold(highest <= MAX_NUMBER, "seasons", format!("go up to {highest}"), format!("they are 0 to {MAX_NUMBER}"));
    let named = |SeasonName { number, name }| SeasonName { number, name: text("seasons", &name, 1..=PERSON, faults) };
    given.into_iter().map(named).collect()
}

fn windows(mut given: Vec<Window>, faults: &mut Faults) -> Vec<Window> {
    most("windows", given.len(), MAX_WINDOWS, faults);
    for window in &mut given {
        window.countries.sort_unstable();
        window.countries.dedup();
        most("windows", window.countries.len(), COUNTRIES, faults);
        let (from, until) = (window.from.unwrap_or(0), window.until.unwrap_or(LAST));
        faults.hold(
            from < until && until <= LAST,
            "windows",
            "end before they begin, or after 2100",
            "until is later than from",
        );
    }
    given
}

/// So many names at most, each of so many characters at most, and each once.
fn names(field: &str, given: &[String], many: usize, length: usize, faults: &mut Faults) -> Vec<String> {
    most(field, given.len(), many, faults);
    let mut seen = HashSet::new();
    let checked = given.iter().map(|name| text(field, name, 1..=length, faults));
    checked.filter(|name| seen.insert(name.to_lowercase())).collect()
}

fn most(field: &str, there: usize, most: usize, faults: &mut Faults) {
    faults.hold(there <= most, field, format!("has {there}"), format!("it has at most {most}"));
}

/// The text without space around it. Line breaks are allowed where much text is.
fn text(field: &str, given: &str, length: RangeInclusive<usize>, faults: &mut Faults) -> String {
    let text = given.trim();
    let control = |c: char| c.is_control() && !(*length.end() > 1_000 && c == '\n');
    let count = text.chars().count();
    let right =
        || format!("it has {} to {} characters, none of them a control character", length.start(), length.end());
    if !length.contains(&count) {
        faults.add(field, format!("has {count} characters"), right());
    } else if text.contains(control) {
        faults.add(field, "has a control character", right());
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::content::NewTitle;
    use serde_json::{Value, json};

    fn faults(fields: &Value) -> Vec<String> {
        let mut new = json!({ "name": "Big Buck Bunny" });
        new.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let new: NewTitle = serde_json::from_value(new).unwrap();
        let mut faults = Faults::default();
        details(new.into(), &mut faults);
        faults.0.into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn a_field_that_cannot_be_is_named() {
        let id = "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";
        let series = |season: u16, number: u16| json!({ "id": id, "season": season, "number": number });
        for (fields, wrong) in [
            (json!({ "name": " " }), "name"),
            (json!({ "name": "x".repeat(201) }), "name"),
            (json!({ "name": "a\nb" }), "name"),
            (json!({ "description": "x".repeat(5_001) }), "description"),
            (json!({ "credit": "" }), "credit"),
            (json!({ "year": 1800 }), "year"),
            (json!({ "genres": vec!["x"; 11] }), "genres"),
            (json!({ "genres": [""] }), "genres"),
            (json!({ "cast": ["x".repeat(101)] }), "cast"),
            (json!({ "directors": vec!["x"; 21] }), "directors"),
            (json!({ "cast": ["A"], "characters": { "B": "x" } }), "characters"),
            (json!({ "crew": [{ "name": "A", "job": "" }] }), "crew"),
            (json!({ "language": "English" }), "language"),
            (json!({ "texts": { "german": { "name": "x" } } }), "texts.german"),
            (json!({ "texts": { "de": { "name": "x".repeat(201) } } }), "texts.de.name"),
            (json!({ "maturity": 7 }), "maturity"),
            (json!({ "tags": vec!["x"; 21] }), "tags"),
            (json!({ "kind": "episode" }), "series"),
            (json!({ "series": series(1, 1) }), "series"),
            (json!({ "kind": "episode", "series": series(10_000, 1) }), "season"),
            (json!({ "kind": "episode", "series": series(1, 0) }), "number"),
            (json!({ "kind": "trailer" }), "trailer_of"),
            (json!({ "trailer_of": id }), "trailer_of"),
            (json!({ "seasons": [{ "number": 1, "name": "x" }] }), "seasons"),
            (json!({ "windows": [{ "from": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z" }] }), "windows"),
            (json!({ "publish_at": "2101-01-01T00:00:00Z" }), "publish_at"),
        ] {
            assert_eq!(faults(&fields), [wrong], "{fields}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        assert_eq!(faults(&json!({ "name": "", "year": 1, "maturity": 3 })), ["name", "year", "maturity"]);
    }

    #[test]
    fn what_can_be_is_admitted() {
        let id = "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";
        for fields in [
            json!({ "cast": [" A "], "characters": { "A": "The hare" }, "crew": [{ "name": "B", "job": "Writer" }] }),
            json!({ "kind": "episode", "series": { "id": id, "season": 0, "number": 9_999 } }),
            json!({ "kind": "series", "seasons": [{ "number": 2, "name": "x" }, { "number": 1, "name": "y" }] }),
            json!({ "kind": "trailer", "trailer_of": id, "maturity": 0 }),
            json!({ "windows": [{ "countries": ["DE"], "until": "2026-01-01T00:00:00Z" }, {}] }),
            json!({ "language": "pt-BR", "texts": { "de": { "name": "Der Hase" }, "fr": { "name": " " } } }),
        ] {
            assert!(faults(&fields).is_empty(), "{fields}: {:?}", faults(&fields));
        }
    }
}
