//! A platform and its edges, on a port of this machine.

mod film;

pub(crate) use film::{FRAMES, Film, SECONDS};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use reel_api::license::{ContentKey, License, LicenseRequest};
use reel_api::playback::{Pathway, Playback};
use reel_media::device::profile;
use reel_media::manifest::{Addresses, dash, media_playlist, multivariant_playlist};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

pub(crate) const TOKEN: &str = "a-bearer-token";

/// What an edge does wrong with an object.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// It answers 404.
    Missing,
    /// It answers with these bytes.
    Other(Vec<u8>),
    /// It promises more bytes than it sends.
    Cut,
}

/// A platform under test. It stops with the test's runtime.
pub(crate) struct Platform {
    pub(crate) base: String,
    pub(crate) film: &'static Film,
    state: Arc<State>,
}

struct State {
    film: &'static Film,
    base: String,
    pathways: Vec<Pathway>,
    /// By pathway and key.
    faults: Mutex<BTreeMap<(String, String), Fault>>,
    /// Manifests as they are to be changed: (from, to).
    edits: Mutex<Vec<(String, String)>>,
    served: Mutex<Vec<String>>,
}

impl Platform {
    /// Serves a film over the pathways `isp` and `ixp`, and before them one that is dead.
    pub(crate) async fn start(film: &'static Film) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/stage", listener.local_addr().unwrap());
        let live = ["isp", "ixp"].map(|id| Pathway { id: id.into(), base_url: format!("{base}/t/{id}/") });
        let dead = Pathway { id: "dead".into(), base_url: format!("http://{}/", dead_address().await) };
        let pathways = std::iter::once(dead).chain(live).collect();
        let state = Arc::new(State {
            film,
            base: base.clone(),
            pathways,
            faults: Mutex::default(),
            edits: Mutex::default(),
            served: Mutex::default(),
        });
        tokio::spawn(serve(listener, Arc::clone(&state)));
        Self { base, film, state }
    }

    /// Makes an edge fail with an object; the key is relative to the title.
    pub(crate) fn fail(&self, pathway: &str, key: &str, fault: Fault) {
        let key = format!("{}/{key}", self.film.prefix());
        self.state.faults.lock().unwrap().insert((pathway.to_owned(), key), fault);
    }

    /// Makes both living edges fail with an object.
    pub(crate) fn fail_everywhere(&self, key: &str, fault: Fault) {
        self.fail("isp", key, fault.clone());
        self.fail("ixp", key, fault);
    }

    /// Changes every manifest.
    pub(crate) fn edit(&self, from: &str, to: &str) {
        self.state.edits.lock().unwrap().push((from.to_owned(), to.to_owned()));
    }

    pub(crate) fn object(&self, key: &str) -> Vec<u8> {
        self.film.objects[&format!("{}/{key}", self.film.prefix())].clone()
    }

    /// The paths that were asked for, in order.
    pub(crate) fn served(&self) -> Vec<String> {
        self.state.served.lock().unwrap().clone()
    }
}

/// An address at which nobody listens.
async fn dead_address() -> std::net::SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let state = Arc::clone(&state);
                async move { Ok::<_, Infallible>(answer(&state, request).await) }
            });
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

type Answer = Response<Full<Bytes>>;

async fn answer(state: &State, request: Request<Incoming>) -> Answer {
    let (head, body) = request.into_parts();
    let path = head.uri.path().trim_start_matches("/stage").to_owned();
    state.served.lock().unwrap().push(path.clone());
    let bearer =
        head.headers.get("authorization").map(|value| value.as_bytes() == format!("Bearer {TOKEN}").as_bytes());
    if let Some(rest) = path.strip_prefix("/t/") {
        return segment(state, rest);
    }
    match (path.as_str(), bearer) {
        ("/playback", Some(true)) if head.uri.query() == Some("contentId=a-film&device=cli") => json(&playback(state)),
        ("/playback", Some(true)) => problem(404, "not-found"),
        ("/playback", _) => problem(401, "unauthenticated"),
        ("/license", None) => license(state, &body.collect().await.unwrap().to_bytes()),
        _ => manifest(state, &path, head.uri.query().unwrap_or_default()),
    }
}

fn playback(state: &State) -> Playback {
    Playback {
        title_id: state.film.index.title_id,
        name: "A film".into(),
        duration_ms: state.film.index.duration_ms,
        device: "cli".into(),
        dash_url: Some("/play/manifest.mpd".into()),
        hls_url: Some("/play/main.m3u8".into()),
        license_url: state.film.index.scheme.map(|_| format!("{}/license", state.base)),
        steering_url: "/steering".into(),
        pathways: state.pathways.clone(),
        resume_ms: 0,
        expires_at: "2030-01-01T00:00:00Z".into(),
        lease: None,
    }
}

fn manifest(state: &State, path: &str, query: &str) -> Answer {
    let addresses = Addresses {
        pathways: state.pathways.clone(),
        steering_url: format!("{}/steering", state.base),
        license_url: state.film.index.scheme.map(|_| format!("{}/license", state.base)),
    };
    let (index, cli) = (&state.film.index, profile("cli").unwrap());
    let file = path.strip_prefix("/play/").unwrap_or_default();
    let text = match file {
        "manifest.mpd" => dash(index, cli, &addresses),
        "main.m3u8" => multivariant_playlist(index, cli, &addresses),
        _ => {
            media_playlist(index, cli, &addresses, file.trim_end_matches(".m3u8"), query.trim_start_matches("pathway="))
        }
    };
    let Ok(mut text) = text else { return problem(404, "not-found") };
    for (from, to) in state.edits.lock().unwrap().iter() {
        text = text.replace(from, to);
    }
    Response::new(Full::from(text))
}

fn license(state: &State, body: &[u8]) -> Answer {
    let request: LicenseRequest = serde_json::from_slice(body).unwrap();
    let key = |kid: &String| {
        let k = state.film.keys.get(&hex::encode(BASE64_URL_SAFE_NO_PAD.decode(kid).ok()?))?;
        Some(ContentKey { kty: "oct".into(), kid: kid.clone(), k: BASE64_URL_SAFE_NO_PAD.encode(hex::decode(k).ok()?) })
    };
    json(&License { keys: request.kids.iter().filter_map(key).collect(), kind: "temporary".into() })
}

fn segment(state: &State, rest: &str) -> Answer {
    let (pathway, key) = rest.split_once('/').unwrap_or((rest, ""));
    let fault = state.faults.lock().unwrap().get(&(pathway.to_owned(), key.to_owned())).cloned();
    let Some(bytes) = state.film.objects.get(key) else { return problem(404, "not-found") };
    let builder = Response::builder().header("x-reel-cache", if pathway == "isp" { "hit" } else { "miss" });
    match fault {
        None => builder.body(Full::from(bytes.clone())),
        Some(Fault::Other(bytes)) => builder.body(Full::from(bytes)),
        Some(Fault::Cut) => builder.header("content-length", bytes.len() * 2).body(Full::from(bytes.clone())),
        Some(Fault::Missing) => return problem(404, "not-found"),
    }
    .unwrap()
}

fn json(value: &impl serde::Serialize) -> Answer {
    Response::new(Full::from(serde_json::to_vec(value).unwrap()))
}

fn problem(status: u16, code: &str) -> Answer {
    let body = serde_json::to_vec(&reel_api::Problem::new(status, code, "No", "no")).unwrap();
    Response::builder().status(status).body(Full::from(body)).unwrap()
}
