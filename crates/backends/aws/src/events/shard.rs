//! Reads the one shard of a stream.

use super::Delivered;
use super::frame::{self, Frame};
use super::places::{Entrance, Place};
use super::sequence;
use crate::client;
use crate::failure::{self, Fault};
use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::config::Config;
use aws_sdk_kinesis::operation::get_records::GetRecordsOutput;
use aws_sdk_kinesis::types::{self, ShardIteratorType};
use bytes::{Bytes, BytesMut};
use reel_capabilities::Millis;
use reel_capabilities::events::{Entry, Record};
use std::collections::HashMap;
use std::time::Duration;

/// The most records that Kinesis hands out at once.
const MAX_RECORDS: usize = 10_000;

/// How often a part of a batch is asked for.
const FETCHES: u32 = 10;
/// How long to wait in between: a shard answers five times a second.
const FETCH_AGAIN: Duration = Duration::from_millis(250);

/// A batch as it stands in its stream.
pub(super) struct Batch {
    pub(super) place: Place,
    pub(super) records: Vec<Record>,
}

/// A way through a shard, from its entrance to its end.
pub(super) struct Shard<'a> {
    client: &'a Client,
    stream: &'a str,
    id: String,
    iterator: Option<String>,
    parts: HashMap<String, Bytes>,
}

impl<'a> Shard<'a> {
    /// Enters the shard of a stream.
    pub(super) async fn enter(client: &'a Client, stream: &'a str, entrance: Entrance) -> Result<Self, Fault> {
        let id = only_shard(client, stream).await?;
        let mut shard = Self { client, stream, id, iterator: None, parts: HashMap::new() };
        shard.iterator = match shard.iterator(&entrance).await {
            // Kinesis has forgotten that record, so all that is left comes after it.
            Err(Fault::Refused(_)) if entrance != Entrance::First => shard.iterator(&Entrance::First).await?,
            iterator => iterator?,
        };
        Ok(shard)
    }

    /// A shard whose records come by themselves.
    pub(super) fn of(client: &'a Client, stream: &'a str, id: &str) -> Self {
        Self { client, stream, id: id.to_owned(), iterator: None, parts: HashMap::new() }
    }

    /// The batch that a record which came by itself holds or ends.
    pub(super) async fn unfold(&mut self, delivered: Delivered) -> Result<Option<Batch>, Fault> {
        self.take(delivered.sequence, delivered.at, delivered.data).await
    }

    /// The next batches, from about `limit` Kinesis records, and whether they are the last.
    pub(super) async fn next(&mut self, limit: usize) -> Result<(Vec<Batch>, bool), Fault> {
        let Some(answer) = self.get(self.iterator.clone(), limit).await? else { return Ok((vec![], true)) };
        let is_end = answer.millis_behind_latest.unwrap_or(0) == 0 || answer.next_shard_iterator.is_none();
        self.iterator = answer.next_shard_iterator;
        let mut batches = Vec::new();
        for record in answer.records {
            let at = arrival(&record);
            batches.extend(self.take(record.sequence_number, at, record.data.into_inner().into()).await?);
        }
        Ok((batches, is_end))
    }

    /// The batch that a Kinesis record holds or ends.
    async fn take(&mut self, sequence: String, at: Millis, content: Bytes) -> Result<Option<Batch>, Fault> {
        match Frame::read(content) {
            None => Ok(ignored(self.stream, &sequence, "nobody of Reel wrote it")),
            Some(Frame::Part(part)) => {
                self.parts.insert(sequence, part);
                Ok(None)
            }
            Some(Frame::Batch { parts, rest }) => match self.join(parts, rest).await? {
                None => Ok(ignored(self.stream, &sequence, "its first parts are gone")),
                Some(body) => batch(sequence, at, body),
            },
        }
    }

    /// The whole of a batch; none when a part is no longer kept.
    async fn join(&mut self, parts: Vec<String>, rest: Bytes) -> Result<Option<Bytes>, Fault> {
        if parts.is_empty() {
            return Ok(Some(rest));
        }
        let mut body = BytesMut::new();
        for sequence in parts {
            let part = match self.parts.remove(&sequence) {
                Some(part) => part,
                None => match self.fetch(sequence).await? {
                    Some(part) => part,
                    None => return Ok(None),
                },
            };
            body.extend_from_slice(&part);
        }
        body.extend_from_slice(&rest);
        Ok(Some(body.freeze()))
    }

