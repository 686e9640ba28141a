//! Events, counted. A batch may come again, whole or in parts; its events count once.

use crate::store::{self, ANALYTICS};
use reel_analytics::Chunk;
use reel_api::internal::{Batch, Failed, Receipt};
use reel_events::Recorded;
use reel_sdk::events::Intake;
use reel_sdk::{Problem, Response, clock};

/// The most rows that the events of one transaction change.
const MAX_CELLS: usize = 98;
/// The most rows that one event changes: totals of three widths, two parts of two; and as many
/// totals again where it is a double in part.
const CELLS_OF_ONE: usize = 10;

/// Counts a batch, in as many transactions as it needs. Each has the place that it reaches in
/// the stream, so that what is delivered again goes on from there.
///
/// # Errors
/// A 503 problem when the table does not answer; the host delivers again.
pub(crate) async fn batch(batch: &Batch) -> Result<Response, Problem> {
    let mut intake = Intake::of(ANALYTICS, &batch.stream).await?;
    let mut chunk = Chunk::after(intake.mark);
    let mut receipt = Receipt::default();
    for record in &batch.records {
        match Recorded::read(&record.data) {
            Ok(recorded) => chunk.take(record.position, &recorded, &mut intake.recent),
            Err(reason) => {
                chunk.pass(record.position);
                receipt.failed.push(Failed { position: record.position, reason });
            }
        }
        if chunk.tally.len() + CELLS_OF_ONE > MAX_CELLS {
            intake = write(intake, chunk).await?;
            chunk = Chunk::after(intake.mark);
        }
    }
    write(intake, chunk).await?.remember();
    Response::json(200, &receipt)
}

async fn write(intake: Intake, chunk: Chunk) -> Result<Intake, Problem> {
    if chunk.mark == intake.mark {
        return Ok(intake);
    }
    intake.commit(chunk.mark, &chunk.keys, store::writes(&chunk.tally), clock::now_ms()).await
}
