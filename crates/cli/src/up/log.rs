//! `http://log.internal/`: the event log, as function `streams` hands it to operators.

use async_trait::async_trait;
use http::{Method, Request, Response};
use reel_api::streams::{
    Consumer, DeadRecord, DeadRecords, MAX_RECORDS, MAX_WAIT_MS, Record, Records, Replay, Replayed, SentAgain, Stream,
    Streams,
};
use reel_api::{Problem, from_rfc3339, rfc3339};
use reel_capabilities::events::{EventError, Events};
use reel_host::{Body, Host, InternalService, dead, full, problem_response, read};
use serde::Serialize;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The longest request, in bytes.
const MAX_REQUEST: usize = 64 * 1024;

/// The log of a host, which is built after the services that it lends.
#[derive(Default)]
pub(crate) struct LogService(OnceLock<Host>);

#[async_trait]
impl InternalService for LogService {
    async fn call(&self, request: Request<Body>) -> Response<Body> {
        self.answer(request).await.unwrap_or_else(|problem| problem_response(&problem))
    }
}

impl LogService {
    /// Gives it its host. Once.
    pub(crate) fn serve(&self, host: Host) {
        let _ = self.0.set(host);
    }

    async fn answer(&self, request: Request<Body>) -> Result<Response<Body>, Problem> {
        let host = self.0.get().ok_or_else(|| Problem::unavailable("the platform is still starting", 1))?;
        let (head, body) = request.into_parts();
        let body = read(body, MAX_REQUEST).await.map_err(|e| Problem::invalid(e.to_string()))?;
        let path = head.uri.path().trim_matches('/').to_owned();
        let log = Log { host, events: host.capabilities().events.clone() };
        match (&head.method, &path.split('/').collect::<Vec<_>>()[..]) {
            (&Method::GET, ["streams"]) => json(&log.streams().await?),
            (&Method::GET, ["streams", stream, "records"]) => {
                json(&log.records(log.known(stream)?, head.uri.query().unwrap_or_default()).await?)
            }
            (&Method::GET, ["streams", stream, "dead"]) => json(&log.dead(log.known(stream)?).await?),
            (&Method::POST, ["streams", stream, "dead", "send-again"]) => {
                let sent = dead::send_again(&*log.events, log.known(stream)?).await.map_err(problem)?;
                json(&SentAgain { sent })
            }
            (&Method::POST, ["streams", stream, "consumers", consumer, "replay"]) => {
                let replay = serde_json::from_slice(&body)
                    .map_err(|e| Problem::invalid(format!("the body is not the JSON expected here: {e}")))?;
                json(&log.replay(log.known(stream)?, consumer, &replay).await?)
            }
            _ => Err(Problem::not_found(format!("there is no {} /{path}", head.method))),
        }
    }
}

struct Log<'a> {
    host: &'a Host,
    events: Arc<dyn Events>,
}

