//! Delivers events to functions: in order, at least once, and never stuck for ever.

use crate::body;
use crate::call::{Call, Chain, Trace};
use crate::function::Function;
use crate::host::{Host, post};
use crate::rewind::Turn;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use reel_api::Problem;
use reel_api::internal::{Batch, Dead, EVENTS_PATH, Failed, Receipt};
use reel_app::Consume;
use reel_capabilities::events::{Entry, EventError, Events, Record};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The most bytes of records in one delivery, before they are encoded.
const MAX_DELIVERY: usize = 4 << 20;
/// The most characters of what a function says of a record that are kept with it.
const MAX_REASON: usize = 1_000;
/// How often a batch that waits for more records is looked at.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// The longest answer to a delivery, in bytes.
const MAX_RECEIPT: usize = 1 << 20;

/// How often, and after what pauses, records that failed are delivered again.
#[derive(Debug, Clone, Copy)]
pub struct Redelivery {
    /// After so many deliveries a record goes to the stream `dead-STREAM`.
    pub attempts: u32,
    /// The first pause; each one after it is twice as long.
    pub first: Duration,
    /// The longest pause.
    pub most: Duration,
}

impl Default for Redelivery {
    fn default() -> Self {
        Self { attempts: 5, first: Duration::from_millis(100), most: Duration::from_secs(10) }
    }
}

impl Redelivery {
    /// The pause after so many deliveries that failed.
    fn pause(&self, failed: u32) -> Duration {
        let doubled = self.first.saturating_mul(1 << failed.saturating_sub(1).min(16));
        doubled.min(self.most)
    }
}

/// One function that consumes one stream.
pub(crate) struct Consumer {
    function: Arc<Function>,
    consume: Consume,
    events: Arc<dyn Events>,
    redelivery: Redelivery,
    turn: Arc<Turn>,
}

/// What became of one delivery.
enum Delivered {
    /// The function took the batch, all but these.
    Except(Vec<Failed>),
    /// It failed as a whole.
    Failed(Problem),
    /// It could not be tried: the function or what it needs is not there now.
    Unavailable,
}

/// What is left of a delivery that was made often enough.
struct Undone {
    left: Vec<Record>,
    /// What the function said the last time, if it said anything.
    why: String,
}

impl Consumer {
    /// One consumer for each entry of the manifest.
    pub(crate) fn of(host: &Host) -> Vec<Self> {
        let inner = host.inner();
        let consumers = inner.functions.iter().flat_map(|(name, function)| {
            let entries = inner.app.functions.get(name).map(|described| described.consumes.clone()).unwrap_or_default();
            entries.into_iter().map(move |consume| (function.clone(), consume))
        });
        let consumer = |(function, consume): (Arc<Function>, Consume)| Self {
            turn: inner.turns.of(&consume.stream, &consume.consumer).unwrap_or_default(),
            function,
            consume,
            events: inner.capabilities.events.clone(),
            redelivery: inner.redelivery,
        };
        consumers.map(consumer).collect()
    }

    /// Delivers for ever.
    pub(crate) async fn run(&self) {
        loop {
            if let Err(error) = self.advance().await {
                let Consume { stream, consumer, .. } = &self.consume;
                tracing::warn!(stream, consumer, "events cannot be delivered now: {error}");
                tokio::time::sleep(self.redelivery.most).await;
            }
        }
    }

    /// Delivers the next records, and notes that they are done, unless the consumer was sent
    /// back meanwhile.
    async fn advance(&self) -> Result<(), EventError> {
        let Consume { stream, consumer, batch, .. } = &self.consume;
        let turn = self.turn.begin().await;
        let after = self.events.position(stream, consumer).await?;
        let mut records = self.events.read(stream, after, *batch).await?;
        records.truncate(fitting(&records));
        let Some(last) = records.last().map(|record| record.position) else {
            self.turn.unless_sent_back(self.events.wait(stream, after)).await;
            return Ok(());
        };
        if let Some(more) = self.lingers(&records) {
            self.turn.unless_sent_back(tokio::time::sleep(more)).await;
            return Ok(());
        }
        self.finish(records).await?;
        self.turn.end(turn, self.events.commit(stream, consumer, last)).await
    }

    /// For how long these may still wait for more; none when they are to be delivered.
    fn lingers(&self, records: &[Record]) -> Option<Duration> {
        let full = records.len() >= self.consume.batch || fitting(records) < records.len();
        let first = records.first().filter(|_| !full && !self.consume.linger.is_zero())?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let waited = now.saturating_sub(Duration::from_millis(first.at));
        // In short steps: a batch may become full.
        self.consume.linger.checked_sub(waited).filter(|left| !left.is_zero()).map(|left| left.min(LOOK_AGAIN))
    }

    /// The stream that is consumed.
    pub(crate) fn stream(&self) -> &str {
        &self.consume.stream
    }

    /// Delivers all of these records, or puts aside what fails too often.
    pub(crate) async fn finish(&self, mut records: Vec<Record>) -> Result<(), EventError> {
        while !records.is_empty() {
            let later = records.split_off(fitting(&records).min(self.consume.batch));
            for record in self.deliver(std::mem::replace(&mut records, later)).await.left {
                // One by one: what fails again is what has to go.
                let Undone { left, why } = self.deliver(vec![record]).await;
                for failed in left {
                    self.bury(failed, &why).await?;
                }
            }
        }
        Ok(())
    }

