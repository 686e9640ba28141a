//! What the host asks of functions on paths that no outside route can name.

use crate::Millis;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use serde::{Deserialize, Serialize};

/// A workflow task: `POST` with the task's input as JSON, answered with its output,
/// or with a problem. The name of the ASL error is `Reel.` and the problem's code in
/// CamelCase: `Reel.Invalid`, `Reel.Unavailable`.
pub const TASK_PATH: &str = "/_reel/task";

/// A batch of events: `POST` with a [`Batch`], answered with a [`Receipt`].
pub const EVENTS_PATH: &str = "/_reel/events";

/// Records of one stream, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The stream's name.
    pub stream: String,
    /// The records, ordered by position.
    pub records: Vec<Record>,
}

/// A record of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Where it stands in its stream.
    pub position: u64,
    /// When it was appended.
    pub at: Millis,
    /// Records of one key are in order.
    pub key: String,
    /// The content, in base64.
    #[serde(with = "base64_bytes")]
    pub data: Vec<u8>,
}

/// Which records of a batch could not be handled; all others are done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The records to deliver again.
    pub failed: Vec<Failed>,
}

/// A record that could not be handled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// Where it stands in its stream.
    pub position: u64,
    /// Why not.
    pub reason: String,
}

/// A record that a consumer could not handle, as the stream `dead-STREAM` keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dead {
    /// The stream that it stood in.
    pub stream: String,
    /// Who could not handle it.
    pub consumer: String,
    /// What went wrong, and how often it was tried.
    pub reason: String,
    /// Where it stood.
    pub position: u64,
    /// The record; none where it would be too long for a record itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Record>,
}

/// How many functions a request has passed, on its way from one host to another.
pub const HOPS: &str = "x-reel-hops";

/// How many milliseconds the caller of a function on another host still waits.
pub const TIME_LEFT: &str = "x-reel-time-left";

/// One function asks another where each is a Lambda: the payload of the invocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invocation {
    /// The request.
    #[serde(rename = "reel-request")]
    pub request: Asked,
}

/// A request that fits into JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names and values, as often as they come.
    pub headers: Vec<(String, String)>,
    /// The content, in base64.
    #[serde(with = "base64_bytes")]
    pub body: Vec<u8>,
}

/// The answer to an [`Invocation`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The status code.
    pub status: u16,
    /// Names and values, as often as they come.
    pub headers: Vec<(String, String)>,
    /// The content, in base64.
    #[serde(with = "base64_bytes")]
    pub body: Vec<u8>,
}

impl TryFrom<&Request<Bytes>> for Asked {
    type Error = String;

    fn try_from(request: &Request<Bytes>) -> Result<Self, String> {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let headers = texts(request.headers())?;
        Ok(Self { method: request.method().to_string(), path, headers, body: request.body().to_vec() })
    }
}

impl TryFrom<Asked> for Request<Bytes> {
    type Error = String;

    fn try_from(asked: Asked) -> Result<Self, String> {
        let mut request = Request::builder().method(asked.method.as_str()).uri(asked.path);
        for (name, value) in asked.headers {
            request = request.header(name, value);
        }
        request.body(asked.body.into()).map_err(|e| format!("this is no request: {e}"))
    }
}

impl TryFrom<&Response<Bytes>> for Answered {
    type Error = String;

    fn try_from(response: &Response<Bytes>) -> Result<Self, String> {
        let headers = texts(response.headers())?;
        Ok(Self { status: response.status().as_u16(), headers, body: response.body().to_vec() })
    }
}

impl TryFrom<Answered> for Response<Bytes> {
    type Error = String;

    fn try_from(answered: Answered) -> Result<Self, String> {
        let mut response = Response::builder().status(answered.status);
        for (name, value) in answered.headers {
            response = response.header(name, value);
        }
        response.body(answered.body.into()).map_err(|e| format!("this is no answer: {e}"))
    }
}

fn texts(headers: &HeaderMap) -> Result<Vec<(String, String)>, String> {
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = std::str::from_utf8(value.as_bytes()).map_err(|_| format!("the header {name} is not UTF-8"))?;
        Ok((name.to_string(), value.to_owned()))
    };
    headers.iter().map(text).collect()
}

mod base64_bytes {
    use base64::{Engine, prelude::BASE64_STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        BASE64_STANDARD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// The ASL error name of a problem's code: `not-found` becomes `Reel.NotFound`.
pub fn task_error(code: &str) -> String {
    let camel = code.split('-').map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect::<String>())
    });
    format!("Reel.{}", camel.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_answers_come_back_from_json_as_they_were() {
        let request = Request::post("/v1/x?y=%20z").header("x-reel-principal", "{}").header("cookie", "a=ü");
        let request = request.header("cookie", "b").body(Bytes::from_static(&[0, 255])).unwrap();
        let json = serde_json::to_string(&Invocation { request: Asked::try_from(&request).unwrap() }).unwrap();
        let read: Invocation = serde_json::from_str(&json).unwrap();
        let back = Request::try_from(read.request).unwrap();
        assert_eq!((back.method(), back.uri(), back.headers()), (request.method(), request.uri(), request.headers()));
        assert_eq!(back.body(), request.body());
        let response = Response::builder().status(409).header("etag", "1").body(Bytes::from("{}")).unwrap();
        let back = Response::try_from(Answered::try_from(&response).unwrap()).unwrap();
        assert_eq!(
            (back.status(), back.headers(), back.body()),
            (response.status(), response.headers(), response.body())
        );
        let odd = Request::get("/").header("x", &b"\xff"[..]).body(Bytes::new()).unwrap();
        assert_eq!(Asked::try_from(&odd).unwrap_err(), "the header x is not UTF-8");
    }

    #[test]
    fn a_code_becomes_an_error_name() {
        assert_eq!(super::task_error("not-found"), "Reel.NotFound");
    }
}
