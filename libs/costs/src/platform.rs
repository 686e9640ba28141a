//! What a month of a deployment costs, as `reel deploy` makes it.

use crate::{Bill, DAYS, Encoding, Film, GB, HOURS, Item, Load, Money, Prices, SECONDS, film, whole};

/// How often an edge tells of itself, in seconds.
const HEARTBEAT: f64 = 2.0;
/// What a record of Kinesis is charged by, in bytes.
const PAYLOAD: f64 = 25_000.0;
/// What a shard takes a second: bytes, and records.
const SHARD: (f64, f64) = (1_000_000.0, 1_000.0);
/// What is written into a stream and into that of its dead records: a shard each, at the least.
const STREAMS: u64 = 2;
/// For how long a secret is not asked for again, in seconds.
const SECRET_KEPT: f64 = 60.0;

/// The bill of a month: front door, functions, storage, encoding, and own edges.
pub fn platform(load: &Load, encoding: &Encoding, prices: &Prices) -> Bill {
    let mut bill = Bill::default();
    front_door(&mut bill, load, prices);
    functions(&mut bill, load, prices);
    rows(&mut bill, load, prices);
    events(&mut bill, load, prices);
    objects(&mut bill, load, prices);
    films(&mut bill, load, encoding, prices);
    edges(&mut bill, load);
    around(&mut bill, load, prices);
    bill
}

/// Requests of viewers, and of edges that tell of themselves, in a month.
fn asked(load: &Load) -> f64 {
    load.requests_a_second() * SECONDS + load.edges() as f64 * SECONDS / HEARTBEAT
}

/// Segments that edges fetch in a month: `origin` hands them out, through the same front door.
pub(crate) fn fetched(load: &Load) -> f64 {
    load.hours() * load.segments_an_hour * load.origin_share
}

/// GB of these segments.
pub(crate) fn fetched_gb(load: &Load) -> f64 {
    load.delivered_gb() * load.origin_share
}

/// All requests in a month.
pub(crate) fn requests(load: &Load) -> f64 {
    asked(load) + fetched(load)
}

/// GB through the front door in a month: requests, answers, segments.
pub(crate) fn passed_gb(load: &Load) -> f64 {
    requests(load) * load.request_bytes / GB + asked(load) * load.response_bytes / GB + fetched_gb(load)
}

/// Invocations for requests and for batches of events in a month.
fn invocations(load: &Load) -> f64 {
    requests(load) * load.invocations_a_request + batches(load)
}

/// What Lambda asks for them.
pub(crate) fn lambda(load: &Load, prices: &Prices) -> Money {
    let mut bill = Bill::default();
    functions(&mut bill, load, prices);
    bill.total()
}

fn front_door(bill: &mut Bill, load: &Load, prices: &Prices) {
    bill.add(prices, "API Gateway", "requests to the REST API", Item::ApiRest, requests(load));
    let answered = asked(load) * load.response_bytes / GB + fetched_gb(load);
    bill.add(prices, "Data out", "GB of answers, and of segments to edges", Item::DataOutGb, answered);
}

fn functions(bill: &mut Bill, load: &Load, prices: &Prices) {
    let seconds = invocations(load) * load.milliseconds_an_invocation / 1_000.0;
    bill.add(prices, "Lambda", "invocations", Item::LambdaRequest, invocations(load));
    bill.add(prices, "Lambda", "GB-seconds", Item::LambdaGbSecond, seconds * load.memory_mb / 1_024.0);
}

fn rows(bill: &mut Bill, load: &Load, prices: &Prices) {
    let reads = asked(load) * (load.cache_reads_a_request + load.table_reads_a_request);
    let events = load.events_a_second() * SECONDS;
    let writes = asked(load) * load.cache_writes_a_request + events * load.write_units_an_event;
    bill.add(prices, "DynamoDB", "read units", Item::DynamoRead, reads);
    bill.add(prices, "DynamoDB", "write units", Item::DynamoWrite, writes);
    bill.add(prices, "DynamoDB", "GB kept", Item::DynamoGbMonth, load.table_gb);
}

/// Batches of events in a month: a batch is a record.
fn batches(load: &Load) -> f64 {
    load.events_a_second() * SECONDS / load.events_a_batch
}

/// How many shards the peak takes, and one for the dead.
fn shards(load: &Load) -> u64 {
    let (events, (bytes, records)) = (load.events_a_second() * load.peak(), SHARD);
    let needed = (events * load.event_bytes / bytes).max(events / load.events_a_batch / records);
    whole(needed).max(1) + STREAMS - 1
}

fn events(bill: &mut Bill, load: &Load, prices: &Prices) {
    let hours = shards(load) as f64 * HOURS;
    let payloads = (load.events_a_batch * load.event_bytes / PAYLOAD).ceil();
    bill.add(prices, "Kinesis", "shard-hours", Item::KinesisShardHour, hours);
    bill.add(prices, "Kinesis", "shard-hours, kept for a week", Item::KinesisRetentionHour, hours);
    bill.add(prices, "Kinesis", "payload units", Item::KinesisPayload, batches(load) * payloads);
}

fn objects(bill: &mut Bill, load: &Load, prices: &Prices) {
    let kept = load.catalogue_gb + load.archive_gb;
    bill.add(prices, "S3", "GB kept: films and the archive of events", Item::S3GbMonth, kept);
    bill.add(prices, "S3", "segments read for edges", Item::S3Get, fetched(load));
}

fn films(bill: &mut Bill, load: &Load, encoding: &Encoding, prices: &Prices) {
    let count = whole(load.films_a_month * load.variants);
    let each = film(&Film::of_hours(load.hours_a_film), encoding, load.variants > 1.0, prices);
    for (service, what) in
        [("Lambda", "ladders encoded"), ("Step Functions", "ladders encoded"), ("S3", "ladders written")]
    {
        bill.put(service, what, count, each.of(service).times(count));
    }
}

fn edges(bill: &mut Bill, load: &Load) {
    bill.put(
        "Own edges",
        "machines (no list price: see load.toml)",
        load.edges(),
        Money::cents(load.edge_cents_a_month).times(load.edges()),
    );
}

/// How many environments of Lambdas there are at a time: one of each function, and those at work.
fn environments(load: &Load) -> f64 {
    load.functions + invocations(load) / SECONDS * load.milliseconds_an_invocation / 1_000.0
}

fn around(bill: &mut Bill, load: &Load, prices: &Prices) {
    bill.add(prices, "Secrets Manager", "secrets", Item::SecretMonth, load.secrets);
    let calls = environments(load) * DAYS * 86_400.0 / SECRET_KEPT;
    bill.add(prices, "Secrets Manager", "calls, one a minute of each environment", Item::SecretRead, calls);
    let logged = invocations(load) * load.log_bytes_an_invocation / GB;
    bill.add(prices, "CloudWatch", "GB logged", Item::LogGb, logged);
    bill.add(prices, "CloudWatch", "GB of logs kept for 30 days", Item::LogGbMonth, logged);
}
