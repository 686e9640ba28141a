//! From a row to what it says of a title.

use crate::cell;
use crate::column::{self, Holds};
use reel_api::TitleId;
use reel_api::content::NewTitle;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// When the ids of imported titles were made, as far as they tell: all at once.
const MADE_AT: u64 = 0;

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The column.
    pub column: String,
    /// What is wrong.
    pub wrong: String,
    /// What would be right.
    pub right: String,
}

/// A row that could be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The title that it is of, always the same for the same row.
    pub id: TitleId,
    /// What the row says, as fields of [`reel_api::content::NewTitle`], without an id.
    pub fields: Map<String, Value>,
    /// Columns that mean nothing here.
    pub ignored: Vec<String>,
}

impl Row {
    /// Reads a row. Of the columns that it does not have nothing is said; an empty cell is as none.
    ///
    /// # Errors
    /// What is wrong, column by column.
    pub fn read(row: Map<String, Value>) -> Result<Self, Vec<Fault>> {
        let mut reading = Reading::default();
        for (header, cell) in row {
            match column::known(&header) {
                Some((name, holds)) => reading.take(name, holds, &cell),
                None => reading.ignored.push(header),
            }
        }
        reading.finish()
    }

    /// The new title that the row describes by itself.
    ///
    /// # Errors
    /// Which field is not as the API has it.
    pub fn new_title(&self) -> Result<NewTitle, serde_json::Error> {
        let mut fields = self.fields.clone();
        fields.entry("name").or_insert_with(|| "".into());
        serde_json::from_value(fields.into())
    }
}

#[derive(Default)]
struct Reading {
    fields: Map<String, Value>,
    faults: Vec<Fault>,
    ignored: Vec<String>,
}

impl Reading {
    fn take(&mut self, name: String, holds: Holds, cell: &Value) {
        match cell::read(cell, holds) {
            Ok(None) => {}
            Ok(Some(value)) if holds == Holds::Cast => {
                let (names, characters) = cell::cast(value);
                self.fields.insert(name, names);
                self.fields.extend(characters.map(|characters| ("characters".into(), characters)));
            }
            // An age says more than a rating.
            Ok(Some(value)) if holds == Holds::Rating => drop(self.fields.entry(name).or_insert(value)),
            Ok(Some(value)) => {
                self.fields.insert(name, value);
            }
            Err((wrong, right)) => self.fault(&name, wrong, right),
        }
    }

    fn fault(&mut self, column: &str, wrong: impl Into<String>, right: impl Into<String>) {
        self.faults.push(Fault { column: column.into(), wrong: wrong.into(), right: right.into() });
    }

    fn finish(mut self) -> Result<Row, Vec<Fault>> {
        self.texts();
        self.window();
        self.place();
        self.references();
        let id = self.id();
        match id.filter(|_| self.faults.is_empty()) {
            Some(id) => Ok(Row { id, fields: self.fields, ignored: self.ignored }),
            None => Err(self.faults),
        }
    }

    /// `name:de` and its like become texts.
    fn texts(&mut self) {
        let of_languages: Vec<String> = self.fields.keys().filter(|name| name.contains(':')).cloned().collect();
        for column in of_languages {
            let (Some(value), Some((field, tag))) = (self.fields.remove(&column), column.split_once(':')) else {
                continue;
            };
            let texts = self.fields.entry("texts").or_insert_with(|| json!({}));
            if let Value::Object(texts) = texts
                && let Value::Object(text) = texts.entry(tag).or_insert_with(|| json!({}))
            {
                text.insert(field.to_owned(), value);
            }
        }
    }

