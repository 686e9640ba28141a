//! Ordered rows (`reel:table`), as raw bytes or typed as JSON.
//!
//! The limits hold on every backend: 400 KB a row, 100 writes a transaction, 1 MB a page.

use crate::bindings::capabilities::reel::table::rows;
use crate::denied::{broken, denied, unavailable};
use reel_api::{Millis, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use rows::{Change, Condition, Error, Key, Page, Put, Row, Selection, Write};

/// A table that `reel.toml` grants, by its name: `const TITLES: Table = Table("titles");`.
#[derive(Debug, Clone, Copy)]
pub struct Table(pub &'static str);

impl Table {
    /// Reads one row; none when it does not exist or has expired.
    pub async fn get(&self, partition: &str, sort: &str) -> Result<Option<Row>, Error> {
        rows::get(self.0.into(), Key::new(partition, sort)).await
    }

    /// Reads one row that holds JSON.
    pub async fn get_json<T: DeserializeOwned>(&self, partition: &str, sort: &str) -> Result<Option<T>, Problem> {
        self.get(partition, sort).await?.map(|row| row.json()).transpose()
    }

    /// Reads a page of rows of one partition, in the order of their sort keys.
    pub async fn query(&self, selection: Selection) -> Result<Page, Error> {
        rows::query(self.0.into(), selection).await
    }

    /// Reads every row that a selection names, page after page: for what is known to be few.
    pub async fn query_all(&self, mut selection: Selection) -> Result<Vec<Row>, Error> {
        let mut all = Vec::new();
        loop {
            let page = self.query(selection.clone()).await?;
            all.extend(page.rows);
            match page.cursor {
                Some(cursor) => selection.cursor = Some(cursor),
                None => return Ok(all),
            }
        }
    }

    /// Writes a row, whether it exists or not, and returns its version.
    pub async fn put(&self, partition: &str, sort: &str, value: Vec<u8>) -> Result<u64, Error> {
        self.write(partition, sort, Change::bytes(value)).commit().await
    }

    /// Writes a row as JSON, whether it exists or not, and returns its version.
    pub async fn put_json(&self, partition: &str, sort: &str, value: &impl Serialize) -> Result<u64, Problem> {
        Ok(self.write(partition, sort, Change::json(value)?).commit().await?)
    }

    /// Deletes a row; one that does not exist is no error.
    pub async fn delete(&self, partition: &str, sort: &str) -> Result<(), Error> {
        self.write(partition, sort, Change::Delete).commit().await.map(drop)
    }

    /// Adds to named counters of a row, atomically; makes the row when there is none.
    pub async fn add(&self, partition: &str, sort: &str, counters: &[(&str, i64)]) -> Result<(), Error> {
        let counters = counters.iter().map(|(name, by)| ((*name).to_owned(), *by)).collect();
        self.write(partition, sort, Change::Add(counters)).commit().await.map(drop)
    }

    /// A write for [`transact`], or to be committed alone; unconditional until [`Write::when`].
    pub fn write(&self, partition: &str, sort: &str, change: Change) -> Write {
        Write { table: self.0.into(), key: Key::new(partition, sort), condition: Condition::Always, change }
    }
}

/// Makes up to 100 writes to different rows, of any tables granted, all or none. Returns
/// each row's version afterwards.
///
/// # Errors
/// [`Error::Conflict`] with the index of the first write whose condition does not hold.
pub async fn transact(writes: Vec<Write>) -> Result<Vec<u64>, Error> {
    rows::transact(writes).await
}

impl Key {
    /// A key from its two parts.
    pub fn new(partition: &str, sort: &str) -> Self {
        Self { partition: partition.into(), sort: sort.into() }
    }
}

impl Row {
    /// The row's value, read as JSON.
    ///
    /// # Errors
    /// A 500 problem that names the row, when it holds something else.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let Key { partition, sort } = &self.key;
        serde_json::from_slice(&self.value)
            .map_err(|e| Problem::internal(format!("row {partition}/{sort} does not read: {e}")))
    }

    /// The value of one counter; 0 when it was never added to.
    pub fn counter(&self, name: &str) -> i64 {
        self.counters.iter().find(|(counter, _)| counter == name).map_or(0, |(_, value)| *value)
    }
}

impl Change {
    /// Writes these bytes.
    pub fn bytes(value: Vec<u8>) -> Self {
        Self::Put(Put { value, expires_at: None })
    }

    /// Writes this value as JSON.
    ///
    /// # Errors
    /// A 500 problem when it has no JSON form.
    pub fn json(value: &impl Serialize) -> Result<Self, Problem> {
        let value = serde_json::to_vec(value).map_err(|e| Problem::internal(format!("a row has no JSON form: {e}")))?;
        Ok(Self::bytes(value))
    }

    /// Makes the written row cease to exist at this time; other changes stay as they are.
    #[must_use]
    pub fn expiring(self, at: Millis) -> Self {
        match self {
            Self::Put(put) => Self::Put(Put { expires_at: Some(at), ..put }),
            other => other,
        }
    }
}

impl Write {
    /// Makes the write depend on a condition.
    #[must_use]
    pub fn when(self, condition: Condition) -> Self {
        Self { condition, ..self }
    }

    /// Makes this write alone and returns the row's version afterwards.
    pub async fn commit(self) -> Result<u64, Error> {
        Ok(transact(vec![self]).await?.first().copied().unwrap_or_default())
    }
}

impl Selection {
    /// All rows of a partition, in order, up to 1,000 a page.
    pub fn of(partition: &str) -> Self {
        Self {
            partition: partition.into(),
            prefix: String::new(),
            from: String::new(),
            reverse: false,
            limit: 1_000,
            cursor: None,
        }
    }

    /// Only rows whose sort key starts with this.
    #[must_use]
    pub fn prefix(self, prefix: &str) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// Only rows whose sort key is not before this.
    #[must_use]
    pub fn starting_at(self, from: &str) -> Self {
        Self { from: from.into(), ..self }
    }

    /// From the last to the first.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { reverse: true, ..self }
    }

    /// At most so many rows a page, 1 to 1,000.
    #[must_use]
    pub fn limit(self, limit: u32) -> Self {
        Self { limit, ..self }
    }

    /// What follows the page that ended with this cursor.
    #[must_use]
    pub fn after(self, cursor: Option<String>) -> Self {
        Self { cursor, ..self }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Denied(table) => denied("tables", &table),
            Error::Conflict(_) => {
                Problem::conflict("conflict", "it was changed by someone else meanwhile: read it again")
            }
            Error::Invalid(why) => broken("the table", &why),
            Error::Unavailable(why) => unavailable("the table", &why),
        }
    }
}
