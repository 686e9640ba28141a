//! What a function is asked.

use bytes::Bytes;
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use reel_api::internal::{Batch, EVENTS_PATH, TASK_PATH};
use reel_api::principal::PRINCIPAL_HEADER;
use reel_api::{Principal, Problem};
use serde::de::DeserializeOwned;
use std::borrow::Cow;

/// A request whose body has been read.
#[derive(Debug)]
pub struct Request(http::Request<Bytes>);

impl From<http::Request<Bytes>> for Request {
    fn from(request: http::Request<Bytes>) -> Self {
        Self(request)
    }
}

impl Request {
    /// The method.
    pub fn method(&self) -> &Method {
        self.0.method()
    }

    /// The host, and the port if one was named, that the client asked.
    pub fn authority(&self) -> &str {
        self.0.uri().authority().map_or("", |authority| authority.as_str())
    }

    /// The path as it was sent, still percent-encoded.
    pub fn path(&self) -> &str {
        self.0.uri().path()
    }

    /// The path's segments as they were sent; `/v1/titles/x` has `v1`, `titles` and `x`.
    ///
    /// They are made for `match (request.method().as_str(), &request.segments()[..])`.
    pub fn segments(&self) -> Vec<&str> {
        self.path().trim_matches('/').split('/').collect()
    }

    /// The first value of a parameter of the query, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        let query = self.0.uri().query()?;
        let found = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name)?;
        Some(found.1.into_owned())
    }

    /// The query as it was sent, to be handed on.
    pub fn raw_query(&self) -> Option<&str> {
        self.0.uri().query()
    }

    /// A header's value; none when it is absent or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name)?.to_str().ok()
    }

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        self.0.headers()
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        self.0.body()
    }

    /// The body, read as JSON.
    ///
    /// # Errors
    /// A 400 problem that says where the body is not what it should be.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_slice(self.body())
            .map_err(|e| Problem::invalid(format!("the body is not the JSON expected here: {e}")))
    }

    /// Who asks, as the `authenticate` filter found out.
    ///
    /// # Errors
    /// A 401 problem when nobody was authenticated.
    pub fn principal(&self) -> Result<Principal, Problem> {
        let header = self.header(PRINCIPAL_HEADER);
        let header =
            header.ok_or_else(|| Problem::unauthenticated("send a bearer token in the Authorization header"))?;
        serde_json::from_str(header).map_err(|e| Problem::internal(format!("{PRINCIPAL_HEADER} does not read: {e}")))
    }

    /// Whether this is a task of a workflow: its input is [`Request::json`], its output the answer.
    pub fn is_task(&self) -> bool {
        self.is_post_to(TASK_PATH)
    }

    /// Whether this is a batch of events: [`Request::batch`] reads it.
    pub fn is_events(&self) -> bool {
        self.is_post_to(EVENTS_PATH)
    }

    /// The records to consume; answered with a [`reel_api::internal::Receipt`].
    ///
    /// # Errors
    /// A 400 problem when the body is not a batch.
    pub fn batch(&self) -> Result<Batch, Problem> {
        self.json()
    }

    fn is_post_to(&self, path: &str) -> bool {
        self.method() == Method::POST && self.path() == path
    }
}

/// A segment of a path with its percent-encoding undone; bytes that are not UTF-8 become U+FFFD.
pub fn decode(segment: &str) -> Cow<'_, str> {
    percent_decode_str(segment).decode_utf8_lossy()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(uri: &str) -> Request {
        http::Request::builder().uri(uri).body(Bytes::new()).unwrap().into()
    }

    #[test]
    fn a_path_has_segments_and_parameters() {
        let request = request("http://reel.local/v1/titles/a%20b?q=x+y&q=z");
        assert_eq!(request.segments(), ["v1", "titles", "a%20b"]);
        assert_eq!(request.authority(), "reel.local");
        assert_eq!(decode(request.segments()[2]), "a b");
        assert_eq!(request.query("q").as_deref(), Some("x y"));
        assert_eq!(request.query("p"), None);
    }

    #[test]
    fn nobody_is_a_401_and_a_broken_header_is_ours() {
        let nobody = request("/");
        assert_eq!(nobody.principal().unwrap_err().status, 401);
        let builder = http::Request::builder().header(PRINCIPAL_HEADER, "{");
        let broken = Request::from(builder.body(Bytes::new()).unwrap());
        assert_eq!(broken.principal().unwrap_err().status, 500);
    }

    #[test]
    fn a_task_is_a_post_to_its_path() {
        assert!(!request(TASK_PATH).is_task());
        let post = http::Request::post(TASK_PATH).body(Bytes::from_static(b"{\"a\":1}")).unwrap();
        let post = Request::from(post);
        assert!(post.is_task() && !post.is_events());
        assert_eq!(post.json::<serde_json::Value>().unwrap()["a"], 1);
    }
}
