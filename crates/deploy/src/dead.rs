//! The records that no consumer could handle, in the stream `dead-STREAM` of each stream: what
//! they are, why they are there, and back into their stream.

use crate::names::Stage;
use anyhow::Context;
use bytes::Bytes;
use reel_api::internal::Dead;
use reel_backend_aws::client::Aws;
use reel_backend_aws::events::KinesisEvents;
use reel_backend_aws::table::DynamoTables;
use reel_capabilities::SystemClock;
use reel_capabilities::events::{Entry, Events, Record};
use serde_json::{Value, json};
use std::sync::Arc;

/// Whose place in a stream of dead records says which of them were sent again.
const REPLAY: &str = "replay";
/// How many are read at once.
const PAGE: usize = 100;

/// The dead records of one stream.
pub(crate) struct DeadRecords {
    events: KinesisEvents,
    stream: String,
    dead: String,
}

impl DeadRecords {
    pub(crate) fn new(aws: &Aws, stage: &Stage, stream: &str) -> Self {
        let tables = Arc::new(DynamoTables::new(aws.dynamodb(), stage.prefix(), Arc::new(SystemClock)));
        let events = KinesisEvents::new(aws.kinesis(), stage.prefix(), tables);
        Self { events, stream: stream.to_owned(), dead: format!("dead-{stream}") }
    }

    /// Hands over what is known of each that Kinesis still has, and whether it was sent again.
    pub(crate) async fn list(&self, mut each: impl FnMut(&Value)) -> anyhow::Result<()> {
        let replayed = self.events.position(&self.dead, REPLAY).await?;
        self.pages(0, async |page| {
            for record in page {
                each(&described(record, record.position <= replayed)?);
            }
            Ok(())
        })
        .await
    }

    /// Sends those that were not sent again yet back into their stream; answers how many. Every
    /// consumer sees them: as always, it knows by the event's id what it has done before.
    pub(crate) async fn replay(&self) -> anyhow::Result<usize> {
        let mut replayed = 0;
        let begin = self.events.position(&self.dead, REPLAY).await?;
        self.pages(begin, async |page| {
            for record in page {
                if let Some(entry) = entry(record)? {
                    self.events.append(&self.stream, vec![entry]).await?;
                    replayed += 1;
                }
                self.events.commit(&self.dead, REPLAY, record.position).await?;
            }
            Ok(())
        })
        .await?;
        Ok(replayed)
    }

    async fn pages(
        &self,
        mut after: u64,
        mut take: impl AsyncFnMut(&[Record]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        loop {
            let page = self.events.read(&self.dead, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            take(&page).await?;
            after = last.position;
        }
    }
}

fn read(record: &Record) -> anyhow::Result<Dead> {
    serde_json::from_slice(&record.data).with_context(|| format!("the dead record {} does not read", record.position))
}

/// The record as it was; none where it was too long to be kept.
fn entry(record: &Record) -> anyhow::Result<Option<Entry>> {
    let dead = read(record)?;
    Ok(dead.record.map(|record| Entry { key: record.key, data: Bytes::from(record.data) }))
}

fn described(record: &Record, replayed: bool) -> anyhow::Result<Value> {
    let Dead { consumer, reason, position, record: whole, .. } = read(record)?;
    let data = whole.map(|whole| {
        serde_json::from_slice(&whole.data).unwrap_or_else(|_| String::from_utf8_lossy(&whole.data).into_owned().into())
    });
    Ok(json!({ "at": record.at, "consumer": consumer, "reason": reason, "position": position, "replayed": replayed,
        "data": data.unwrap_or(Value::Null) }))
}
