//! The pages, as Vite built them, and compressed where the build left `.br` and `.gz` beside.

use async_trait::async_trait;
use http::{HeaderMap, HeaderValue, Method, Request, Response, header};
use http_body_util::BodyExt;
use reel_api::Problem;
use reel_host::{Body, BodyError, Handled, Hook, problem_response};
use std::path::Path;
use tower_http::services::ServeDir;

/// Scripts come from here alone; media and manifests come from the edges as well.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' http: https:; worker-src 'self' blob:; \
    object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'";

/// Answers what no route answers.
pub(crate) struct Pages(ServeDir);

impl Pages {
    pub(crate) fn at(folder: &Path) -> Self {
        Self(ServeDir::new(folder).precompressed_br().precompressed_gzip())
    }
}

#[async_trait]
impl Hook for Pages {
    async fn handle(&self, request: Request<Body>) -> Handled {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Handled::PassedOn(request);
        }
        let hashed = request.uri().path().starts_with("/assets/");
        match self.0.clone().try_call(request.map(|_| ())).await {
            Ok(response) if response.status() == http::StatusCode::NOT_FOUND => {
                Handled::Answered(problem_response(&Problem::not_found("there is no such page or file")))
            }
            Ok(response) => Handled::Answered(dressed(response, hashed)),
            Err(error) => Handled::Answered(problem_response(&Problem::internal(error.to_string()))),
        }
    }
}

fn dressed<B>(response: Response<B>, hashed: bool) -> Response<Body>
where
    B: hyper::body::Body<Data = bytes::Bytes, Error = std::io::Error> + Send + 'static,
{
    let mut response =
        response.map(|body| body.map_err(|e| BodyError::InternalError(Some(e.to_string()))).boxed_unsync());
    set_headers(response.headers_mut(), hashed);
    response
}

fn set_headers(headers: &mut HeaderMap, hashed: bool) {
    // A name with a hash never changes its content; any other may with each build.
    let cache = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
}
