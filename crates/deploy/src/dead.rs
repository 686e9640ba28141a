//! The records that no consumer could handle, on AWS: what they are, why they are there, and back
//! into their stream.

use crate::names::Stage;
use reel_backend_aws::client::Aws;
use reel_backend_aws::events::KinesisEvents;
use reel_backend_aws::table::DynamoTables;
use reel_capabilities::SystemClock;
use reel_host::dead::{self, DeadRecord};
use serde_json::{Value, json};
use std::sync::Arc;

/// The dead records of one stream.
pub(crate) struct DeadRecords {
    events: KinesisEvents,
    stream: String,
}

impl DeadRecords {
    pub(crate) fn new(aws: &Aws, stage: &Stage, stream: &str) -> Self {
        let tables = Arc::new(DynamoTables::new(aws.dynamodb(), stage.prefix(), Arc::new(SystemClock)));
        Self { events: KinesisEvents::new(aws.kinesis(), stage.prefix(), tables), stream: stream.to_owned() }
    }

    /// Hands over what is known of each that Kinesis still has, and whether it was sent again.
    pub(crate) async fn list(&self, mut each: impl FnMut(&Value)) -> anyhow::Result<()> {
        Ok(dead::list(&self.events, &self.stream, |record| each(&described(record))).await?)
    }

    /// Sends those that were not sent again yet back into their stream; answers how many.
    pub(crate) async fn replay(&self) -> anyhow::Result<usize> {
        Ok(dead::send_again(&self.events, &self.stream).await?)
    }
}

fn described(DeadRecord { at, dead, sent_again }: DeadRecord) -> Value {
    let data = dead.record.map(|whole| {
        serde_json::from_slice(&whole.data).unwrap_or_else(|_| String::from_utf8_lossy(&whole.data).into_owned().into())
    });
    json!({ "at": at, "consumer": dead.consumer, "reason": dead.reason, "position": dead.position,
        "replayed": sent_again, "data": data.unwrap_or(Value::Null) })
}
