//! `reel:events` in Kinesis: one stream of one shard for each stream of Reel, and how far
//! consumers have come in a table.
//!
//! Kinesis takes the records of a call one by one, in no sure order, and some may fail. So a
//! batch becomes one Kinesis record, see [`frame`]. One shard takes 1 MB or 1,000 batches a
//! second.
//!
//! An append whose answer was lost is made again and may stand in the stream twice, as a
//! consumer must expect anyway.

mod frame;
mod making;
mod places;
mod sequence;
mod shard;

use crate::failure::{self, Fault};
use async_trait::async_trait;
use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::primitives::Blob;
use bytes::Bytes;
use frame::Frame;
use places::{Place, Places};
use reel_capabilities::Millis;
use reel_capabilities::events::{self, Entry, EventError, Events, Record};
use reel_capabilities::table::{Change, Condition, Key, TableError, Tables, Write};
use serde::{Deserialize, Serialize};
use shard::{Batch, Shard};
use std::sync::Arc;
use std::time::Duration;

/// The table that holds how far consumers have come.
pub const CONSUMERS: &str = "consumers";
/// The most bytes that one read answers, unless its first record alone has more.
const MAX_READ: usize = 10 * 1024 * 1024;
/// How often somebody who waits looks for records. A shard answers five times a second.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// From how many Kinesis records one sees whether there is something new.
const GLANCE: usize = 10;
/// How many to read at once where nothing is wanted yet.
const SKIP: usize = 1_000;

/// The event log in Kinesis.
pub struct KinesisEvents {
    client: Client,
    prefix: String,
    tables: Arc<dyn Tables>,
    places: Places,
    makes_streams: bool,
    look_again: Duration,
}

/// A Kinesis record that came without being read: Lambda delivers them so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The id of its shard.
    pub shard: String,
    /// Its sequence number.
    pub sequence: String,
    /// When it was stored.
    pub at: Millis,
    /// Its content.
    pub data: Bytes,
}

/// How far a consumer has come, and where that is.
#[derive(Serialize, Deserialize)]
struct Progress {
    position: u64,
    place: Option<Place>,
}

impl KinesisEvents {
    /// The streams whose names start with `prefix`, and their consumers in the table
    /// [`CONSUMERS`]. The streams must be there.
    pub fn new(client: Client, prefix: impl Into<String>, tables: Arc<dyn Tables>) -> Self {
        let (prefix, places) = (prefix.into(), Places::default());
        Self { client, prefix, tables, places, makes_streams: false, look_again: LOOK_AGAIN }
    }

    /// Makes a stream when it is first appended to, as an emulator wants it. A deployment
    /// describes its streams, and gives nobody the right to make more.
    pub fn making_streams(self) -> Self {
        Self { makes_streams: true, ..self }
    }

    /// Has those who wait look for records more or less often than once a second.
    pub fn looking_every(self, interval: Duration) -> Self {
        Self { look_again: interval, ..self }
    }

    /// The records that Kinesis records hold which came without being read, in their order.
    ///
    /// # Errors
    /// That the first part of a large batch, which came before, cannot be read now.
    pub async fn unfold(&self, stream: &str, delivered: Vec<Delivered>) -> Result<Vec<Record>, EventError> {
        let name = self.name(stream)?;
        let Some(first) = delivered.first() else { return Ok(vec![]) };
        let mut shard = Shard::of(&self.client, &name, &first.shard);
        let mut records = Vec::new();
        for one in delivered {
            records.extend(shard.unfold(one).await?.into_iter().flat_map(|batch| batch.records));
        }
        Ok(records)
    }

    /// What Kinesis calls a stream.
    fn name(&self, stream: &str) -> Result<String, EventError> {
        let name = format!("{}{stream}", self.prefix);
        let fits = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if stream.is_empty() || !fits || name.len() > 128 {
            return Err(EventError::Invalid(format!(
                "a stream's name is of letters, digits, '-', '_' and '.', and has up to 128 bytes with its prefix, not {name:?}"
            )));
        }
        Ok(name)
    }

    /// Stores one Kinesis record, and yields its sequence number.
    async fn put(&self, name: &str, key: &str, frame: Frame) -> Result<String, EventError> {
        let data = Blob::new(frame.write());
        let call = || self.client.put_record().stream_name(name).partition_key(key).data(data.clone()).send();
        let answer = match call().await.map_err(failure::fault) {
            Err(Fault::Missing) if self.makes_streams => {
                making::make_stream(&self.client, name).await?;
                call().await.map_err(failure::fault)
            }
            answer => answer,
        };
        match answer {
            Ok(stored) => Ok(stored.sequence_number),
            Err(Fault::Missing) => Err(forgotten(name)),
            Err(fault) => Err(fault.into()),
        }
    }

