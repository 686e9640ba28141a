//! The event log (`reel:events`): appending, and consuming what the host delivers.

mod intake;

use crate::bindings::capabilities::reel::events::streams;
use crate::denied::{broken, denied, unavailable};
use crate::{Request, Response};
use reel_api::Problem;
use reel_api::internal::{Failed, Receipt, Record};
use serde::Serialize;

pub use intake::Intake;
pub use streams::{Entry, Error};

/// A stream that `reel.toml` grants, by its name: `const PLAYBACK: Stream = Stream("playback");`.
#[derive(Debug, Clone, Copy)]
pub struct Stream(pub &'static str);

impl Stream {
    /// Appends up to 500 records (1 MB each, 5 MB together), all or none, and returns the
    /// position of the last. They are durable then.
    pub async fn append(&self, entries: Vec<Entry>) -> Result<u64, Error> {
        streams::append(self.0.into(), entries).await
    }

    /// Appends one record of JSON.
    pub async fn append_json(&self, key: &str, value: &impl Serialize) -> Result<u64, Problem> {
        Ok(self.append(vec![Entry::json(key, value)?]).await?)
    }
}

impl Entry {
    /// A record of JSON. Records of one key keep their order.
    ///
    /// # Errors
    /// A 500 problem when the value has no JSON form.
    pub fn json(key: &str, value: &impl Serialize) -> Result<Self, Problem> {
        let data =
            serde_json::to_vec(value).map_err(|e| Problem::internal(format!("an event has no JSON form: {e}")))?;
        Ok(Self { key: key.into(), data })
    }
}

/// Answers a batch of events by handling one record after the other. A record that
/// fails is delivered again, and so are the later ones of its key, which keeps their order.
///
/// # Errors
/// A 400 problem when the request is not a batch.
pub async fn consume(
    request: &Request,
    mut handle: impl AsyncFnMut(&Record) -> Result<(), Problem>,
) -> Result<Response, Problem> {
    let batch = request.batch()?;
    let mut receipt = Receipt::default();
    let mut failed_keys: Vec<&str> = Vec::new();
    for record in &batch.records {
        let reason = if failed_keys.contains(&record.key.as_str()) {
            "it waits for an earlier one of its key".to_owned()
        } else {
            let Err(problem) = handle(record).await else { continue };
            eprintln!("record {} of {} failed: {problem}", record.position, batch.stream);
            failed_keys.push(&record.key);
            problem.to_string()
        };
        receipt.failed.push(Failed { position: record.position, reason });
    }
    Response::json(200, &receipt)
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Denied(stream) => denied("streams", &stream),
            Error::Invalid(why) => broken("the event log", &why),
            Error::Unavailable(why) => unavailable("the event log", &why),
        }
    }
}
