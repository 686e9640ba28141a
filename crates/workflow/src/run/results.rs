//! `ResultWriter`: the results of a distributed Map, in a bucket.
//!
//! The files are those of AWS: `manifest.json` names them, `SUCCEEDED_0.json` and
//! `FAILED_0.json` hold an array of one object for each item, with the item's input and
//! output as JSON in a string.

use super::context::{Identity, machine_arn, map_run_arn, timestamp};
use super::frame::Frame;
use super::journal::{Record, Stage};
use super::map::{MapRun, Tally};
use crate::failure::Failure;
use crate::machine::Location;
use reel_capabilities::blob::{self, Body};
use serde_json::{Value, json};

impl Frame<'_> {
    /// Writes the results and says where they are. Written again, they are the same.
    pub(super) async fn export(&self, run: &MapRun<'_>, location: &Location, tally: &Tally) -> Result<Value, Failure> {
        let (bucket, prefix) = self.locate(location, run.at, run.input)?;
        let id = self.stable_id(&run.path);
        let folder = if prefix.is_empty() { id.clone() } else { format!("{}/{id}", prefix.trim_end_matches('/')) };
        let mut files = json!({ "FAILED": [], "PENDING": [], "SUCCEEDED": [] });
        for status in ["SUCCEEDED", "FAILED"] {
            let lines = self.lines(run, tally, status)?;
            if !lines.is_empty() {
                let key = format!("{folder}/{status}_0.json");
                let size = self.put(&bucket, &key, array(lines)).await?;
                files[status] = json!([{ "Key": key, "Size": size }]);
            }
        }
        let arn = map_run_arn(&self.run.workflow, run.label(), &id);
        let manifest = json!({ "DestinationBucket": bucket, "MapRunArn": arn, "ResultFiles": files });
        let key = format!("{folder}/manifest.json");
        self.put(&bucket, &key, blob::body(manifest.to_string())).await?;
        Ok(json!({ "MapRunArn": arn, "ResultWriterDetails": { "Bucket": bucket, "Key": key } }))
    }

    async fn put(&self, bucket: &str, key: &str, body: Body) -> Result<u64, Failure> {
        let written = self.run.shared.blobs.write(bucket, key, "application/json", body, false).await;
        let failed = |e| Failure::new("States.ResultWriterFailed", format!("{bucket}/{key} cannot be written: {e}"));
        written.map(|info| info.size).map_err(failed)
    }

    /// The items that ended so, each as the text of its object.
    fn lines(&self, run: &MapRun, tally: &Tally, status: &str) -> Result<Vec<String>, Failure> {
        let mut lines = Vec::new();
        for (index, (item, record)) in run.items.iter().zip(&tally.ended).enumerate() {
            let Some(record) =
                record.as_ref().filter(|record| matches!(record.stage, Stage::Failed(_)) == (status == "FAILED"))
            else {
                continue;
            };
            let input = self.item_input(run.map, run.at, run.input, (index, item))?;
            let name = self.item_name(run, index);
            let identity = Identity::of_item(&self.run.workflow, run.label(), name, input, record.started);
            lines.push(line(&identity, record, status, &self.run.workflow).to_string());
        }
        Ok(lines)
    }
}

fn line(item: &Identity, record: &Record, status: &str, workflow: &str) -> Value {
    let mut line = json!({
        "ExecutionArn": item.id,
        "Input": item.input.to_string(),
        "InputDetails": { "Included": true },
        "Name": item.name,
        "StartDate": timestamp(item.started),
        "StateMachineArn": machine_arn(workflow),
        "Status": status,
        "StopDate": timestamp(record.written),
    });
    match &record.stage {
        Stage::Done(output) => {
            line["Output"] = output.to_string().into();
            line["OutputDetails"] = json!({ "Included": true });
        }
        Stage::Failed(failure) => {
            line["Error"] = failure.error.as_str().into();
            line["Cause"] = failure.cause.as_str().into();
        }
        Stage::At(_) => {}
    }
    line
}

/// The lines as one JSON array, a line at a time.
fn array(lines: Vec<String>) -> Body {
    let last = lines.len().saturating_sub(1);
    let chunk = move |(index, line): (usize, String)| {
        let (open, close) = (if index == 0 { "[" } else { "" }, if index == last { "]" } else { ",\n" });
        Ok(format!("{open}{line}{close}").into())
    };
    Box::pin(futures::stream::iter(lines.into_iter().enumerate().map(chunk)))
}
