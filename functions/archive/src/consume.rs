//! Events, put into files. A batch may come again, whole or in parts; its events are kept once.

use crate::file;
use crate::partition::{self, Archived, Partition};
use reel_api::internal::{Batch, Failed, Receipt, Record};
use reel_events::Recorded;
use reel_events::recent::{Mark, key_of};
use reel_sdk::blob::Bucket;
use reel_sdk::events::Intake;
use reel_sdk::table::Table;
use reel_sdk::{Problem, Response, clock};
use std::collections::BTreeMap;

const ARCHIVE: Table = Table("archive");
pub(crate) const FILES: Bucket = Bucket("archive");

/// Writes one file for each partition of a batch, then notes how far that is. A file has the
/// name of its first position: when the note is missing, because this was cut off, the same
/// batch comes again, however long, and its files are written over these.
///
/// # Errors
/// A 503 problem when table or bucket does not answer; the host delivers again.
pub(crate) async fn batch(batch: &Batch) -> Result<Response, Problem> {
    let mut intake = Intake::of(ARCHIVE, &batch.stream).await?;
    let mut receipt = Receipt::default();
    let (mut mark, mut keys) = (intake.mark, Vec::new());
    let mut files: BTreeMap<Partition, Vec<Archived>> = BTreeMap::new();
    for record in &batch.records {
        let (recorded, event) = match read(record) {
            Ok(read) => read,
            Err(reason) => {
                receipt.failed.push(Failed { position: record.position, reason });
                mark.position = mark.position.max(record.position);
                continue;
            }
        };
        if record.position <= mark.position {
            continue;
        }
        mark = Mark { position: record.position, latest: mark.latest.max(recorded.event.at) };
        let key = key_of(&[recorded.event.id.as_bytes()]);
        if intake.recent.take(key) {
            keys.push(key);
            files.entry(Partition::of(&event, recorded.event.at)).or_default().push((record.position, event));
        }
    }
    for (partition, events) in &files {
        write(partition, &batch.stream, events).await?;
    }
    if mark != intake.mark {
        intake = intake.commit(mark, &keys, Vec::new(), clock::now_ms()).await?;
    }
    intake.remember();
    Response::json(200, &receipt)
}

async fn write(partition: &Partition, stream: &str, events: &[Archived]) -> Result<(), Problem> {
    let bytes = file::parquet(&partition.kind, events)
        .map_err(|e| Problem::internal(format!("events have no form in Parquet: {e}")))?;
    FILES.write(&partition.key(stream, events), partition::MEDIA_TYPE, bytes).await?;
    Ok(())
}

/// The event, and all that the record holds of it: of a pseudonym, for files stay when a person is deleted.
fn read(record: &Record) -> Result<(Recorded, serde_json::Value), String> {
    let unreadable = |e| format!("the record is not an event: {e}");
    let mut value: serde_json::Value = serde_json::from_slice(&record.data).map_err(unreadable)?;
    let recorded: Recorded = serde_json::from_value(value.clone()).map_err(unreadable)?;
    value["account"] = recorded.account.pseudonym().to_string().into();
    value["profile"] = recorded.profile.pseudonym().to_string().into();
    Ok((recorded, value))
}