    /// The records after a position, until there are enough.
    async fn gather(&self, name: &str, after: u64, limit: usize) -> Result<Vec<Record>, Fault> {
        let mut shard = Shard::enter(&self.client, name, self.places.entrance(name, after)).await?;
        let mut gathered = Gathered { records: vec![], bytes: 0, limit };
        let mut ask = limit;
        loop {
            let (batches, is_end) = shard.next(ask).await?;
            for Batch { place, records } in batches.into_iter().filter(|batch| batch.place.last > after) {
                let is_full = gathered.take(records.into_iter().filter(|record| record.position > after));
                self.places.note(name, place);
                if is_full {
                    return Ok(gathered.records);
                }
            }
            if is_end {
                return Ok(gathered.records);
            }
            ask = if gathered.records.is_empty() { SKIP } else { limit };
        }
    }

    /// Returns when a stream holds records after a position, or cannot be read.
    async fn watch(&self, name: &str, after: u64) -> Result<(), Fault> {
        let mut shard = Shard::enter(&self.client, name, self.places.entrance(name, after)).await?;
        let mut ask = GLANCE;
        loop {
            let (batches, is_end) = shard.next(ask).await?;
            if batches.iter().any(|batch| batch.place.last > after) {
                return Ok(());
            }
            ask = if is_end { GLANCE } else { SKIP };
            if is_end {
                tokio::time::sleep(self.look_again).await;
            }
        }
    }

    async fn progress(&self, stream: &str, consumer: &str) -> Result<Option<Progress>, EventError> {
        let row = self.tables.get(CONSUMERS, &Key::new(stream, consumer)).await.map_err(of_table)?;
        let read = |json: &[u8]| {
            serde_json::from_slice(json).map_err(|error| {
                EventError::Unavailable(format!("how far {consumer} has come in {stream} is not readable: {error}"))
            })
        };
        row.map(|row| read(&row.value)).transpose()
    }
}

/// Records, until there are enough.
struct Gathered {
    records: Vec<Record>,
    bytes: usize,
    limit: usize,
}

impl Gathered {
    /// Takes records until there are enough, and says whether there are.
    fn take(&mut self, records: impl Iterator<Item = Record>) -> bool {
        for record in records {
            self.bytes += record.key.len() + record.data.len();
            if self.bytes > MAX_READ && !self.records.is_empty() {
                return true;
            }
            self.records.push(record);
            if self.records.len() == self.limit {
                return true;
            }
        }
        false
    }
}

#[async_trait]
impl Events for KinesisEvents {
    async fn append(&self, stream: &str, entries: Vec<Entry>) -> Result<u64, EventError> {
        events::validate(&entries)?;
        let name = self.name(stream)?;
        let Some(Entry { key, .. }) = entries.first() else { return Ok(0) };
        let (pieces, rest) = frame::pieces(&entries);
        let mut parts = Vec::new();
        for piece in pieces {
            parts.push(self.put(&name, key, Frame::Part(piece)).await?);
        }
        let sequence = self.put(&name, key, Frame::Batch { parts, rest }).await?;
        let place = sequence::place(&sequence).ok_or_else(|| shard::unplaced(&sequence))?;
        Ok(sequence::position(place, entries.len() - 1))
    }

    async fn read(&self, stream: &str, after: u64, limit: usize) -> Result<Vec<Record>, EventError> {
        let name = self.name(stream)?;
        if limit == 0 {
            return Ok(vec![]);
        }
        match self.gather(&name, after, limit).await {
            Err(Fault::Missing) if self.makes_streams => Ok(vec![]),
            Err(Fault::Missing) => Err(forgotten(&name)),
            records => Ok(records?),
        }
    }

    async fn position(&self, stream: &str, consumer: &str) -> Result<u64, EventError> {
        let name = self.name(stream)?;
        let Some(progress) = self.progress(stream, consumer).await? else { return Ok(0) };
        if let Some(place) = progress.place {
            self.places.note(&name, place);
        }
        Ok(progress.position)
    }

    async fn commit(&self, stream: &str, consumer: &str, position: u64) -> Result<(), EventError> {
        let progress = Progress { position, place: self.places.of(&self.name(stream)?, position) };
        let value = serde_json::to_vec(&progress).map_err(|error| EventError::Unavailable(error.to_string()))?;
        let write = Write {
            table: CONSUMERS.into(),
            key: Key::new(stream, consumer),
            condition: Condition::Always,
            change: Change::Put { value, expires_at: None },
        };
        self.tables.transact(vec![write]).await.map(drop).map_err(of_table)
    }

    async fn wait(&self, stream: &str, after: u64) {
        // A stream with a wrong name holds nothing: reading it will say why.
        let Ok(name) = self.name(stream) else { return };
        loop {
            let watched = self.watch(&name, after).await;
            if watched.is_ok() {
                return;
            }
            tokio::time::sleep(self.look_again).await;
            // A stream that nobody has made yet gets its first record one day. One that
            // cannot be looked at may hold records: reading it will say why not.
            if !(self.makes_streams && matches!(watched, Err(Fault::Missing))) {
                return;
            }
        }
    }
}

fn of_table(error: TableError) -> EventError {
    match error {
        TableError::Invalid(why) => EventError::Invalid(why),
        error => EventError::Unavailable(error.to_string()),
    }
}

fn forgotten(name: &str) -> EventError {
    EventError::Unavailable(format!("Kinesis has no stream {name}: it is part of the deployment"))
}
