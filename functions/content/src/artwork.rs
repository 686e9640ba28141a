//! Pictures, handed through from the blob store.

use http::header::{HeaderName, IF_NONE_MATCH, RANGE};
use reel_api::encoding::ARTWORK;
use reel_sdk::blob::Bucket;
use reel_sdk::http::{fetch, get};
use reel_sdk::{Problem, Request, Response, decode};

const BUCKET: Bucket = Bucket(ARTWORK);
/// A picture's key names its revision, so that it never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// What a browser may ask of the store.
const PASSED_ON: [HeaderName; 2] = [IF_NONE_MATCH, RANGE];

/// The picture of a key, given as the segments of a path.
pub(crate) async fn forward(request: &Request, segments: &[&str]) -> Result<Response, Problem> {
    let key = key(segments)?;
    let mut asked = get(&BUCKET.uri(&key))?;
    for name in PASSED_ON {
        if let Some(value) = request.headers().get(&name) {
            asked.headers_mut().insert(name, value.clone());
        }
    }
    let answer = fetch(asked).await?;
    match answer.status() {
        200 | 206 | 304 => Ok(Response::forward(answer)
            .with_header("cache-control", FOREVER)
            .with_header("x-content-type-options", "nosniff")),
        404 => Err(Problem::not_found(format!("there is no picture {key}"))),
        416 => Err(Problem::new(416, "range", "The range cannot be had", format!("{key} has no such range"))),
        status => Err(Problem::unavailable(format!("the blob store answered {status}"), 1)),
    }
}

fn key(segments: &[&str]) -> Result<String, Problem> {
    let parts: Vec<_> = segments.iter().map(|segment| decode(segment)).collect();
    if !parts.is_empty() && parts.iter().all(|part| is_plain(part)) {
        return Ok(parts.join("/"));
    }
    Err(Problem::not_found("there is no picture of that name"))
}

/// What keys of pictures are made of; the store takes others for no keys at all.
fn is_plain(part: &str) -> bool {
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    !["", ".", ".."].contains(&part) && part.bytes().all(usual)
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn a_key_stays_within_its_bucket() {
        assert_eq!(key(&["t", "r", "a%2db.jpg"]), Ok("t/r/a-b.jpg".into()));
        for bad in
            [&[""][..], &["a", "", "b"], &["..", "x"], &["%2e%2e", "x"], &["a%2F..%2Fb"], &["."], &["\u{82}"], &[]]
        {
            assert_eq!(key(bad).unwrap_err().status, 404, "{bad:?}");
        }
    }
}
