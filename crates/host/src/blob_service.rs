//! `http://blob.internal/BUCKET/KEY`: an object as a streamed answer.

use crate::body::{Body, empty};
use crate::problem::problem_response;
use bytes::Bytes;
use futures::TryStreamExt;
use http::header::{
    ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, RANGE,
};
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use percent_encoding::percent_decode_str;
use reel_api::Problem;
use reel_capabilities::blob::{BlobError, Blobs, Info, Range};
use wasmtime_wasi_http::Error;

/// The bucket that a path names.
pub(crate) fn bucket(path: &str) -> &str {
    path.trim_start_matches('/').split('/').next().unwrap_or_default()
}

/// Answers `GET` and `HEAD` of an object (RFC 9110), ranges (section 14) and
/// `If-None-Match` (section 13.1.2) among it.
pub(crate) async fn serve(blobs: &dyn Blobs, request: Request<Body>) -> Response<Body> {
    let (head, _body) = request.into_parts();
    match answer(blobs, &head).await {
        Ok(response) => response,
        Err(problem) => problem_response(&problem),
    }
}

async fn answer(blobs: &dyn Blobs, head: &Parts) -> Result<Response<Body>, Problem> {
    let (bucket, key) = name(head.uri.path())?;
    let missing = || Problem::not_found(format!("there is no object {bucket}/{key}"));
    match head.method {
        Method::GET => {}
        Method::HEAD => {
            let info = blobs.head(&bucket, &key).await.map_err(problem)?.ok_or_else(missing)?;
            return Ok(whole(&info, empty()));
        }
        _ => {
            return Err(Problem::new(
                405,
                "method",
                "This method is not taken here",
                "objects are read by GET and HEAD",
            ));
        }
    }
    let conditional = head.headers.contains_key(RANGE) || head.headers.contains_key(IF_NONE_MATCH);
    if !conditional {
        let (info, body) = blobs.open(&bucket, &key, None).await.map_err(problem)?;
        return Ok(whole(&info, streamed(body)));
    }
    let info = blobs.head(&bucket, &key).await.map_err(problem)?.ok_or_else(missing)?;
    if unchanged(&head.headers, &info) {
        return Ok(with_status(StatusCode::NOT_MODIFIED, &info, empty()));
    }
    match requested(&head.headers, info.size) {
        Wanted::All => {
            let (info, body) = blobs.open(&bucket, &key, None).await.map_err(problem)?;
            Ok(whole(&info, streamed(body)))
        }
        Wanted::Part(range) => {
            let (info, body) = blobs.open(&bucket, &key, Some(range)).await.map_err(problem)?;
            Ok(part(&info, range, streamed(body)))
        }
        Wanted::Nothing => Ok(unsatisfiable(&info)),
    }
}

/// Bucket and key of a path, decoded.
fn name(path: &str) -> Result<(String, String), Problem> {
    let decoded =
        percent_decode_str(path).decode_utf8().map_err(|_| Problem::invalid("the object's key is not UTF-8"))?;
    let named = decoded.trim_start_matches('/').split_once('/').filter(|(_, key)| !key.is_empty());
    let (bucket, key) = named.ok_or_else(|| Problem::invalid("an object is named /BUCKET/KEY"))?;
    Ok((bucket.to_owned(), key.to_owned()))
}

fn unchanged(headers: &HeaderMap, info: &Info) -> bool {
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let same = |tag: &str| tag == "*" || tag.trim_start_matches("W/").trim_matches('"') == info.etag;
    known.is_some_and(|tags| tags.split(',').any(|tag| same(tag.trim())))
}

#[derive(Debug, PartialEq)]
enum Wanted {
    All,
    Part(Range),
    Nothing,
}