    /// A part that stands before the entrance; none when it is no longer kept. An empty
    /// answer says nothing of that, so it is asked again.
    async fn fetch(&self, sequence: String) -> Result<Option<Bytes>, Fault> {
        let mut iterator = self.iterator(&Entrance::At(sequence.clone())).await?;
        for _ in 0..FETCHES {
            let Some(answer) = self.get(iterator, 1).await? else { break };
            if let Some(record) = answer.records.into_iter().next() {
                let is_it = record.sequence_number == sequence;
                return Ok(match Frame::read(record.data.into_inner().into()) {
                    Some(Frame::Part(part)) if is_it => Some(part),
                    _ => None,
                });
            }
            iterator = answer.next_shard_iterator;
            tokio::time::sleep(FETCH_AGAIN).await;
        }
        Err(Fault::Unavailable(format!("Kinesis does not show record {sequence} of stream {} now", self.stream)))
    }

    async fn get(&self, iterator: Option<String>, limit: usize) -> Result<Option<GetRecordsOutput>, Fault> {
        let Some(iterator) = iterator else { return Ok(None) };
        let limit = limit.clamp(1, MAX_RECORDS) as i32;
        let call = self.client.get_records().shard_iterator(iterator).limit(limit).customize();
        let patient = Config::builder().timeout_config(client::long_answers());
        call.config_override(patient).send().await.map(Some).map_err(failure::fault)
    }

    async fn iterator(&self, entrance: &Entrance) -> Result<Option<String>, Fault> {
        let call = self.client.get_shard_iterator().stream_name(self.stream).shard_id(&self.id);
        let call = match entrance {
            Entrance::First => call.shard_iterator_type(ShardIteratorType::TrimHorizon),
            Entrance::At(sequence) => {
                call.shard_iterator_type(ShardIteratorType::AtSequenceNumber).starting_sequence_number(sequence)
            }
            Entrance::After(sequence) => {
                call.shard_iterator_type(ShardIteratorType::AfterSequenceNumber).starting_sequence_number(sequence)
            }
        };
        Ok(call.send().await.map_err(failure::fault)?.shard_iterator)
    }
}

/// The batch that a body holds, if it holds one.
fn batch(sequence: String, at: Millis, body: Bytes) -> Result<Option<Batch>, Fault> {
    let place = sequence::place(&sequence).ok_or_else(|| unplaced(&sequence))?;
    let entries = frame::unpack(body).into_iter().flatten().enumerate();
    let record = |(index, Entry { key, data })| Record { position: sequence::position(place, index), at, key, data };
    let records: Vec<_> = entries.map(record).collect();
    let last = records.last().map(|record| record.position);
    Ok(last.map(|last| Batch { place: Place { sequence, last }, records }))
}

/// Order holds within a shard, and a stream of Reel has one order.
async fn only_shard(client: &Client, stream: &str) -> Result<String, Fault> {
    let shards = client.list_shards().stream_name(stream).send().await.map_err(failure::fault)?;
    match shards.shards() {
        [only] => Ok(only.shard_id().to_owned()),
        shards => {
            let count = shards.len();
            Err(Fault::Unavailable(format!("stream {stream} has {count} shards: one keeps its order, two do not")))
        }
    }
}

fn arrival(record: &types::Record) -> Millis {
    let at = record.approximate_arrival_timestamp.and_then(|at| at.to_millis().ok());
    at.map_or(0, |at| u64::try_from(at).unwrap_or(0))
}

/// What is said of a sequence number that has no place.
pub(super) fn unplaced(sequence: &str) -> Fault {
    Fault::Unavailable(format!("Kinesis' sequence number {sequence} is of a form that is not known"))
}

fn ignored(stream: &str, sequence: &str, why: &str) -> Option<Batch> {
    tracing::warn!(stream, sequence, "a record is passed over: {why}");
    None
}
