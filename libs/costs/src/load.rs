//! Assumptions, and the file that they stand in.

use crate::{CostError, DAYS, GB, whole};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The file of assumptions.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loads {
    /// Each load by its name.
    pub load: BTreeMap<String, Load>,
    /// What is assumed of front doors.
    pub front_door: FrontDoorAssumptions,
    /// What is assumed of encoding.
    pub encoding: Encoding,
}

/// What viewers and operators ask of a deployment. The file says of each figure where it comes from.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// What it is called in the estimate.
    pub title: String,
    /// What the figures do not tell: sentences.
    pub notes: Vec<String>,
    /// Who has an account.
    pub viewers: u64,
    /// Who watches on a day.
    pub daily_viewers: u64,
    /// Hours that each of these watches.
    pub hours_a_day: f64,
    /// Streams at a time, at the peak.
    pub peak_streams: u64,
    /// Megabits a second of a stream.
    pub mbps: f64,
    /// Requests at the front door for each hour viewed.
    pub requests_an_hour: f64,
    /// Bytes of a request.
    pub request_bytes: f64,
    /// Bytes of its answer.
    pub response_bytes: f64,
    /// Lambdas that a request takes.
    pub invocations_a_request: f64,
    /// Milliseconds that each takes.
    pub milliseconds_an_invocation: f64,
    /// MB (2²⁰ bytes) of a Lambda.
    pub memory_mb: f64,
    /// Functions, each of which has an environment at any time.
    pub functions: f64,
    /// Bytes that an invocation logs.
    pub log_bytes_an_invocation: f64,
    /// Reads of a cache, of up to 4 KB.
    pub cache_reads_a_request: f64,
    /// Writes to a cache, of up to 1 KB.
    pub cache_writes_a_request: f64,
    /// Reads of a row, of up to 4 KB.
    pub table_reads_a_request: f64,
    /// Events for each hour viewed.
    pub events_an_hour: f64,
    /// Bytes of an event.
    pub event_bytes: f64,
    /// Events of a record of the stream.
    pub events_a_batch: f64,
    /// Write units that taking in an event costs.
    pub write_units_an_event: f64,
    /// GB of rows.
    pub table_gb: f64,
    /// GB of films.
    pub catalogue_gb: f64,
    /// GB of events that are kept.
    pub archive_gb: f64,
    /// Films encoded in a month.
    pub films_a_month: f64,
    /// Hours of a film.
    pub hours_a_film: f64,
    /// How many times the ladder is encoded; more than once is the whole ladder of the document.
    pub variants: f64,
    /// Segments for each hour viewed.
    pub segments_an_hour: f64,
    /// Secrets of a deployment.
    pub secrets: f64,
    /// Which share of the bytes edges fetch from the origin, 0 to 1.
    pub origin_share: f64,
    /// The fewest edges.
    pub least_edges: u64,
    /// Gigabits a second that an edge delivers at the peak.
    pub edge_gbps: f64,
    /// What an edge costs, in US cents a month.
    pub edge_cents_a_month: u64,
}

/// What is assumed of front doors.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontDoorAssumptions {
    /// Requests that come over one connection.
    pub requests_a_connection: f64,
    /// Rules of an Application Load Balancer.
    pub rules: f64,
    /// Requests a second that one load balancer takes.
    pub requests_a_balancer: f64,
    /// Microseconds of a processor that a request takes.
    pub server_microseconds: f64,
    /// Processors of a server.
    pub server_processors: f64,
    /// Which share of them is busy at the peak, 0 to 1.
    pub server_busy: f64,
    /// The fewest servers.
    pub least_servers: u64,
}

/// What is assumed of encoding.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encoding {
    /// Seconds of a chunk.
    pub chunk_seconds: f64,
    /// How many times the work of an encoding in one piece it is.
    pub overhead: f64,
    /// The speed of Lambda's processors, where the measured one's is 1.
    pub lambda_speed: f64,
    /// MB (2²⁰ bytes) of memory of an `encode` Lambda.
    pub memory_mb: f64,
    /// Processors of an `encode` Lambda.
    pub processors: f64,
    /// MB of its disk.
    pub disk_mb: f64,
    /// MB of memory of a `protect` Lambda.
    pub protect_mb: f64,
    /// Seconds that it takes for a chunk.
    pub protect_seconds: f64,
    /// Seconds of sound that one core encodes a second.
    pub sound_speed: f64,
    /// State transitions of an item of the Map.
    pub transitions_an_item: f64,
    /// Objects that an item writes.
    pub puts_an_item: f64,
    /// The ladder.
    pub rungs: Vec<Rung>,
}