    /// Delivers records once: those that failed.
    pub(crate) async fn offer(&self, mut records: &[Record]) -> Result<Vec<Failed>, EventError> {
        let mut all = Vec::new();
        while !records.is_empty() {
            let (now, later) = records.split_at(fitting(records).min(self.consume.batch));
            match self.post(now).await {
                Delivered::Except(failed) => all.extend(failed),
                Delivered::Failed(problem) => {
                    let failed = |record: &Record| Failed { position: record.position, reason: problem.to_string() };
                    all.extend(now.iter().map(failed));
                }
                Delivered::Unavailable => {
                    return Err(EventError::Unavailable(format!("{} cannot be tried now", self.function.name)));
                }
            }
            records = later;
        }
        Ok(all)
    }

    /// Delivers records until they are done, or were delivered often enough: those that are left.
    async fn deliver(&self, mut records: Vec<Record>) -> Undone {
        let mut why = String::new();
        let mut failed = 0;
        let mut waited = 0;
        while failed < self.redelivery.attempts {
            match self.post(&records).await {
                Delivered::Except(those) => {
                    records.retain(|record| those.iter().any(|failed| failed.position == record.position));
                    why = those.first().map(|failed| format!(": {}", failed.reason)).unwrap_or_default();
                    failed += 1;
                }
                Delivered::Failed(problem) => {
                    tracing::warn!(
                        function = &*self.function.name,
                        stream = self.consume.stream,
                        "a batch failed: {problem}"
                    );
                    why = format!(": {problem}");
                    failed += 1;
                }
                // Not the records' fault: it does not count.
                Delivered::Unavailable => {
                    waited += 1;
                    tokio::time::sleep(self.redelivery.pause(waited)).await;
                    continue;
                }
            }
            if records.is_empty() {
                break;
            }
            tokio::time::sleep(self.redelivery.pause(failed)).await;
        }
        Undone { left: records, why }
    }

    async fn post(&self, records: &[Record]) -> Delivered {
        let batch = Batch { stream: self.consume.stream.clone(), records: records.iter().map(wire).collect() };
        let json = match serde_json::to_vec(&batch) {
            Ok(json) => json,
            Err(e) => return Delivered::Failed(Problem::internal(e.to_string())),
        };
        let request = post(&self.function.name, EVENTS_PATH, json);
        let call = Call::from_outside(Trace::of(&HeaderMap::new()));
        let response = self.function.call(&call, Chain::default(), request).await;
        let status = response.status();
        match body::read(response.into_body(), MAX_RECEIPT).await {
            Ok(body) => understood(status, &body),
            Err(e) => Delivered::Failed(Problem::internal(format!("the receipt broke off: {e}"))),
        }
    }

    /// Puts a record aside, with all that is known of it, so that those behind it go on.
    async fn bury(&self, record: Record, why: &str) -> Result<(), EventError> {
        let Consume { stream, consumer, .. } = &self.consume;
        let position = record.position;
        tracing::error!(stream, consumer, position, "a record failed too often: it goes to dead-{stream}");
        let why: String = why.chars().take(MAX_REASON).collect();
        let reason = format!("{} failed on it {} times{why}", self.function.name, self.redelivery.attempts);
        let whole = Some(wire(&record));
        let mut dead = Dead { stream: stream.clone(), consumer: consumer.clone(), reason, position, record: whole };
        // Base64 makes a record of the greatest size too long: then only its place is kept.
        let mut data = json(&dead)?;
        if data.len() > reel_capabilities::events::MAX_RECORD {
            dead.record = None;
            data = json(&dead)?;
        }
        let entry = Entry { key: record.key, data };
        self.events.append(&crate::dead::name(stream), vec![entry]).await.map(drop)
    }
}

/// How many of the first records together are not too long; always one, if there is one.
fn fitting(records: &[Record]) -> usize {
    let mut total = 0;
    let fitting = records.iter().take_while(|record| {
        total += record.data.len();
        total <= MAX_DELIVERY
    });
    fitting.count().max(1)
}

fn json(dead: &Dead) -> Result<Bytes, EventError> {
    serde_json::to_vec(dead).map(Bytes::from).map_err(|e| EventError::Invalid(e.to_string()))
}

fn wire(record: &Record) -> reel_api::internal::Record {
    let Record { position, at, key, data } = record.clone();
    reel_api::internal::Record { position, at, key, data: data.into() }
}

fn understood(status: StatusCode, body: &[u8]) -> Delivered {
    match status {
        StatusCode::OK => match serde_json::from_slice::<Receipt>(body) {
            Ok(receipt) => Delivered::Except(receipt.failed),
            Err(e) => Delivered::Failed(Problem::internal(format!("the receipt does not read: {e}"))),
        },
        StatusCode::SERVICE_UNAVAILABLE => Delivered::Unavailable,
        _ => {
            let unknown = || Problem::new(status.as_u16(), "unknown", "The batch failed", status.to_string());
            Delivered::Failed(serde_json::from_slice(body).unwrap_or_else(|_| unknown()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(position: u64, length: usize) -> Record {
        Record { position, at: 0, key: "k".into(), data: vec![0; length].into() }
    }

    #[test]
    fn pauses_grow_up_to_the_longest() {
        let redelivery = Redelivery { attempts: 5, first: Duration::from_millis(100), most: Duration::from_secs(1) };
        let pauses: Vec<u128> = (1..=6).map(|n| redelivery.pause(n).as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1_000, 1_000]);
        assert_eq!(redelivery.pause(u32::MAX).as_secs(), 1);
    }

    #[test]
    fn a_delivery_is_bounded_and_never_empty() {
        let many: Vec<Record> = (1..=6).map(|n| record(n, 1 << 20)).collect();
        assert_eq!(fitting(&many), 4);
        assert_eq!(fitting(&[record(1, MAX_DELIVERY + 1)]), 1);
    }
}
