//! Tables in CSV (RFC 4180).

use crate::column;
use crate::row::{Fault, Row};
use csv::{ReaderBuilder, StringRecord};
use serde_json::{Map, Value};
use std::io::Read;

/// Why there are no rows.
#[derive(Debug, thiserror::Error)]
#[error("this is no table in CSV: {0}")]
pub struct TableError(#[source] csv::Error);

/// A table whose first line names its columns. Lines may have fewer cells, and more, which mean nothing.
pub struct Table<R> {
    reader: csv::Reader<R>,
    header: StringRecord,
}

impl<R: Read> Table<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// It is not UTF-8, or cannot be read.
    pub fn open(table: R) -> Result<Self, TableError> {
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(table);
        let header = reader.headers().map_err(TableError)?.clone();
        Ok(Self { reader, header })
    }

    /// The names of the columns, as they are written.
    pub fn header(&self) -> impl Iterator<Item = &str> {
        self.header.iter().map(|name| name.trim_start_matches('\u{feff}').trim())
    }

    /// Whether a column is there, under any of its names.
    pub fn has(&self, column: &str) -> bool {
        self.header().filter_map(column::known).any(|(name, _)| name == column)
    }

    /// The rows, by column; of two columns of one name the last one counts.
    pub fn rows(self) -> impl Iterator<Item = Result<Map<String, Value>, TableError>> {
        let names: Vec<String> = self.header().map(str::to_owned).collect();
        self.reader.into_records().map(move |record| Ok(by_column(&names, &record.map_err(TableError)?)))
    }

    /// What the rows say, each or what is wrong with it.
    pub fn read(self) -> impl Iterator<Item = Result<Result<Row, Vec<Fault>>, TableError>> {
        self.rows().map(|row| Ok(Row::read(row?)))
    }
}

fn by_column(names: &[String], record: &StringRecord) -> Map<String, Value> {
    let named = names.iter().zip(record).filter(|(name, _)| !name.is_empty());
    named.map(|(name, cell)| (name.clone(), cell.into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(table: &str) -> Vec<Result<Row, Vec<Fault>>> {
        Table::open(table.as_bytes()).unwrap().read().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_table_is_read_by_the_names_of_its_columns() {
        let table = "\u{feff}Title,Release_Year,listed_in,cast,director,other\n\
            \"Dark\",2017,\"TV Dramas, TV Mysteries\",\"Louis Hofmann, Oliver Masucci\",,x\n\
            \"Crème, \"\"brûlée\"\"\",,\n";
        let open = Table::open(table.as_bytes()).unwrap();
        assert!(open.has("name") && open.has("genres") && !open.has("slug"));
        let rows = read(table);
        let dark = &rows[0].as_ref().unwrap().fields;
        assert_eq!((&dark["name"], &dark["year"]), (&"Dark".into(), &2017.into()));
        assert_eq!((dark["genres"].as_array().unwrap().len(), dark["cast"].as_array().unwrap().len()), (2, 2));
        let creme = rows[1].as_ref().unwrap();
        assert_eq!(Value::from(creme.fields.clone()), serde_json::json!({ "name": "Crème, \"brûlée\"" }));
        assert_eq!(rows[0].as_ref().unwrap().ignored, ["other"]);
    }

    #[test]
    fn a_bad_row_holds_up_no_other() {
        let rows = read("name,year\nDark,soon\n,2017\nBunny,2008\n");
        assert_eq!(rows.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, false, true]);
    }

    #[test]
    fn what_is_no_text_is_no_table() {
        assert!(Table::open(&b"name\xff\nx\n"[..]).is_err());
        let rows: Vec<_> = Table::open(&b"name\n\xff\n"[..]).unwrap().rows().collect();
        assert!(rows[0].as_ref().unwrap_err().to_string().contains("no table in CSV"));
    }
}