/// A rung of the ladder.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// Its size and codec.
    pub name: String,
    /// How many of its frames one core encodes a second.
    pub frames_a_second: f64,
    /// Whether Reel makes it today.
    pub made: bool,
    /// Whether the source document has it.
    pub document: bool,
}

impl Encoding {
    /// The rungs that Reel makes today, or those of the source document's `whole` ladder.
    pub fn ladder(&self, whole: bool) -> impl Iterator<Item = &Rung> {
        self.rungs.iter().filter(move |rung| if whole { rung.document } else { rung.made })
    }
}

/// What is divided by, so that it may not be 0.
const DIVISORS: [&str; 11] = [
    "events_a_batch",
    "edge_gbps",
    "requests_a_connection",
    "requests_a_balancer",
    "server_processors",
    "server_busy",
    "chunk_seconds",
    "lambda_speed",
    "processors",
    "sound_speed",
    "frames_a_second",
];

impl Loads {
    /// Reads a file of assumptions.
    ///
    /// # Errors
    /// [`CostError`] that names the figure that is missing, unknown, negative, or 0 where it may not be.
    pub fn parse(text: &str) -> Result<Self, CostError> {
        let syntax = |e: toml::de::Error| CostError::Syntax(format!("the assumptions: {e}"));
        let table: toml::Table = text.parse().map_err(syntax)?;
        table.iter().try_for_each(|(key, value)| check(key, key, value))?;
        table.try_into().map_err(syntax)
    }

    /// The loads, the smallest first.
    pub fn by_size(&self) -> Vec<&Load> {
        let mut loads: Vec<_> = self.load.values().collect();
        loads.sort_by_key(|load| load.viewers);
        loads
    }
}

/// Looks at every number, however deep; `path` names it.
fn check(path: &str, key: &str, value: &toml::Value) -> Result<(), CostError> {
    let number = match value {
        toml::Value::Table(table) => {
            return table.iter().try_for_each(|(key, value)| check(&format!("{path}.{key}"), key, value));
        }
        toml::Value::Array(values) => {
            return values
                .iter()
                .enumerate()
                .try_for_each(|(index, value)| check(&format!("{path}[{index}]"), key, value));
        }
        toml::Value::Integer(number) => *number as f64,
        toml::Value::Float(number) => *number,
        _ => return Ok(()),
    };
    let wrong = |why| Err(CostError::Wrong(path.into(), why));
    match number {
        number if !number.is_finite() || number < 0.0 => wrong("is negative or no number: it is 0 or more"),
        0.0 if DIVISORS.contains(&key) => wrong("is 0: it is divided by, so that it has to be more"),
        _ => Ok(()),
    }
}

impl Load {
    /// Hours that are viewed in a month.
    pub fn hours(&self) -> f64 {
        self.daily_viewers as f64 * self.hours_a_day * DAYS
    }

    /// How many streams there are at a time, in the mean.
    pub fn mean_streams(&self) -> f64 {
        self.daily_viewers as f64 * self.hours_a_day / 24.0
    }

    /// How many times the mean the peak is.
    pub fn peak(&self) -> f64 {
        match self.mean_streams() {
            mean if mean > 0.0 => (self.peak_streams as f64 / mean).max(1.0),
            _ => 1.0,
        }
    }

    /// GB that viewers are sent in a month.
    pub fn delivered_gb(&self) -> f64 {
        self.hours() * 3_600.0 * self.mbps * 1e6 / 8.0 / GB
    }

    /// Bits that viewers are sent in a second at the peak.
    pub fn peak_bits(&self) -> f64 {
        self.peak_streams as f64 * self.mbps * 1e6
    }

    /// Requests of viewers at the front door in a second, in the mean.
    pub fn requests_a_second(&self) -> f64 {
        self.mean_streams() * self.requests_an_hour / 3_600.0
    }

    /// Events in a second, in the mean.
    pub fn events_a_second(&self) -> f64 {
        self.mean_streams() * self.events_an_hour / 3_600.0
    }

    /// How many edges deliver the peak.
    pub fn edges(&self) -> u64 {
        whole(self.peak_bits() / 1e9 / self.edge_gbps).max(self.least_edges)
    }
}
