//! Changes rows: looks at them, plans from what was seen, and has DynamoDB do all of it if
//! they still stand so. If not, DynamoDB tells how they stand, and the plan is made anew.

use super::item::{self, Seen};
use super::{DynamoTables, plan};
use crate::failure::{self, Fault};
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, TransactWriteItem};
use futures::{StreamExt, TryStreamExt, stream};
use reel_capabilities::table::{Condition, TableError, Write};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// How many rows of a transaction are looked at at a time.
const LOOKS: usize = 25;
/// How long a transaction goes on trying against others that change the same rows.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// How the rows of a transaction stand, as far as is known.
type Rows = Vec<Option<Seen>>;

/// What became of a try.
enum Tried {
    Done(Vec<u64>),
    Cancelled(Vec<CancellationReason>),
    Missing,
}

impl DynamoTables {
    /// Makes the changes; nobody else in this process changes the same rows meanwhile.
    pub(super) async fn transact_in_turn(&self, writes: &[Write], names: &[String]) -> Result<Vec<u64>, TableError> {
        let mut rows = self.look(writes, names).await?;
        let mut pauses = Pauses::new();
        loop {
            match self.attempt(writes, names, &rows).await? {
                Tried::Done(versions) => return Ok(versions),
                Tried::Missing => self.make_tables(names).await?,
                Tried::Cancelled(reasons) => learn(&mut rows, &reasons)?,
            }
            pauses.pause().await?;
        }
    }

    async fn look(&self, writes: &[Write], names: &[String]) -> Result<Rows, TableError> {
        let looks = stream::iter(0..writes.len()).map(|index| self.look_at(&writes[index], &names[index]));
        looks.buffered(LOOKS).try_collect().await
    }

    /// Reads what must be known of a row. One that must be absent mostly is: if not, the
    /// try tells.
    async fn look_at(&self, write: &Write, name: &str) -> Result<Option<Seen>, TableError> {
        if write.condition == Condition::Absent || plan::is_blind(write) {
            return Ok(None);
        }
        let call = self.client.get_item().table_name(name).set_key(Some(item::key(&write.key)));
        let call = call.projection_expression(item::ALL_BUT_VALUE).consistent_read(true);
        match call.send().await.map_err(failure::fault) {
            Ok(found) => Ok(found.item.as_ref().map(Seen::read).transpose()?),
            Err(Fault::Missing) => self.missing(name),
            Err(fault) => Err(fault.into()),
        }
    }

    async fn attempt(&self, writes: &[Write], names: &[String], rows: &Rows) -> Result<Tried, TableError> {
        let id = Uuid::now_v7().simple().to_string();
        let (versions, requests) = self.plan(writes, names, rows, &id)?;
        let call = self.client.transact_write_items().client_request_token(id).set_transact_items(Some(requests));
        let Err(error) = call.send().await else { return Ok(Tried::Done(versions)) };
        if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() {
            return Ok(Tried::Cancelled(cancelled.cancellation_reasons().to_vec()));
        }
        match failure::fault(error) {
            Fault::Missing if self.makes_tables => Ok(Tried::Missing),
            Fault::Missing => Err(TableError::Unavailable(format!(
                "DynamoDB does not have all of the tables {}: they are part of the deployment",
                names.join(", ")
            ))),
            fault => Err(fault.into()),
        }
    }

    fn plan(
        &self,
        writes: &[Write],
        names: &[String],
        rows: &Rows,
        id: &str,
    ) -> Result<(Vec<u64>, Vec<TransactWriteItem>), TableError> {
        let now = self.clock.now();
        let incomplete = |error: BuildError| TableError::Unavailable(error.to_string());
        let mut planned = Vec::with_capacity(writes.len());
        for (index, ((write, name), seen)) in (0..).zip(writes.iter().zip(names).zip(rows)) {
            let step = plan::step(index, write, seen.as_ref(), now)?;
            let version = step.version;
            planned.push((version, step.request(name, &write.key, seen.as_ref(), id).map_err(incomplete)?));
        }
        Ok(planned.into_iter().unzip())
    }
}

/// Takes from a cancelled try how the rows stand.
fn learn(rows: &mut Rows, reasons: &[CancellationReason]) -> Result<(), TableError> {
    for (row, reason) in rows.iter_mut().zip(reasons) {
        match reason.code() {
            Some("ConditionalCheckFailed") => *row = reason.item().map(Seen::read).transpose()?,
            Some("ValidationError" | "ItemCollectionSizeLimitExceeded") => {
                return Err(TableError::Invalid(reason.message().unwrap_or("DynamoDB does not take it").to_owned()));
            }
            // Throttled, or another transaction is at this row: the same may do later.
            _ => {}
        }
    }
    Ok(())
}

/// The pauses between tries: each may be twice as long as the one before, and is of random
/// length, so that those who met do not meet again.
struct Pauses {
    longest: Duration,
    until: Instant,
}

impl Pauses {
    fn new() -> Self {
        Self { longest: Duration::from_millis(2), until: Instant::now() + PATIENCE }
    }

    async fn pause(&mut self) -> Result<(), TableError> {
        if Instant::now() >= self.until {
            let seconds = PATIENCE.as_secs();
            return Err(TableError::Unavailable(format!("others kept changing the same rows for {seconds} s")));
        }
        tokio::time::sleep(self.longest.mul_f64(rand::random())).await;
        self.longest = (self.longest * 2).min(LONGEST_PAUSE);
        Ok(())
    }
}