    /// `countries`, `from` and `until` become a window.
    fn window(&mut self) {
        let parts = ["countries", "from", "until"].map(|name| (name, self.fields.remove(name)));
        let window: Map<_, _> = parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part?))).collect();
        if !window.is_empty() {
            self.fields.entry("windows").or_insert_with(|| json!([window]));
        }
    }

    /// `series`, `season` and `number` become the place of an episode.
    fn place(&mut self) {
        let [series, season, number] = ["series", "season", "number"].map(|name| self.fields.remove(name));
        match (series, season, number) {
            (None, None, None) => {}
            (Some(Value::String(series)), Some(season), Some(number)) => {
                let place = json!({ "id": reference(&series), "season": season, "number": number });
                self.fields.insert("series".into(), place);
            }
            (series, season, number) => {
                for (name, part) in [("series", series), ("season", season), ("number", number)] {
                    if part.is_none_or(|part| part.is_null()) {
                        self.fault(name, "is missing", "an episode has a series, a season and a number in it");
                    }
                }
            }
        }
    }

    fn references(&mut self) {
        if let Some(Value::String(title)) = self.fields.get("trailer_of") {
            let title = reference(title).to_string();
            self.fields.insert("trailer_of".into(), title.into());
        }
    }

    /// The title's id: the one that the row gives, else by its name in the other catalogue, else by what it says.
    fn id(&mut self) -> Option<TitleId> {
        let text = |fields: &Map<String, Value>, name: &str| fields.get(name)?.as_str().map(str::to_owned);
        if let Some(given) = self.fields.remove("id").filter(|id| !id.is_null()) {
            let id = given.as_str().and_then(|id| id.parse().ok());
            if id.is_none() {
                self.fault(
                    "id",
                    format!("is {given}"),
                    "it is the id of a title here; other catalogues' go into external_id",
                );
            }
            return id;
        }
        if let Some(external) = text(&self.fields, "external_id") {
            return Some(imported_id(&external));
        }
        let year = self.fields.get("year").and_then(Value::as_u64).and_then(|year| year.try_into().ok());
        let description = text(&self.fields, "description").unwrap_or_default();
        let id = text(&self.fields, "name").map(|name| id_of_name(&name, year, &description));
        if id.is_none() {
            self.fault("name", "is missing", "it is what the title is called");
        }
        id
    }
}

/// A title named by its id here, or by its name in the other catalogue.
fn reference(name: &str) -> TitleId {
    name.parse().unwrap_or_else(|_| imported_id(name))
}

/// The id of the title that another catalogue calls by a name.
pub fn imported_id(external_id: &str) -> TitleId {
    hashed(&format!("external\n{external_id}"))
}

/// The id of a title that has no name but what it is called.
pub fn id_of_name(name: &str, year: Option<u16>, description: &str) -> TitleId {
    hashed(&format!("{name}\n{year:?}\n{description}"))
}

