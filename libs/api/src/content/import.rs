//! Taking titles over from another catalogue.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The most rows of one import. A longer table goes in several.
pub const MAX_IMPORT_ROWS: usize = 200;

/// `POST /v1/imports?first=N`, by an editor: rows of a table, as JSON, or as `text/csv` with a header. `docs/import.md`
/// names the columns. A row that says what the title is already changes nothing; columns that a row does not have
/// stay as they are.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportRows {
    /// The number of the first row, for the report.
    #[serde(default = "one")]
    pub first: u64,
    /// The rows, at most [`MAX_IMPORT_ROWS`].
    pub rows: Vec<Map<String, Value>>,
}

fn one() -> u64 {
    1
}

/// What came of [`ImportRows`]. Each row stands in one of the counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportReport {
    /// How many rows became titles.
    pub made: u64,
    /// How many changed a title.
    pub updated: u64,
    /// How many said what was so before.
    pub unchanged: u64,
    /// How many were not taken, for what `faults` says.
    pub refused: u64,
    /// What is wrong, by row.
    pub faults: Vec<RowFault>,
    /// Columns that mean nothing here.
    pub ignored: Vec<String>,
}

impl ImportReport {
    /// Adds the report of further rows.
    pub fn add(&mut self, other: Self) {
        self.made += other.made;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.refused += other.refused;
        self.faults.extend(other.faults);
        let new = other.ignored.into_iter().filter(|column| !self.ignored.contains(column));
        self.ignored.extend(new.collect::<Vec<_>>());
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RowFault {
    /// The row's number.
    pub row: u64,
    /// What the row calls itself, where it does.
    pub name: Option<String>,
    /// The column; `row` when it is none alone.
    pub column: String,
    /// What is wrong.
    pub wrong: String,
    /// What would be right.
    pub right: String,
}
