//! What a cell says, in the JSON that the API has for it.

use crate::column::Holds;
use reel_api::{from_rfc3339, rfc3339};
use serde_json::{Map, Value, json};

/// What is wrong with a cell, and what would be right.
pub(crate) type Wrong = (String, &'static str);

/// Reads a cell; none when it is empty.
pub(crate) fn read(cell: &Value, holds: Holds) -> Result<Option<Value>, Wrong> {
    if let Value::String(text) = cell {
        let text = text.trim();
        return if text.is_empty() { Ok(None) } else { of_text(text, holds) };
    }
    match (cell, holds) {
        // What JSON says to be nothing is taken away.
        (Value::Null, _) => Ok(Some(Value::Null)),
        (_, Holds::Rating) => Ok(None),
        (_, Holds::Json) => Ok(Some(cell.clone())),
        (Value::Number(number), Holds::Number) if number.is_u64() => Ok(Some(cell.clone())),
        (Value::Number(number), Holds::Line | Holds::Text) => Ok(Some(number.to_string().into())),
        (Value::Bool(_), Holds::Truth) => Ok(Some(cell.clone())),
        (Value::Array(_), Holds::List) => Ok(Some(cell.clone())),
        (Value::Array(names), Holds::Cast | Holds::Crew) if names.iter().all(Value::is_object) => {
            Ok(Some(cell.clone()))
        }
        (Value::Array(names), Holds::Cast | Holds::Crew) => {
            let names: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
            of_names(names.ok_or_else(|| wrong(cell, right(holds)))?.into_iter(), holds).map(Some)
        }
        _ => Err(wrong(cell, right(holds))),
    }
}

fn of_text(text: &str, holds: Holds) -> Result<Option<Value>, Wrong> {
    let mistaken = || (format!("is {:?}", excerpt(text)), right(holds));
    Ok(Some(match holds {
        Holds::Line => text.split_whitespace().collect::<Vec<_>>().join(" ").into(),
        Holds::Text => text.into(),
        Holds::Number => text.parse::<u64>().map_err(|_| mistaken())?.into(),
        Holds::Rating => return Ok(age(text).map(Value::from)),
        Holds::Truth => truth(text).ok_or_else(mistaken)?.into(),
        Holds::List => split(text).collect(),
        Holds::Cast | Holds::Crew => of_names(split(text), holds)?,
        Holds::Kind => kind(text).ok_or_else(mistaken)?.into(),
        Holds::Time => time(text).ok_or_else(mistaken)?.into(),
        Holds::Json => serde_json::from_str(text).map_err(|_| mistaken())?,
    }))
}

fn right(holds: Holds) -> &'static str {
    match holds {
        Holds::Line | Holds::Text => "it is a text",
        Holds::Number => "it is a whole number",
        Holds::Rating => "it is a rating such as PG-13 or TV-14",
        Holds::Truth => "it is true or false",
        Holds::List => "it is a list, divided by | or ; or commas",
        Holds::Cast => "it is a list of names, each perhaps with its character: NAME as CHARACTER",
        Holds::Crew => "it is a list of names with their jobs: NAME (JOB)",
        Holds::Kind => "it is film, series, episode or trailer",
        Holds::Time => "it is a time such as 2026-11-26T20:00:00Z, or a day such as 2026-11-26",
        Holds::Json => "it is JSON as the API has it",
    }
}

fn wrong(cell: &Value, right: &'static str) -> Wrong {
    (format!("is {}", excerpt(&cell.to_string())), right)
}

fn excerpt(text: &str) -> String {
    text.chars().take(60).collect()
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    let by = ['|', ';'].into_iter().find(|by| text.contains(*by)).unwrap_or(',');
    text.split(by).map(str::trim).filter(|word| !word.is_empty())
}

fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// The least of our ages that is no younger than a rating of the Motion Picture Association, or of the TV Parental
/// Guidelines, says; where it asks for parents' guidance, 12. None for what is no such rating, or says that there is none.
fn age(rating: &str) -> Option<u64> {
    match rating.to_uppercase().as_str() {
        "G" | "TV-Y" | "TV-G" => Some(0),
        "PG" | "TV-PG" | "TV-Y7" | "TV-Y7-FV" => Some(12),
        "PG-13" | "TV-14" => Some(16),
        "R" | "NC-17" | "TV-MA" => Some(18),
        _ => None,
    }
}

fn kind(text: &str) -> Option<&'static str> {
    match text.to_lowercase().as_str() {
        "film" | "movie" => Some("film"),
        "series" | "tv show" | "tv series" | "show" => Some("series"),
        "episode" => Some("episode"),
        "trailer" => Some("trailer"),
        _ => None,
    }
}

fn time(text: &str) -> Option<String> {
    from_rfc3339(text).or_else(|| from_rfc3339(&format!("{text}T00:00:00Z"))).map(rfc3339)
}

/// Names with what stands beside each: whom they play, or what they did.
fn of_names<'a>(names: impl Iterator<Item = &'a str>, holds: Holds) -> Result<Value, Wrong> {
    match holds {
        Holds::Crew => names.map(member).collect(),
        _ => Ok(names.map(actor).collect()),
    }
}

fn actor(name: &str) -> Value {
    match name.split_once(" as ") {
        Some((name, character)) => json!({ "name": name.trim(), "character": character.trim() }),
        None => json!({ "name": name }),
    }
}

fn member(text: &str) -> Result<Value, Wrong> {
    let found = text.strip_suffix(')').and_then(|text| text.rsplit_once('('));
    let (name, job) = found.ok_or_else(|| (format!("has {:?}", excerpt(text)), right(Holds::Crew)))?;
    Ok(json!({ "name": name.trim(), "job": job.trim() }))
}

/// A cast with characters as the API has it: the names, and by name whom they play.
pub(crate) fn cast(read: Value) -> (Value, Option<Value>) {
    let Value::Array(actors) = read else { return (read, None) };
    let (mut names, mut characters) = (Vec::new(), Map::new());
    for actor in actors {
        let name = actor["name"].as_str().unwrap_or_default().to_owned();
        if let Some(character) = actor["character"].as_str() {
            characters.insert(name.clone(), character.into());
        }
        names.push(name);
    }
    (names.into(), Some(characters.into()))
}