impl Log<'_> {
    /// A stream of the manifest, or one of dead records.
    fn known<'s>(&self, stream: &'s str) -> Result<&'s str, Problem> {
        let names = self.names();
        if names.iter().any(|name| name == stream.strip_prefix("dead-").unwrap_or(stream)) {
            return Ok(stream);
        }
        Err(Problem::not_found(format!("there is no stream {stream}; there are {}", names.join(", "))))
    }

    fn names(&self) -> Vec<String> {
        let functions = self.host.app().functions.values();
        let mut names: Vec<_> = functions
            .flat_map(|function| {
                function.grants.streams.iter().cloned().chain(function.consumes.iter().map(|c| c.stream.clone()))
            })
            .collect();
        names.sort();
        names.dedup();
        names
    }

    async fn streams(&self) -> Result<Streams, Problem> {
        let mut streams = Vec::new();
        for name in self.names() {
            let last = self.events.before(&name, u64::MAX).await.map_err(problem)?;
            let consumers = self.consumers(&name).await?;
            let mut dead = 0;
            dead::list(&*self.events, &name, |record| dead += usize::from(!record.sent_again))
                .await
                .map_err(problem)?;
            streams.push(Stream { name, last, consumers, dead });
        }
        Ok(Streams { streams })
    }

    async fn consumers(&self, stream: &str) -> Result<Vec<Consumer>, Problem> {
        let consumes = self.host.app().functions.values().flat_map(|function| &function.consumes);
        let mut consumers = Vec::new();
        for consume in consumes.filter(|consume| consume.stream == stream) {
            let position = self.events.position(stream, &consume.consumer).await.map_err(problem)?;
            consumers.push(Consumer { name: consume.consumer.clone(), position });
        }
        Ok(consumers)
    }

    async fn records(&self, stream: &str, query: &str) -> Result<Records, Problem> {
        let limit = number(query, "limit")?.unwrap_or(MAX_RECORDS as u64).clamp(1, MAX_RECORDS as u64);
        let after = match (number(query, "last")?, number(query, "after")?) {
            (Some(last), _) => self.events.before(stream, u64::MAX).await.map_err(problem)?.saturating_sub(last),
            (None, after) => after.unwrap_or(0),
        };
        let mut records = self.read(stream, after, limit).await?;
        let wait = Duration::from_millis(number(query, "wait_ms")?.unwrap_or(0).min(MAX_WAIT_MS));
        if records.is_empty() && tokio::time::timeout(wait, self.events.wait(stream, after)).await.is_ok() {
            records = self.read(stream, after, limit).await?;
        }
        let next = records.last().map_or(after, |record| record.position);
        Ok(Records { records, next })
    }

    async fn read(&self, stream: &str, after: u64, limit: u64) -> Result<Vec<Record>, Problem> {
        let records = self.events.read(stream, after, limit as usize).await.map_err(problem)?;
        let shown = |record: reel_capabilities::events::Record| Record {
            position: record.position,
            appended_at: rfc3339(record.at),
            key: record.key,
            data: readable(&record.data),
        };
        Ok(records.into_iter().map(shown).collect())
    }

    async fn dead(&self, stream: &str) -> Result<DeadRecords, Problem> {
        let mut last = VecDeque::new();
        let keep = |record: dead::DeadRecord| {
            last.push_back(record);
            if last.len() > MAX_RECORDS {
                last.pop_front();
            }
        };
        dead::list(&*self.events, stream, keep).await.map_err(problem)?;
        Ok(DeadRecords { records: last.into_iter().map(told).collect() })
    }

    async fn replay(&self, stream: &str, consumer: &str, replay: &Replay) -> Result<Replayed, Problem> {
        let after = match (replay.after, &replay.since) {
            (Some(after), None) => after,
            (None, Some(since)) => {
                let at = from_rfc3339(since).ok_or_else(|| {
                    Problem::invalid(format!("since is {since:?}; write a time as 2026-01-31T18:00:00Z"))
                })?;
                self.events.before(stream, at).await.map_err(problem)?
            }
            _ => return Err(Problem::invalid("a replay has after (a position) or since (a time), one of the two")),
        };
        let last = self.events.before(stream, u64::MAX).await.map_err(problem)?;
        if after > last {
            return Err(Problem::invalid(format!("after is {after}; the last position of {stream} is {last}")));
        }
        let from = self.events.position(stream, consumer).await.map_err(problem)?;
        self.host.send_back(stream, consumer, after).await.map_err(problem)?;
        Ok(Replayed { from, after })
    }
}

fn told(record: dead::DeadRecord) -> DeadRecord {
    let dead = record.dead;
    DeadRecord {
        put_aside_at: rfc3339(record.at),
        consumer: dead.consumer,
        reason: dead.reason,
        position: dead.position,
        sent_again: record.sent_again,
        data: dead.record.map_or(Value::Null, |whole| readable(&whole.data)),
    }
}

fn readable(data: &[u8]) -> Value {
    serde_json::from_slice(data).unwrap_or_else(|_| String::from_utf8_lossy(data).into_owned().into())
}

/// A number of the query.
fn number(query: &str, name: &str) -> Result<Option<u64>, Problem> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let number = |value: &str| {
        value.parse().map_err(|_| Problem::invalid(format!("{name} is {value:?}; it is a whole number from 0 on")))
    };
    value.map(number).transpose()
}

fn json(answer: &impl Serialize) -> Result<Response<Body>, Problem> {
    let body = serde_json::to_vec(answer).map_err(|e| Problem::internal(e.to_string()))?;
    let mut response = Response::new(full(body));
    response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    Ok(response)
}

fn problem(error: EventError) -> Problem {
    match error {
        EventError::Invalid(why) => Problem::invalid(why),
        EventError::Unavailable(why) => Problem::unavailable(why, 1),
    }
}
