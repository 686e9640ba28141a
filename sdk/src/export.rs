//! What `function!` and `filter!` expand to calls of. Not for use by hand.

use crate::body::{self, BodyError};
use crate::filter::FilterRequest;
use crate::http::announced;
use crate::request::Request;
use crate::response::Response;
use bytes::Bytes;
use http::{HeaderMap, Uri};
use reel_api::Problem;
use reel_api::internal::EVENTS_PATH;
pub use wasip3;
use wasip3::http::types::{ErrorCode, Request as WasiRequest, Response as WasiResponse};

/// The most bytes of a batch of events: the host sends 4 MiB of records, in base64.
const MAX_EVENTS: usize = 16 * 1024 * 1024;

/// Answers one request with a function's handler.
pub async fn answer<H, F>(request: WasiRequest, max: usize, handle: H) -> Result<WasiResponse, ErrorCode>
where
    H: FnOnce(Request) -> F,
    F: Future<Output = Result<Response, Problem>>,
{
    let answered = match read(request, max).await {
        Ok(request) => handle(request).await,
        Err(problem) => Err(problem),
    };
    answered.unwrap_or_else(Response::from).into_wasi()
}

/// Answers one request with a filter's handler.
pub async fn filter<H, F>(request: WasiRequest, handle: H) -> Result<WasiResponse, ErrorCode>
where
    H: FnOnce(FilterRequest) -> F,
    F: Future<Output = Result<Response, Problem>>,
{
    let answered = handle(FilterRequest::new(request)).await;
    answered.unwrap_or_else(Response::from).into_wasi()
}

async fn read(request: WasiRequest, max: usize) -> Result<Request, Problem> {
    let head = head(&request)?;
    // Batches of events are the host's own, and bounded by it.
    let max = if head.uri().path() == EVENTS_PATH { max.max(MAX_EVENTS) } else { max };
    let announced = announced(head.headers());
    let (stream, end) = WasiRequest::consume_body(request, body::accepted());
    let body = body::read(stream, end, announced, max).await.map_err(unread)?;
    Ok(head.map(|()| Bytes::from(body)).into())
}

fn head(request: &WasiRequest) -> Result<http::Request<()>, Problem> {
    let path = request.get_path_with_query().unwrap_or_else(|| "/".into());
    let authority = request.get_authority().unwrap_or_else(|| "reel.internal".into());
    let uri = Uri::builder().scheme("http").authority(authority).path_and_query(path).build();
    let uri = uri.map_err(|e| Problem::invalid(format!("the request has no address: {e}")))?;
    let method = request.get_method().try_into();
    let headers = HeaderMap::try_from(request.get_headers());
    let mut head = http::Request::new(());
    *head.uri_mut() = uri;
    *head.method_mut() = method.map_err(|_| Problem::invalid("the method is not one"))?;
    *head.headers_mut() = headers.map_err(|e| Problem::invalid(format!("a header is not one: {e:?}")))?;
    Ok(head)
}

fn unread(error: BodyError) -> Problem {
    match error {
        BodyError::TooLarge(_) => Problem::new(413, "too-large", "The body is too large", error.to_string()),
        BodyError::Broken(_) => Problem::invalid(error.to_string()),
    }
}

/// Exports an `async fn handle(Request) -> Result<Response, Problem>` as a function.
///
/// `function!(handle)` reads bodies of up to 1 MiB; `function!(handle, max_body = BYTES)`
/// of so many bytes. Larger ones are answered by a 413 problem.
#[macro_export]
macro_rules! function {
    ($handle:path) => {
        $crate::function!($handle, max_body = $crate::MAX_BODY);
    };
    ($handle:path, max_body = $max:expr) => {
        $crate::__export!($handle, |request| $crate::export::answer(request, $max, $handle));
    };
}

/// Exports an `async fn handle(FilterRequest) -> Result<Response, Problem>` as a filter.
#[macro_export]
macro_rules! filter {
    ($handle:path) => {
        $crate::__export!($handle, |request| $crate::export::filter(request, $handle));
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __export {
    ($handle:path, |$request:ident| $answer:expr) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::export::wasip3::{self, exports::http::handler::Guest, http::types};
            struct Function;
            impl Guest for Function {
                async fn handle($request: types::Request) -> Result<types::Response, types::ErrorCode> {
                    $answer.await
                }
            }
            wasip3::http::service::export!(Function);
        };
        // Elsewhere nothing is exported, and the handler still counts as used.
        #[cfg(not(target_arch = "wasm32"))]
        const _: fn() = || {
            let _ = $handle;
        };
    };
}
