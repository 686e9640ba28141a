//! What a filter is asked: the request's head, while its body stays with the host.

use crate::bindings::chain::wasi::http::handler;
use crate::body;
use crate::http::HostResponse;
use crate::request::Request;
use crate::response::{Response, fields};
use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use reel_api::Problem;
use wasip3::http::types::{ErrorCode, Request as WasiRequest};

/// A request on its way through a chain of filters.
///
/// Nothing of it is copied unless a header is changed, and its body never is.
#[derive(Debug)]
pub struct FilterRequest {
    request: WasiRequest,
    changes: Vec<(HeaderName, Option<HeaderValue>)>,
}

impl FilterRequest {
    /// The method, in capitals.
    pub fn method(&self) -> http::Method {
        self.request.get_method().try_into().unwrap_or_default()
    }

    /// The path, without the query.
    pub fn path(&self) -> String {
        let path = self.request.get_path_with_query().unwrap_or_default();
        path.split('?').next().unwrap_or_default().to_owned()
    }

    /// The first value of a header as it came; none when it is absent or not text.
    pub fn header(&self, name: &str) -> Option<String> {
        String::from_utf8(self.request.get_headers().get(name).into_iter().next()?).ok()
    }

    /// Who asks, when a filter before this one found out.
    ///
    /// # Errors
    /// A 401 problem when nobody was authenticated.
    pub fn principal(&self) -> Result<reel_api::Principal, Problem> {
        let mut head = http::Request::builder();
        if let Some(value) = self.header(reel_api::principal::PRINCIPAL_HEADER) {
            head = head.header(reel_api::principal::PRINCIPAL_HEADER, value);
        }
        let head = head.body(Bytes::new()).map_err(|e| Problem::internal(e.to_string()))?;
        Request::from(head).principal()
    }

    /// Sets a header for those who come next.
    ///
    /// # Errors
    /// A 500 problem when it is not a header's name and value.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Problem> {
        let wrong = |e: String| Problem::internal(format!("{name} cannot be set as a header: {e}"));
        let name = name.parse().map_err(|e: http::header::InvalidHeaderName| wrong(e.to_string()))?;
        let value = HeaderValue::from_str(value).map_err(|e| wrong(e.to_string()))?;
        self.changes.push((name, Some(value)));
        Ok(())
    }

    /// Removes a header for those who come next.
    pub fn remove(&mut self, name: &str) {
        self.changes.extend(name.parse().ok().map(|name| (name, None)));
    }

    /// Passes the request on to the next filter, or to the function at the end. The
    /// answer's body stays with the host; headers can be set on it.
    ///
    /// # Errors
    /// A 500 problem when the chain is broken.
    pub async fn next(self) -> Result<Response, Problem> {
        let broken = |e: ErrorCode| Problem::internal(format!("the next in the chain gave no answer: {e:?}"));
        let request = self.into_wasi().map_err(broken)?;
        let response = handler::handle(request).await.map_err(broken)?;
        Ok(Response::forward(HostResponse::new(response)))
    }

    fn into_wasi(self) -> Result<WasiRequest, ErrorCode> {
        if self.changes.is_empty() {
            return Ok(self.request);
        }
        let mut headers = HeaderMap::try_from(self.request.get_headers())?;
        for (name, value) in self.changes {
            match value {
                Some(value) => headers.insert(name, value),
                None => headers.remove(name),
            };
        }
        rebuilt(self.request, headers)
    }

    pub(crate) fn new(request: WasiRequest) -> Self {
        Self { request, changes: Vec::new() }
    }
}

/// The same request with other headers; the body is handed through.
fn rebuilt(from: WasiRequest, headers: HeaderMap) -> Result<WasiRequest, ErrorCode> {
    let (method, scheme, authority) = (from.get_method(), from.get_scheme(), from.get_authority());
    let (path, options) = (from.get_path_with_query(), from.get_options());
    let (stream, end) = WasiRequest::consume_body(from, body::accepted());
    let (request, _sent) = WasiRequest::new(fields(headers)?, Some(stream), end, options);
    let set = request.set_method(&method).and_then(|()| request.set_scheme(scheme.as_ref()));
    let set = set.and_then(|()| request.set_authority(authority.as_deref()));
    let set = set.and_then(|()| request.set_path_with_query(path.as_deref()));
    set.map_err(|()| ErrorCode::HttpProtocolError)?;
    Ok(request)
}
