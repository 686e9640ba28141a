//! Makes tables that are not there yet.

use super::{DynamoTables, LAYOUT};
use reel_capabilities::table::TableError;
use std::collections::BTreeSet;

impl DynamoTables {
    /// Makes those of the tables that are not there.
    pub(super) async fn make_tables(&self, names: &[String]) -> Result<(), TableError> {
        for name in names.iter().collect::<BTreeSet<_>>() {
            LAYOUT.make(&self.client, name).await?;
        }
        Ok(())
    }
}
