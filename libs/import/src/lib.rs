//! Titles from tables of other catalogues: CSV or JSON, by the names of their columns.
//!
//! A row is a JSON object by column. [`table`] makes such rows of CSV; [`Row::read`] makes of a row what
//! [`reel_api::content::NewTitle`] has, and says of each column what is wrong with it.
#![deny(missing_docs)]

mod cell;
mod column;
mod row;
mod table;

pub use column::COLUMNS;
pub use row::{Fault, Row, id_of_name, imported_id};
pub use table::{Table, TableError};
