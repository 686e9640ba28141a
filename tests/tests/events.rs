//! What was acknowledged is counted and archived once, whatever is killed, repeated or broken.

use anyhow::{Context, Result, ensure};
use reel_backend_embedded::events::SqliteEvents;
use reel_capabilities::SystemClock;
use reel_capabilities::events::{Entry, Events};
use reel_operator::Operator;
use reel_tests::platform::root;
use reel_tests::{Platform, Web, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// A batch is counted within this, and in the archive, whose batches wait for more.
const SOON: Duration = Duration::from_secs(120);
/// How many batches are sent, and how many events each has.
const BATCHES: usize = 60;
const EVENTS: usize = 25;

/// What a viewer sends: a play, an eighth that was watched, a stall, a search and a picture in turn.
fn event(n: usize) -> Value {
    let (play, title, at) = (Uuid::now_v7(), Uuid::now_v7(), now());
    let mut event = json!({ "id": Uuid::now_v7(), "v": 1, "at": at });
    let fields = match n % 5 {
        0 => json!({ "type": "play_start", "play": play, "title_id": title, "device": "tv", "position_ms": 0,
            "source": if n.is_multiple_of(2) { "picks" } else { "search" } }),
        1 => json!({ "type": "view_segment", "play": play, "title_id": title, "device": "tv", "eighth": 8,
            "position_ms": 8_000, "duration_ms": 8_000, "pathway": "isp-1" }),
        2 => json!({ "type": "buffer_event", "play": play, "title_id": title, "position_ms": 5, "stalled_ms": 10,
            "pathway": "isp-1" }),
        3 => json!({ "type": "search_query", "query": format!("Query  {}", n % 3), "results": n % 2 }),
        _ => json!({ "type": "thumbnail_impression", "title_id": title, "variant": "a", "row": "new" }),
    };
    if let (Some(event), Some(fields)) = (event.as_object_mut(), fields.as_object()) {
        event.extend(fields.clone());
    }
    event
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64
}

/// Who sends events, and sends them again until they are acknowledged.
struct Sender {
    web: Web,
    token: String,
}

impl Sender {
    async fn new(platform: &Platform) -> Result<Self> {
        let web = Web::at(platform.url())?;
        let token = web.sign_up(&format!("{}@example.org", Uuid::now_v7().simple())).await?;
        Ok(Self { web, token })
    }

    async fn send(&self, events: &[Value]) -> Result<()> {
        let request = self.web.request(Method::POST, "/v1/events").bearer_auth(&self.token);
        let answer = request.json(&json!({ "events": events })).send().await?;
        let (status, answer) = (answer.status(), answer.text().await?);
        let accepted: Value = serde_json::from_str(&answer)?;
        ensure!(status.as_u16() == 202 && accepted["accepted"] == events.len(), "{status}: {answer}");
        Ok(())
    }

    async fn until_acknowledged(&self, events: &[Value]) {
        while self.send(events).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Who asks for figures and streams, without signing in anew each time.
struct Watcher {
    web: Web,
    token: String,
}

impl Watcher {
    async fn new(platform: &Platform) -> Result<Self> {
        let web = Web::at(platform.url())?;
        let key = Operator::read(platform.data()).context("no operator.json")?.key;
        let grant = json!({ "key": key, "email": "watcher@example.org", "role": "operator" });
        let answer: Value = web.post("/v1/auth/token", &grant).await?.error_for_status()?.json().await?;
        Ok(Self { web, token: answer["access_token"].as_str().context("no token")?.to_owned() })
    }

    async fn get(&self, path: &str) -> Result<Value> {
        Ok(self.web.get(path, &self.token).await?.error_for_status()?.json().await?)
    }

    /// The figures of today and of yesterday: a test may run at midnight.
    async fn report(&self) -> Result<Value> {
        self.get("/v1/analytics/report?width=day&windows=2").await
    }

    async fn dead(&self) -> Result<Vec<Value>> {
        Ok(self.get("/v1/streams/playback/dead").await?["records"].as_array().cloned().unwrap_or_default())
    }

    /// Waits until every consumer has read all.
    async fn nobody_is_behind(&self) -> Result<()> {
        eventually("everybody has read all", SOON, async || Ok(self.behind().await?.is_empty().then_some(()))).await
    }

    async fn behind(&self) -> Result<Vec<String>> {
        let streams = self.get("/v1/streams").await?;
        let mut behind = Vec::new();
        for stream in streams["streams"].as_array().context("no streams")? {
            let consumers = stream["consumers"].as_array().context("no consumers")?;
            let late = consumers.iter().filter(|consumer| consumer["position"] != stream["last"]);
            behind.extend(late.map(|consumer| format!("{} of {}", consumer["name"], stream["name"])));
        }
        Ok(behind)
    }
}

/// How many events of each type there are.
fn by_type(events: &[Value]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for kind in events.iter().filter_map(|event| event["type"].as_str()) {
        *counts.entry(kind.to_owned()).or_insert(0) += 1;
    }
    counts
}

/// The figures that say how often each type was counted; a view here is a whole play.
fn counted(totals: &Value) -> BTreeMap<String, u64> {
    let of = |kind: &str, figure: &str| (kind.to_owned(), totals[figure].as_u64().unwrap_or_default());
    BTreeMap::from([
        of("play_start", "plays"),
        of("view_segment", "completions"),
        of("buffer_event", "stalls"),
        of("search_query", "searches"),
        of("thumbnail_impression", "impressions"),
    ])
}

/// What DuckDB counts of each type in the archive, by rows and by events that differ.
fn archived(platform: &Platform, python: &str) -> Result<BTreeMap<String, (u64, u64)>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().to_str().context("a path that is no text")?;
    let exported = platform.json(&["events", "export", path])?;
    if exported["files"] == 0 {
        return Ok(BTreeMap::new());
    }
    let program = "import duckdb, json, sys\n\
        files = f'{sys.argv[1]}/**/*.parquet'\n\
        query = '''SELECT TYPE, count(*), count(DISTINCT id) FROM read_parquet(?, hive_partitioning = true, union_by_name = true)\n\
        WHERE strftime(make_timestamp(epoch_ms(\"at\") * 1000), '%Y-%m-%d %H') = strftime(CAST(DATE AS DATE), '%Y-%m-%d') || ' ' || lpad(CAST(HOUR AS VARCHAR), 2, '0')\n\
        GROUP BY TYPE'''\n\
        print(json.dumps({t: [n, d] for t, n, d in duckdb.execute(query, [files]).fetchall()}))";
    let output = Command::new(python).args(["-c", program, path]).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn duckdb() -> Result<String> {
    let output = Command::new(root().join("script/duckdb")).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_counted_and_archived_once_whatever_is_killed_or_repeated() -> Result<()> {
    let python = duckdb()?;
    let mut platform = Platform::start()?;
    let sender = Sender::new(&platform).await?;
    let events: Vec<Value> = (0..BATCHES * EVENTS).map(event).collect();
    let sending = {
        let batches: Vec<Vec<Value>> = events.chunks(EVENTS).map(<[_]>::to_vec).collect();
        tokio::spawn(async move {
            for batch in batches {
                sender.until_acknowledged(&batch).await;
            }
            sender
        })
    };
    for moment in [150, 400, 700, 1_000] {
        tokio::time::sleep(Duration::from_millis(moment)).await;
        platform.cut_power()?;
        platform.restart()?;
    }
    let sender = sending.await?;
    // What a client sends again after it was acknowledged is a double, too.
    sender.send(&events[..EVENTS]).await?;

    let watcher = Watcher::new(&platform).await?;
    watcher.nobody_is_behind().await?;
    let expected = by_type(&events);
    let before = watcher.report().await?;
    assert_eq!(counted(&before["totals"]), expected, "{before}");
    let once: BTreeMap<_, _> = expected.iter().map(|(kind, n)| (kind.clone(), (*n, *n))).collect();
    assert_eq!(archived(&platform, &python)?, once);

    assert_eq!((&before["totals"]["view_ms"], &before["totals"]["late"]), (&json!(300 * 8_000 / 8), &json!(0)));
    assert_eq!(before["recommended_share"], 0.5);
    assert!(before["totals"]["doubles"].as_u64() >= Some(EVENTS as u64), "{before}");
    assert_eq!(before["edges"][0]["of"], "isp-1", "{before}");
    assert_eq!(before["queries"].as_array().map(Vec::len), Some(3), "{before}");

    replay_all(&platform)?;
    watcher.nobody_is_behind().await?;
    assert_eq!(watcher.report().await?["totals"], before["totals"]);
    assert_eq!(archived(&platform, &python)?, once);
    Ok(())
}

/// Has consumers read all again.
fn replay_all(platform: &Platform) -> Result<()> {
    for (stream, consumer) in
        [("playback", "analytics"), ("interactions", "analytics"), ("playback", "archive"), ("playback", "history")]
    {
        let replayed = platform.json(&["events", "replay", stream, "--consumer", consumer, "--after", "0"])?;
        assert!(replayed["from"].as_u64() > Some(0) && replayed["after"] == 0, "{replayed}");
    }
    Ok(())
}

#[tokio::test]
async fn a_record_that_is_no_event_is_put_aside_and_can_be_sent_again() -> Result<()> {
    let mut platform = Platform::start()?;
    let sender = Sender::new(&platform).await?;
    platform.interrupt()?;
    {
        let log = SqliteEvents::open(&platform.data().join("events.sqlite"), Arc::new(SystemClock))?;
        let poison = |data: &'static str| vec![Entry { key: "k".into(), data: data.into() }];
        log.append("playback", poison("no event at all")).await?;
        log.append("playback", poison("{}")).await?;
    }
    platform.restart()?;
    sender.send(&[event(0), event(1)]).await?;

    let watcher = Watcher::new(&platform).await?;
    let readers = ["analytics", "archive", "experiment", "history", "reminders"];
    let buried = 2 * readers.len();
    let records = eventually("all consumers put both aside", SOON, async || {
        Ok(Some(watcher.dead().await?).filter(|records| records.len() == buried))
    })
    .await?;
    for consumer in readers {
        let of: Vec<_> = records.iter().filter(|record| record["consumer"] == consumer).collect();
        assert_eq!(
            of.iter().map(|record| &record["data"]).collect::<Vec<_>>(),
            [&json!("no event at all"), &json!({})]
        );
        assert!(
            of.iter().all(|record| record["reason"].as_str().is_some_and(|why| why.contains("not an event"))),
            "{of:?}"
        );
        assert!(of.iter().all(|record| record["sent_again"] == false));
    }
    watcher.nobody_is_behind().await?;
    let totals = watcher.report().await?["totals"].clone();
    assert_eq!((&totals["plays"], &totals["completions"]), (&json!(1), &json!(1)), "those behind them are counted");

    assert_eq!(platform.json(&["events", "dead", "playback", "--send-again"])?, json!({ "sent": buried }));
    assert!(watcher.dead().await?.iter().take(buried).all(|record| record["sent_again"] == true));
    let tail = platform.reel(&["events", "tail", "playback", "--last", "50", "--json"])?;
    let tail = String::from_utf8(tail.stdout)?;
    assert!(tail.lines().filter(|line| line.contains("no event at all")).count() == 1 + readers.len(), "{tail}");
    Ok(())
}

#[test]
fn what_is_no_stream_consumer_or_place_is_named() -> Result<()> {
    let platform = Platform::start()?;
    for (args, named) in [
        (&["events", "tail", "nothing"][..], "playback"),
        (&["events", "dead", "nothing"], "playback"),
        (&["events", "replay", "playback", "--consumer", "nobody", "--after", "0"], "history"),
        (&["events", "replay", "playback", "--consumer", "history", "--after", "9"], "the last position"),
        (&["events", "replay", "playback", "--consumer", "history", "--since", "noon"], "2026-01-31T18:00:00Z"),
    ] {
        let said = platform.refusal(args)?;
        assert!(said.contains(named), "{args:?}: {said}");
    }
    Ok(())
}
