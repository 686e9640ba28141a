//! The pages, as Vite built them, and compressed where the build left `.br` and `.gz` beside.

use async_trait::async_trait;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header};
use http_body_util::BodyExt;
use reel_api::Problem;
use reel_capabilities::config::Config;
use reel_host::{Body, BodyError, Handled, Hook, problem_response};
use std::path::Path;
use std::sync::Arc;
use tower_http::services::ServeDir;

/// Where Stripe has its script and the frames in which cards are entered and payments confirmed.
const STRIPE: &str = " https://js.stripe.com https://hooks.stripe.com";

/// Answers what no route answers.
pub(crate) struct Pages {
    files: ServeDir,
    config: Arc<dyn Config>,
}

impl Pages {
    pub(crate) fn at(folder: &Path, config: Arc<dyn Config>) -> Self {
        Self { files: ServeDir::new(folder).precompressed_br().precompressed_gzip(), config }
    }

    /// What pages may load.
    fn policy(&self) -> HeaderValue {
        let policy = policy(&payment_frames(&*self.config));
        HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'self'"))
    }
}

/// Scripts come from here alone, and from who takes payments; media and manifests come from the edges as well.
fn policy(payment: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{payment}; style-src 'self'; \
         img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' http: https:; \
         worker-src 'self' blob:; frame-src 'self'{payment}; object-src 'none'; base-uri 'self'; \
         frame-ancestors 'none'; form-action 'self'"
    )
}

/// The origins of the payment provider's script and frames, each after a space; none while billing is off.
fn payment_frames(config: &dyn Config) -> String {
    let setting = |key| config.get(key).ok().flatten();
    if setting("billing.stripe-publishable-key").is_none() {
        return String::new();
    }
    let Some(script) = setting("billing.stripe-script") else { return STRIPE.into() };
    let origin = script.parse::<Uri>().ok().and_then(|uri| Some(format!(" {}://{}", uri.scheme()?, uri.authority()?)));
    origin.unwrap_or_default()
}

#[async_trait]
impl Hook for Pages {
    async fn handle(&self, request: Request<Body>) -> Handled {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Handled::PassedOn(request);
        }
        let hashed = request.uri().path().starts_with("/assets/");
        match self.files.clone().try_call(request.map(|_| ())).await {
            Ok(response) if response.status() == http::StatusCode::NOT_FOUND => {
                Handled::Answered(problem_response(&Problem::not_found("there is no such page or file")))
            }
            Ok(response) => Handled::Answered(dressed(response, self.policy(), hashed)),
            Err(error) => Handled::Answered(problem_response(&Problem::internal(error.to_string()))),
        }
    }
}

fn dressed<B>(response: Response<B>, policy: HeaderValue, hashed: bool) -> Response<Body>
where
    B: hyper::body::Body<Data = bytes::Bytes, Error = std::io::Error> + Send + 'static,
{
    let mut response =
        response.map(|body| body.map_err(|e| BodyError::InternalError(Some(e.to_string()))).boxed_unsync());
    set_headers(response.headers_mut(), policy, hashed);
    response
}

fn set_headers(headers: &mut HeaderMap, policy: HeaderValue, hashed: bool) {
    // A name with a hash never changes its content; any other may with each build.
    let cache = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_capabilities::config::ConfigError;

    struct Settings(Vec<(&'static str, &'static str)>);

    impl Config for Settings {
        fn get(&self, key: &str) -> Result<Option<String>, ConfigError> {
            Ok(self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| (*value).to_owned()))
        }

        fn all(&self) -> Result<Vec<(String, String)>, ConfigError> {
            Ok(vec![])
        }
    }

    #[test]
    fn scripts_come_from_here_and_from_who_takes_payments() {
        assert_eq!(payment_frames(&Settings(vec![])), "");
        let key = ("billing.stripe-publishable-key", "pk_1");
        assert_eq!(payment_frames(&Settings(vec![key])), STRIPE);
        let own = ("billing.stripe-script", "http://127.0.0.1:8420/js.stripe.com/v3/");
        assert_eq!(payment_frames(&Settings(vec![key, own])), " http://127.0.0.1:8420");
        assert!(policy(" x").contains("script-src 'self' 'wasm-unsafe-eval' x; style-src 'self';"));
    }
}
