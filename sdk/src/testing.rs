//! Asking a handler natively, for a function's own tests (feature `testing`).

use crate::{Problem, Request, Response};
use bytes::Bytes;

/// The header of a JSON body.
pub const JSON: (&str, &str) = ("content-type", "application/json");

/// The status and code of a handler's refusal of a request with these headers.
///
/// # Panics
/// When the handler does not refuse, or the request is none.
pub fn refusal<F: Future<Output = Result<Response, Problem>>>(
    handle: impl FnOnce(Request) -> F,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, String) {
    let mut request = http::Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Bytes::copy_from_slice(body.as_bytes())).expect("a request");
    match futures::executor::block_on(handle(request.into())) {
        Err(Problem { status, code, .. }) => (status, code),
        Ok(_) => panic!("{method} {path} was not refused"),
    }
}

/// A principal of a role, as its header has it; with a profile, or before one is chosen.
pub fn principal(role: &str, profile: bool) -> String {
    let id = "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";
    let profile = if profile { format!("{id:?}") } else { "null".into() };
    format!(r#"{{"account":"{id}","session":"{id}","profile":{profile},"role":"{role}"}}"#)
}
