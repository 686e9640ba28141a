//! The last tier of delivery: segments from the blob store, for edges that miss them and
//! for players when there is no edge.
//!
//! With the setting `origin.redirect` it sends them to the store itself, which takes requests of
//! its own and objects of any size: a Lambda answers no more than 6 MB.
#![deny(missing_docs)]

mod answer;

use reel_api::encoding::DELIVERY;
use reel_delivery::{Claims, Keys, Object};
use reel_sdk::blob::{Bucket, Operation};
use reel_sdk::{Problem, Request, Response, clock, config, http, secrets};

const SEGMENTS: Bucket = Bucket(DELIVERY);
/// For how many seconds a redirected caller may begin to read.
const REDIRECTED: u32 = 300;

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    match request.method().as_str() {
        "GET" | "HEAD" => serve(&request).await,
        method => Err(Problem::new(
            405,
            "method",
            "This method is not allowed",
            format!("segments are read with GET, not {method}"),
        )),
    }
}

async fn serve(request: &Request) -> Result<Response, Problem> {
    let asked = reel_delivery::Request::parse(request.path())?;
    let keys = Keys::from_bytes(&secrets::get("delivery-key").await?)?;
    let Object { key, title, revision } = asked.object;
    Claims::verify(asked.token, title, revision, clock::now_ms(), &keys)?;
    if request.method() == "GET" && config::get_parsed("origin.redirect")?.unwrap_or(false) {
        return Ok(answer::elsewhere(&SEGMENTS.presign(key, Operation::Get, REDIRECTED).await?));
    }
    answer::of_object(http::fetch(stored(request, key)?).await?, key)
}

/// The request for the object, with what the caller said of ranges.
fn stored(request: &Request, key: &str) -> Result<::http::Request<bytes::Bytes>, Problem> {
    let mut stored = http::get(&SEGMENTS.uri(key))?;
    *stored.method_mut() = request.method().clone();
    for name in [::http::header::RANGE, ::http::header::IF_RANGE, ::http::header::IF_NONE_MATCH] {
        if let Some(value) = request.headers().get(&name) {
            stored.headers_mut().insert(name, value.clone());
        }
    }
    Ok(stored)
}
