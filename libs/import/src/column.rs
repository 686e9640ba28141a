//! The columns that mean something, and what else they may be called.

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A text on one line.
    Line,
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// A rating of films or television in the United States, which says from what age a title is for. In other
    /// catalogues a column of the same name says how good a title is.
    Rating,
    /// Yes or no.
    Truth,
    /// Words, divided by `|` or `;`, else by commas.
    List,
    /// Names as a list, each perhaps with ` as CHARACTER`.
    Cast,
    /// Names as a list, each with ` (JOB)`.
    Crew,
    /// `film`, `series`, `episode` or `trailer`.
    Kind,
    /// A time, or a day.
    Time,
    /// JSON as the API has it.
    Json,
}

/// A column: its name, what else it may be called (in lower case), and what it holds.
pub(crate) type Column = (&'static str, &'static [&'static str], Holds);

/// Every column. Beside these there are `name:LANGUAGE` and `description:LANGUAGE`.
pub(crate) const ALL: [Column; 29] = [
    ("id", &[], Holds::Line),
    ("external_id", &["imdb_id", "tconst"], Holds::Line),
    ("kind", &["type"], Holds::Kind),
    ("name", &["title"], Holds::Line),
    ("slug", &[], Holds::Line),
    ("description", &["overview"], Holds::Text),
    ("year", &["release_year"], Holds::Number),
    ("genres", &["genre", "listed_in"], Holds::List),
    ("cast", &["actors"], Holds::Cast),
    ("directors", &["director"], Holds::List),
    ("crew", &[], Holds::Crew),
    ("language", &["original_language"], Holds::Line),
    ("maturity", &["age"], Holds::Number),
    ("tags", &["tag"], Holds::List),
    ("tone", &["tones"], Holds::List),
    ("credit", &[], Holds::Line),
    ("series", &[], Holds::Line),
    ("season", &[], Holds::Number),
    ("number", &["episode"], Holds::Number),
    ("trailer_of", &[], Holds::Line),
    ("announced", &[], Holds::Truth),
    ("release", &[], Holds::Line),
    ("publish_at", &[], Holds::Time),
    ("countries", &[], Holds::List),
    ("from", &[], Holds::Time),
    ("until", &[], Holds::Time),
    ("windows", &[], Holds::Json),
    ("texts", &[], Holds::Json),
    ("characters", &[], Holds::Json),
];

/// The names of the columns.
pub const COLUMNS: [&str; ALL.len()] = {
    let mut names = [""; ALL.len()];
    let mut at = 0;
    while at < ALL.len() {
        names[at] = ALL[at].0;
        at += 1;
    }
    names
};

/// The column of a name as a table has it: its own name, and what it holds.
pub(crate) fn known(header: &str) -> Option<(String, Holds)> {
    let plain = header.trim_start_matches('\u{feff}').trim();
    let lower = plain.to_lowercase();
    let column = ALL.iter().find(|(name, others, _)| *name == lower || others.contains(&&*lower));
    if let Some((name, _, holds)) = column {
        return Some(((*name).to_owned(), *holds));
    }
    if lower == "rating" {
        return Some(("maturity".into(), Holds::Rating));
    }
    let (field, tag) = plain.split_once(':')?;
    match field.to_lowercase().as_str() {
        field @ "name" => Some((format!("{field}:{tag}"), Holds::Line)),
        field @ "description" => Some((format!("{field}:{tag}"), Holds::Text)),
        _ => None,
    }
}
