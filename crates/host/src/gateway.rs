//! The way in: from a request of the world to the filters and the function of its route.

use crate::body::{self, Body, empty};
use crate::call::{Call, Chain, Trace};
use crate::cors;
use crate::function::Function;
use crate::host::Host;
use crate::outgoing::strip_internal;
use crate::problem::{problem_response, too_large};
use http::header::{ALLOW, CONTENT_LENGTH, HeaderName, HeaderValue};
use http::{Method, Request, Response};
use reel_api::Problem;
use reel_api::availability::{COUNTRY_HEADER, Country};
use reel_app::NoRoute;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// The header that tells functions the address of who asks.
const CLIENT: HeaderName = HeaderName::from_static("x-reel-client");

/// The address of who asks: an extension of the request, put there by who accepted it.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl Host {
    /// Answers a request from outside: finds its route, and passes it through the route's
    /// filters to the function. What is reserved for functions among each other is stripped
    /// from it before. Failures are problems (RFC 9457). Browsers that ask for a page of another
    /// origin are answered here, by what the routes say of it.
    pub async fn route(&self, request: Request<Body>) -> Response<Body> {
        if let Some(answer) = cors::preflight(&self.inner().router, &request) {
            return answer;
        }
        let Destination { chain, max, cors } = match self.destination(request.method(), request.uri().path()) {
            Ok(found) => found,
            Err(no_route) => return refuse(request.uri().path(), no_route),
        };
        let head = request.method() == Method::HEAD;
        let country = self.inner().countries.of(request.headers());
        let mut response = admit(chain, max, country, request).await;
        if cors {
            cors::readable(response.headers_mut());
        }
        if head { without_body(response) } else { response }
    }

    /// Whether some route has this path, whatever its methods.
    pub fn has_route(&self, path: &str) -> bool {
        !matches!(self.inner().router.find(&Method::GET, path), Err(NoRoute::Path))
    }

    fn destination(&self, method: &Method, path: &str) -> Result<Destination, NoRoute> {
        let inner = self.inner();
        let found = inner.router.find(method, path)?;
        let names = found.chain.iter().map(String::as_str).chain([found.function]);
        let functions: Option<Vec<Arc<Function>>> = names.map(|name| inner.functions.get(name).cloned()).collect();
        let max = inner.app.functions.get(found.function).map_or(0, |function| function.max_body);
        Ok(Destination { chain: Chain::new(functions.ok_or(NoRoute::Path)?), max, cors: found.cors })
    }
}

/// Where a route leads.
struct Destination {
    /// Its filters, and its function.
    chain: Chain,
    /// How many bytes of body it takes.
    max: u64,
    /// Whether pages of other origins may read its answers.
    cors: bool,
}

async fn admit(chain: Chain, max: u64, country: Country, mut request: Request<Body>) -> Response<Body> {
    strip_internal(request.headers_mut());
    if let Ok(country) = HeaderValue::try_from(country.to_string()) {
        request.headers_mut().insert(COUNTRY_HEADER, country);
    }
    if let Some(ClientAddress(address)) = request.extensions().get().copied()
        && let Ok(address) = HeaderValue::try_from(address.to_canonical().to_string())
    {
        request.headers_mut().insert(CLIENT, address);
    }
    if *request.method() == Method::HEAD {
        *request.method_mut() = Method::GET;
    }
    if announced(&request).is_some_and(|length| length > max) {
        return problem_response(&too_large(max));
    }
    let exceeded = Arc::new(AtomicBool::new(false));
    let request = request.map(|body| body::limited(body, max, exceeded.clone()));
    let response = run(chain, request).await;
    // A function cannot know why the body broke off.
    if exceeded.load(Relaxed) { problem_response(&too_large(max)) } else { response }
}

async fn run(chain: Chain, request: Request<Body>) -> Response<Body> {
    let call = Call::from_outside(Trace::of(request.headers()));
    let Some((first, rest)) = chain.split() else {
        return problem_response(&Problem::internal("the route leads nowhere"));
    };
    let mut response = first.call(&call, rest, request).await;
    strip_internal(response.headers_mut());
    call.trace.report(response.headers_mut());
    response
}

fn announced(request: &Request<Body>) -> Option<u64> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The answer to `HEAD` has the headers of the answer to `GET` (RFC 9110, section 9.3.2).
fn without_body(response: Response<Body>) -> Response<Body> {
    response.map(|_| empty())
}

fn refuse(path: &str, why: NoRoute) -> Response<Body> {
    match why {
        NoRoute::Path => problem_response(&Problem::not_found(format!("nothing is at {path}"))),
        NoRoute::Method(methods) => {
            let allowed = methods.join(", ");
            let problem =
                Problem::new(405, "method", "This method is not taken here", format!("{path} takes {allowed}"));
            let mut response = problem_response(&problem);
            response.headers_mut().extend(HeaderValue::try_from(allowed).ok().map(|value| (ALLOW, value)));
            response
        }
    }
}
