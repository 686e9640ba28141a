//! A function for the tests of the host: well-behaved and misbehaving, by path.

use reel_sdk::table::Table;
use reel_sdk::{Problem, Request, Response, http};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

static SEEN: AtomicU32 = AtomicU32::new(0);

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    if request.is_task() {
        return task(&request);
    }
    if request.is_events() {
        return reel_sdk::events::consume(&request, consume).await;
    }
    match request.segments()[..] {
        ["hello"] => Ok(Response::text(200, "hello")),
        ["count"] => Ok(Response::text(200, (SEEN.fetch_add(1, Relaxed) + 1).to_string())),
        ["headers"] => headers(&request),
        ["length"] => Ok(Response::text(200, request.body().len().to_string())),
        ["call", host, path] => call(host, path).await,
        ["fetch", host, ..] => fetch(&request, host).await,
        ["row", table] => row(table).await,
        _ => misbehave(&request).await,
    }
}

async fn misbehave(request: &Request) -> Result<Response, Problem> {
    match request.segments()[..] {
        ["spin"] => loop {
            std::hint::black_box(SEEN.load(Relaxed));
        },
        ["hog"] => Ok(Response::text(200, std::hint::black_box(vec![1_u8; 512 << 20]).len().to_string())),
        ["panic"] => panic!("as asked"),
        ["again"] => http::fetch(http::get("http://again.internal/again")?).await.map(Response::forward),
        _ => Err(Problem::not_found(format!("there is no {}", request.path()))),
    }
}

fn headers(request: &Request) -> Result<Response, Problem> {
    let all = request.headers().iter();
    let all: Vec<_> = all.map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()))).collect();
    Response::json(200, &all)
}

async fn call(host: &str, path: &str) -> Result<Response, Problem> {
    let answer = http::send(http::get(&format!("http://{host}/{path}"))?).await?;
    let text = format!("{} says {}", answer.status(), String::from_utf8_lossy(answer.body()));
    Ok(Response::text(200, text))
}

/// `/fetch/HOST/PATH` is answered with what `http://HOST/PATH` answers, unread.
async fn fetch(request: &Request, host: &str) -> Result<Response, Problem> {
    let path = request.path().split_once(host).map_or("/", |(_, path)| path);
    let mut outgoing = http::get(&format!("http://{host}{path}"))?;
    if let Some(range) = request.headers().get("range") {
        outgoing.headers_mut().insert("range", range.clone());
    }
    Ok(Response::forward(http::fetch(outgoing).await?).with_header("x-forwarded-by", "guest"))
}

async fn row(table: &str) -> Result<Response, Problem> {
    // A table's name comes from code everywhere else.
    let table = Table(String::from(table).leak());
    table.put("p", "s", b"kept".to_vec()).await?;
    let row = table.get("p", "s").await?.ok_or_else(|| Problem::internal("the row is lost"))?;
    Ok(Response::bytes(200, "application/octet-stream", row.value))
}

fn task(request: &Request) -> Result<Response, Problem> {
    let input: serde_json::Value = request.json()?;
    match input["fail"].as_str() {
        Some(code) => Err(Problem::new(422, code, "It failed", "as asked")),
        None => Response::json(200, &serde_json::json!({ "doubled": input["number"].as_i64().unwrap_or(0) * 2 })),
    }
}

/// Notes each record in a row of table `seen`; one that says `poison` always fails.
async fn consume(record: &reel_api::internal::Record) -> Result<(), Problem> {
    if record.data == b"poison" {
        return Err(Problem::internal("poison"));
    }
    if record.data == b"pass" {
        return Ok(());
    }
    let seen = Table("seen");
    let text = String::from_utf8_lossy(&record.data).into_owned();
    seen.add("records", &text, &[("times", 1)]).await?;
    // A record that says `twice` fails once, after it was noted.
    let row = seen.get("records", &text).await?;
    match (text.as_str(), row.map(|row| row.counter("times"))) {
        ("twice", Some(1)) => Err(Problem::unavailable("again", 1)),
        _ => Ok(()),
    }
}
