//! The worker as its host calls it.

use crate::decision::{self, Cache};
use crate::settings::{self, Settings};
use reel_api::problem::PROBLEM_JSON;
use reel_api::{Millis, Problem};
use spin_sdk::http::{FullBody, HeaderMap, HeaderValue, IntoResponse, Method, Request};
use spin_sdk::http_service;
use spin_sdk::wasip3::http::client;
use spin_sdk::wasip3::http::types::{
    ErrorCode, Fields, Method as WasiMethod, Request as WasiRequest, Response, Scheme,
};
use spin_sdk::wasip3::{wit_bindgen, wit_future};
use std::time::{SystemTime, UNIX_EPOCH};

mod bindings {
    #![allow(missing_docs, unreachable_pub, clippy::all)]
    spin_sdk::wit_bindgen::generate!({
        path: "../../wit/config",
        inline: "
            package reel:segment-cache@0.1.0;
            world settings {
                import wasi:config/store@0.2.0-rc.1;
            }
        ",
        world: "reel:segment-cache/settings@0.1.0",
        runtime_path: "spin_sdk::wit_bindgen::rt",
        generate_all,
    });
}

use bindings::wasi::config::store;

#[http_service]
async fn handle(request: Request) -> Result<Response, ErrorCode> {
    match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/healthz") => own(200, "text/plain; charset=utf-8", b"ok\n".to_vec()),
        (&Method::GET | &Method::HEAD, _) => segment(&request).await.or_else(refused),
        (&Method::OPTIONS, _) => own(204, "text/plain; charset=utf-8", Vec::new()),
        (method, _) => refused(Problem::new(
            405,
            "method",
            "This method is not allowed",
            format!("segments are read with GET, not {method}"),
        )),
    }
}

async fn segment(request: &Request) -> Result<Response, Problem> {
    let settings = Settings::read(setting(settings::DELIVERY_KEY)?, setting(settings::PARENTS)?)?;
    decision::answer(request.uri().path(), now(), &settings, &HostCache(request)).await
}

fn setting(name: &str) -> Result<Option<String>, Problem> {
    store::get(name).map_err(|e| Problem::unavailable(format!("the configuration cannot be read: {e:?}"), 1))
}

fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
}

/// The cache, asked on behalf of a request: with its method and its range.
struct HostCache<'a>(&'a Request);

impl Cache for HostCache<'_> {
    type Answer = Response;

    async fn get(&self, key: &str, fill: Option<&str>) -> Result<Response, String> {
        let request = self.request(key, fill).map_err(|()| format!("{key} cannot be asked for"))?;
        client::send(request).await.map_err(|e| format!("{e:?}"))
    }

    fn status(answer: &Response) -> u16 {
        answer.get_status_code()
    }
}

impl HostCache<'_> {
    fn request(&self, key: &str, fill: Option<&str>) -> Result<WasiRequest, ()> {
        let range = self.0.headers().get("range").map(|range| range.as_bytes().to_vec());
        let fill = fill.map(|url| url.as_bytes().to_vec());
        let headers = [("range", range), ("x-reel-fill", fill)];
        let headers: Vec<_> = headers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        let (request, _sent) = WasiRequest::new(Fields::from_list(&headers).map_err(drop)?, None, no_trailers(), None);
        let method = if self.0.method() == Method::HEAD { WasiMethod::Head } else { WasiMethod::Get };
        request.set_method(&method)?;
        request.set_scheme(Some(&Scheme::Http))?;
        request.set_authority(Some("cache.internal"))?;
        request.set_path_with_query(Some(&format!("/{key}")))?;
        Ok(request)
    }
}

type Trailers = wit_bindgen::FutureReader<Result<Option<Fields>, ErrorCode>>;

fn no_trailers() -> Trailers {
    wit_future::new(|| Ok(None)).1
}

fn refused(problem: Problem) -> Result<Response, ErrorCode> {
    own(problem.status, PROBLEM_JSON, serde_json::to_vec(&problem).unwrap_or_default())
}

/// An answer of the worker's own. Pages of any origin may read it, for a token is the
/// permission, and may send ranges.
fn own(status: u16, content_type: &'static str, body: Vec<u8>) -> Result<Response, ErrorCode> {
    let mut headers = HeaderMap::new();
    let set = [
        ("content-type", content_type),
        ("cache-control", "no-store"),
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "GET, HEAD, OPTIONS"),
        ("access-control-allow-headers", "range"),
        ("access-control-max-age", "86400"),
    ];
    for (name, value) in set {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let status = status.try_into().unwrap_or_default();
    (status, headers, FullBody::new(bytes::Bytes::from(body))).into_response()
}