fn hashed(text: &str) -> TitleId {
    let mut random = [0; 10];
    random.copy_from_slice(&Sha256::digest(text)[..10]);
    TitleId::new(MADE_AT, &random)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(row: Value) -> Result<Row, Vec<Fault>> {
        let Value::Object(row) = row else { panic!("a row is an object") };
        Row::read(row)
    }

    fn fields(row: Value) -> Value {
        read(row).unwrap().fields.into()
    }

    fn columns(row: Value) -> Vec<String> {
        let mut columns: Vec<_> = read(row).unwrap_err().into_iter().map(|fault| fault.column).collect();
        columns.sort_unstable();
        columns
    }

    #[test]
    fn cells_become_what_the_api_has() {
        let row = json!({ "Title": " Big  Buck\nBunny ", "release_year": "2008", "genres": "Comedy, Sci-Fi",
            "cast": "The hare as Bunny | A bird", "crew": "Ton Roosendaal (Producer)", "type": "Movie", "age": 6,
            "announced": "yes", "publish_at": "2026-11-26", "name:de": "Der Hase", "description:de": "Worte" });
        let expected = json!({ "name": "Big Buck Bunny", "year": 2008, "genres": ["Comedy", "Sci-Fi"],
            "cast": ["The hare", "A bird"], "characters": { "The hare": "Bunny" }, "kind": "film", "maturity": 6,
            "crew": [{ "name": "Ton Roosendaal", "job": "Producer" }], "announced": true,
            "publish_at": "2026-11-26T00:00:00Z", "texts": { "de": { "name": "Der Hase", "description": "Worte" } } });
        assert_eq!(fields(row), expected);
    }

    #[test]
    fn a_rating_is_an_age_that_is_no_younger() {
        let age = |rating: &str| fields(json!({ "name": "x", "rating": rating }))["maturity"].clone();
        let rated = ["TV-Y", "TV-Y7", "PG", "PG-13", "tv-14", "R", "TV-MA"].map(age);
        assert_eq!(rated, [0, 12, 12, 16, 16, 18, 18].map(Value::from));
        // Not rated, an error that a well-known table has, and how good a title is found.
        assert_eq!(["NR", "74 min", "8.7", ""].map(age), [const { Value::Null }; 4]);
        assert_eq!(fields(json!({ "name": "x", "rating": 6 })), json!({ "name": "x" }));
        let both = json!({ "name": "x", "rating": "R", "age": 16 });
        assert_eq!(fields(both)["maturity"], 16);
    }

    #[test]
    fn an_episode_names_its_series_as_the_other_catalogue_does() {
        let row = json!({ "external_id": "e1", "kind": "episode", "name": "Secrets", "series": "tt5753856",
            "season": "1", "episode": 2, "countries": "de; at", "until": "2027-01-01" });
        let (series, row) = (imported_id("tt5753856"), read(row).unwrap());
        assert_eq!(row.id, imported_id("e1"));
        assert_eq!(row.fields["series"], json!({ "id": series, "season": 1, "number": 2 }));
        let window = json!([{ "countries": ["de", "at"], "until": "2027-01-01T00:00:00Z" }]);
        assert_eq!(row.fields["windows"], window);
        let by_id = json!({ "name": "T", "kind": "trailer", "trailer_of": series.to_string() });
        assert_eq!(fields(by_id)["trailer_of"], series.to_string());
    }

    #[test]
    fn the_same_row_is_the_same_title() {
        let id = |row| read(row).unwrap().id;
        let named = json!({ "name": "Dark", "year": "2017", "description": "" });
        assert_eq!(id(named.clone()), id(json!({ "title": "Dark", "year": 2017 })));
        assert_eq!(id(named), id_of_name("Dark", Some(2017), ""));
        assert_ne!(id(json!({ "name": "Dark" })), id(json!({ "name": "Dark", "year": 2017 })));
        assert_eq!(id(json!({ "external_id": 7, "name": "x" })), imported_id("7"));
        let given = imported_id("x");
        assert_eq!(id(json!({ "id": given.to_string(), "external_id": "y", "name": "x" })), given);
    }

    #[test]
    fn each_column_says_what_is_wrong_with_it() {
        let row = json!({ "name": "x", "year": "soon", "kind": "play", "publish_at": "tomorrow", "announced": "maybe",
            "crew": "Somebody", "maturity": -1, "genres": 3 });
        assert_eq!(columns(row), ["announced", "crew", "genres", "kind", "maturity", "publish_at", "year"]);
        assert_eq!(columns(json!({ "name": "x", "series": "s", "season": 1 })), ["number"]);
        assert_eq!(columns(json!({ "year": 2008 })), ["name"]);
        assert_eq!(columns(json!({ "name": "x", "id": "tt1" })), ["id"]);
    }

    #[test]
    fn what_means_nothing_is_told_and_what_is_empty_says_nothing() {
        let row = read(json!({ "name": "x", "date_added": "y", "year": " ", "credit": null })).unwrap();
        assert_eq!(row.ignored, ["date_added"]);
        assert_eq!(Value::from(row.fields), json!({ "name": "x", "credit": null }));
    }
}