/// What a `Range` header asks for of so many bytes. Several ranges, and what is no
/// range, count as none, which RFC 9110, section 14.2, allows.
fn requested(headers: &HeaderMap, size: u64) -> Wanted {
    let header = headers.get(RANGE).and_then(|value| value.to_str().ok());
    let Some((first, last)) = header.and_then(|h| h.strip_prefix("bytes=")?.split_once('-')) else {
        return Wanted::All;
    };
    let (from, to) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(from), Ok(to)) if from <= to => (from, to),
        (Ok(from), Err(_)) if last.is_empty() => (from, u64::MAX),
        (Err(_), Ok(length)) if first.is_empty() && length > 0 => (size.saturating_sub(length), u64::MAX),
        _ => return Wanted::All,
    };
    match from < size {
        true => Wanted::Part(Range { offset: from, length: to.min(size - 1) - from + 1 }),
        false => Wanted::Nothing,
    }
}

fn with_status(status: StatusCode, info: &Info, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let texts = [(ETAG, format!("\"{}\"", info.etag)), (CONTENT_TYPE, info.content_type.clone())];
    for (name, value) in texts {
        headers.extend(HeaderValue::try_from(value).ok().map(|value| (name, value)));
    }
    response
}

fn whole(info: &Info, body: Body) -> Response<Body> {
    let mut response = with_status(StatusCode::OK, info, body);
    response.headers_mut().insert(CONTENT_LENGTH, info.size.into());
    response
}

fn part(info: &Info, range: Range, body: Body) -> Response<Body> {
    let mut response = with_status(StatusCode::PARTIAL_CONTENT, info, body);
    let last = range.offset + range.length - 1;
    let content_range = HeaderValue::try_from(format!("bytes {}-{last}/{}", range.offset, info.size));
    response.headers_mut().insert(CONTENT_LENGTH, range.length.into());
    response.headers_mut().extend(content_range.ok().map(|value| (CONTENT_RANGE, value)));
    response
}

fn unsatisfiable(info: &Info) -> Response<Body> {
    let mut response = with_status(StatusCode::RANGE_NOT_SATISFIABLE, info, empty());
    let content_range = HeaderValue::try_from(format!("bytes */{}", info.size));
    response.headers_mut().extend(content_range.ok().map(|value| (CONTENT_RANGE, value)));
    response
}

fn streamed(body: reel_capabilities::blob::Body) -> Body {
    let frames = body.map_ok(|chunk: Bytes| Frame::data(chunk)).map_err(|e| Error::InternalError(Some(e.to_string())));
    StreamBody::new(frames).boxed_unsync()
}

fn problem(error: BlobError) -> Problem {
    match error {
        BlobError::NotFound(key) => Problem::not_found(format!("there is no object {key}")),
        BlobError::Exists(_) | BlobError::Invalid(_) => Problem::invalid(error.to_string()),
        BlobError::Unavailable(why) => Problem::unavailable(why, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(range: &str) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, HeaderValue::try_from(range).unwrap());
        requested(&headers, 10)
    }

    #[test]
    fn a_range_is_cut_at_the_end() {
        let part = |offset, length| Wanted::Part(Range { offset, length });
        assert_eq!(wanted("bytes=0-3"), part(0, 4));
        assert_eq!(wanted("bytes=8-99"), part(8, 2));
        assert_eq!(wanted("bytes=4-"), part(4, 6));
        assert_eq!(wanted("bytes=-3"), part(7, 3));
        assert_eq!(wanted("bytes=-99"), part(0, 10));
        assert_eq!(wanted("bytes=10-"), Wanted::Nothing);
        for other in ["bytes=5-2", "bytes=0-1,4-5", "items=0-1", "bytes=-", "bytes=-0"] {
            assert_eq!(wanted(other), Wanted::All, "{other}");
        }
    }

    #[test]
    fn a_path_names_bucket_and_key() {
        assert_eq!(name("/media/a%20b/c").unwrap(), ("media".into(), "a b/c".into()));
        assert_eq!(name("/media").unwrap_err().status, 400);
        assert_eq!(bucket("/media/x"), "media");
    }
}
