//! The same bytes on three hosts: Reel's own, as `reel up` has it, a Lambda, and `wasmtime serve`,
//! which knows nothing of Reel. Each answers as the other two do.
//!
//! Of the components, `publish`, `search` and `segment-cache` import standard interfaces
//! alone. What else is a function imports some of Reel's, and a filter `wasi:http/handler`, which
//! `wasmtime serve` does not lend. For want of names like `content.internal` there, no row lets a
//! function call another; and none of the three has a way to panic.

#[path = "../../host/tests/support/backends.rs"]
#[allow(dead_code, reason = "these functions read settings, and no more")]
mod backends;

use backends::Backends;
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use reel_api::encoding::PublishRequest;
use reel_api::internal::{Answered, Asked, Invocation, TASK_PATH};
use reel_api::principal::PRINCIPAL_HEADER;
use reel_api::problem::PROBLEM_JSON;
use reel_api::{Problem, RevisionId, TitleId};
use reel_app::App;
use reel_capabilities::Capabilities;
use reel_capabilities::config::{Config, ConfigError};
use reel_delivery::{Claims, Keys, PathError, TokenError};
use reel_host::{Components, Hooks, Host};
use reel_lambda_local::{Lambda, Lambdas};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

/// The one setting, by its key, and its value.
const SETTING: (&str, &str) =
    ("segment-cache.delivery-key", "0707070707070707070707070707070707070707070707070707070707070707");
/// Who watches, as `authenticate` tells it.
const VIEWER: &str = concat!(
    r#"{"account":"018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f","session":"018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e70","#,
    r#""profile":null,"role":"viewer"}"#
);

/// The manifest of each of them.
const APP: &str = r#"
    [functions.NAME]
    routes = [{ path = "/" }, { path = "/{path...}" }]
    [functions.NAME.grants]
    config = true
    services = ["cache"]
"#;

#[tokio::test]
async fn a_component_answers_the_same_on_every_host() {
    for (name, rows) in [("publish", publish()), ("search", search()), ("segment-cache", segments())] {
        let mut component = Component::start(name).await;
        for Row { who, request, expected } in rows {
            let asked = format!("{name}: {} {}", request.method(), request.uri());
            assert_eq!(component.on_reel(who, &request).await, expected, "{asked} on Reel's host");
            assert_eq!(component.on_lambda(who, &request).await, expected, "{asked} as a Lambda");
            assert_eq!(over_http(component.wasmtime, &request).await, expected, "{asked} on wasmtime serve");
        }
        component.running.kill().await.unwrap();
    }
}

/// What is asked, and what every host answers.
struct Row {
    who: Who,
    request: Request<Bytes>,
    expected: Answer,
}

/// Who asks. Reel lets functions say among each other what it strips from requests from outside.
#[derive(Clone, Copy)]
enum Who {
    Client,
    Function,
}

fn client(request: Request<Bytes>, expected: impl Into<Answer>) -> Row {
    Row { who: Who::Client, request, expected: expected.into() }
}

fn function(request: Request<Bytes>, expected: impl Into<Answer>) -> Row {
    Row { who: Who::Function, request, expected: expected.into() }
}

fn ask(method: &str, path: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    Request::builder().method(method).uri(path).body(body.into()).unwrap()
}

fn publish() -> Vec<Row> {
    let absent = |what: &str| Problem::not_found(format!("there is no {what}"));
    // Where a body ends tells whether all of it came.
    let broken = |body: &[u8]| {
        let error = serde_json::from_slice::<PublishRequest>(body).unwrap_err();
        Problem::invalid(format!("the body is not the JSON expected here: {error}"))
    };
    let endless = format!(r#"{{"title_id":"{}"#, "x".repeat(300_000)).into_bytes();
    let bytes: Vec<u8> = [&br#"{"title_id":""#[..], &[0xff, 0, 0xfe]].concat();
    let job = json!({ "title_id": claims().title, "revision": claims().revision,
        "source": { "bucket": "sources", "key": "a/b" } });
    vec![
        client(ask("GET", "/", ""), absent("GET /")),
        client(ask("GET", "/v1/a%20b/%C3%A4", ""), absent("GET /v1/a%20b/%C3%A4")),
        client(ask("PATCH", "/v1/films", r#"{"title":"Ä"}"#), absent("PATCH /v1/films")),
        client(ask("DELETE", "/v1/films", vec![0xff, 0, 0xfe]), absent("DELETE /v1/films")),
        function(ask("GET", TASK_PATH, ""), absent("GET /_reel/task")),
        function(ask("POST", TASK_PATH, ""), broken(b"")),
        function(ask("POST", TASK_PATH, "[1, 2"), broken(b"[1, 2")),
        function(ask("POST", TASK_PATH, bytes.clone()), broken(&bytes)),
        function(ask("POST", TASK_PATH, endless.clone()), broken(&endless)),
        function(
            ask("POST", TASK_PATH, job.to_string()),
            Problem::invalid("there is neither package nor failure to publish"),
        ),
    ]
}

fn search() -> Vec<Row> {
    let nobody = || Problem::unauthenticated("send a bearer token in the Authorization header");
    let as_principal = |method: &str, path: &str, principal: &'static str| {
        let mut request = ask(method, path, "");
        request.headers_mut().insert(PRINCIPAL_HEADER, HeaderValue::from_static(principal));
        request
    };
    let perhaps = Problem::invalid(r#"playable is "perhaps"; it is true or false"#);
    let broken = "x-reel-principal does not read: EOF while parsing an object at line 1 column 1";
    vec![
        client(ask("GET", "/v1/search", ""), nobody()),
        client(ask("HEAD", "/v1/search", ""), Answer::from(nobody()).without_body()),
        client(ask("POST", "/v1/search", "x".repeat(100_000)), nobody()),
        function(as_principal("GET", "/v1/search", "{"), Problem::internal(broken)),
        function(as_principal("DELETE", "/v1/search", VIEWER), Problem::not_found("there is no DELETE /v1/search")),
        function(as_principal("GET", "/v1/search?playable=perhaps", VIEWER), perhaps),
        function(as_principal("GET", "/v1/", VIEWER), Problem::not_found("there is no GET /v1/")),
    ]
}

fn segments() -> Vec<Row> {
    let keys = Keys::from_hex(SETTING.1).unwrap();
    let path = |token: &str| {
        let Claims { title, revision, .. } = claims();
        format!("/t/{token}/{title}/{revision}/h264-720p/1.m4s")
    };
    let text = |status, body: &str| Answer::new(status, "text/plain; charset=utf-8", body).of_segment_cache();
    let problem = |problem: Problem| Answer::from(problem).of_segment_cache();
    let refused = |token: &str, why: TokenError| client(ask("GET", &path(token), ""), problem(why.into()));
    let (forged, other) = (Keys::from_bytes(&[8; 32]).unwrap(), TitleId::new(1, &[9; 10]));
    let past = 1_000_000_000_000;
    let method = "segments are read with GET, not PUT";
    let method = Problem::new(405, "method", "This method is not allowed", method);
    vec![
        client(ask("GET", "/healthz", ""), text(200, "ok\n")),
        client(ask("HEAD", "/healthz", ""), text(200, "")),
        client(ask("OPTIONS", "/t/x", ""), text(204, "")),
        client(ask("PUT", "/healthz", "ok"), problem(method)),
        client(ask("GET", "/t/x", ""), problem(PathError.into())),
        refused("x", TokenError::Malformed),
        refused(&claims().sign(&forged), TokenError::Forged),
        refused(&Claims { expires_at: past, ..claims() }.sign(&keys), TokenError::Expired(past)),
        refused(&Claims { title: other, ..claims() }.sign(&keys), TokenError::WrongTitle),
    ]
}

/// A token's, for as long as there are tokens.
fn claims() -> Claims {
    Claims::of_play(TitleId::new(1, &[1; 10]), RevisionId::new(2, &[2; 10]), u64::MAX, 0)
}

/// An answer, without what a host adds to it.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn new(status: u16, content_type: &str, body: impl Into<String>) -> Self {
        Self { status, headers: vec![("content-type".into(), content_type.into())], body: body.into() }
    }

    fn received(status: u16, headers: impl IntoIterator<Item = (String, String)>, body: &[u8]) -> Self {
        // How a message is framed is a host's affair, and what it tells of itself.
        let own = ["connection", "content-length", "date", "server-timing", "transfer-encoding"];
        let mut headers: Vec<_> = headers.into_iter().filter(|(name, _)| !own.contains(&name.as_str())).collect();
        headers.sort();
        Self { status, headers, body: String::from_utf8_lossy(body).into_owned() }
    }

    fn without_body(self) -> Self {
        Self { body: String::new(), ..self }
    }

    /// With the headers that `segment-cache` sets on every answer of its own.
    fn of_segment_cache(mut self) -> Self {
        let set = [
            ("access-control-allow-headers", "range"),
            ("access-control-allow-methods", "GET, HEAD, OPTIONS"),
            ("access-control-allow-origin", "*"),
            ("access-control-max-age", "86400"),
            ("cache-control", "no-store"),
        ];
        self.headers.extend(set.map(|(name, value)| (name.to_owned(), value.to_owned())));
        self.headers.sort();
        self
    }
}

impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        Self::new(problem.status, PROBLEM_JSON, serde_json::to_string(&problem).unwrap())
    }
}

/// A component on each of the three.
struct Component {
    name: &'static str,
    host: Host,
    /// Where the host serves its routes.
    reel: SocketAddr,
    lambdas: Lambdas,
    wasmtime: SocketAddr,
    running: Child,
    _folder: TempDir,
}

impl Component {
    async fn start(name: &'static str) -> Self {
        let wasm = components().join(format!("{}.wasm", name.replace('-', "_")));
        let bytes = std::fs::read(&wasm).unwrap_or_else(|e| panic!("{}: {e}; script/build makes it", wasm.display()));
        let code = reel_host::compile(&bytes, Some("x86_64-unknown-linux-gnu")).unwrap();
        let app = App::parse("reel.toml", &APP.replace("NAME", name)).unwrap();

        let (lambdas, folder) = lambdas(name, &app, &code).await;
        let capabilities = Capabilities { config: Arc::new(Settings), ..Backends::default().capabilities() };
        let file = folder.path().join(format!("components/{name}.cwasm"));
        let compiled = HashMap::from([(name.to_owned(), file)]);
        let host = Host::builder(app, capabilities).components(Components::Compiled(compiled)).build().unwrap();
        let (listener, reel) = listen().await;
        let serving = host.clone();
        tokio::spawn(async move { serving.serve(listener, Hooks::default(), std::future::pending()).await });
        let (running, wasmtime) = wasmtime_serve(&wasm).await;
        Self { name, host, reel, lambdas, wasmtime, running, _folder: folder }
    }

    async fn on_reel(&self, who: Who, request: &Request<Bytes>) -> Answer {
        match who {
            Who::Client => over_http(self.reel, request).await,
            Who::Function => {
                let answer = self.host.call(self.name, request.clone().map(reel_host::full)).await;
                received(answer).await
            }
        }
    }

    async fn on_lambda(&self, who: Who, request: &Request<Bytes>) -> Answer {
        let event = match who {
            Who::Client => gateway(request),
            Who::Function => json!(Invocation { request: Asked::try_from(request).unwrap() }),
        };
        let answer = self.lambdas.invoke(self.name, &event).await.unwrap();
        match who {
            Who::Client => of_gateway(&answer),
            Who::Function => {
                let Answered { status, headers, body } = serde_json::from_value(answer).unwrap();
                Answer::received(status, headers, &body)
            }
        }
    }
}

/// The folder of the components, those that are deployed.
fn components() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    target.join("wasm32-wasip2/component")
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

async fn over_http(address: SocketAddr, request: &Request<Bytes>) -> Answer {
    let mut request = request.clone().map(Full::new);
    request.headers_mut().insert(header::HOST, HeaderValue::from_static("reel.example"));
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    received(sender.send_request(request).await.unwrap()).await
}

async fn received<B: hyper::body::Body<Error: std::fmt::Debug>>(response: Response<B>) -> Answer {
    let (head, body) = response.into_parts();
    let headers = head.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    Answer::received(head.status.as_u16(), headers, &body.collect().await.unwrap().to_bytes())
}

/// Starts `wasmtime serve`, and tells where it listens; it is killed when dropped.
async fn wasmtime_serve(wasm: &Path) -> (Child, SocketAddr) {
    let program = std::env::var_os("WASMTIME").expect("WASMTIME names no program: export WASMTIME=$(script/wasmtime)");
    let mut command = Command::new(program);
    command.args(["serve", "--addr", "127.0.0.1:0", "-C", "cache=n", "-S", "cli,config"]);
    command.arg("-S").arg(format!("config-var={}={}", SETTING.0, SETTING.1)).arg(wasm);
    let mut child = command.stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let (mut stderr, mut ready) = (BufReader::new(child.stderr.take().unwrap()), String::new());
    stderr.read_line(&mut ready).await.unwrap();
    // It goes on writing there.
    child.stderr = Some(stderr.into_inner());
    let address = ready.trim_end_matches(['/', '\n']).strip_prefix("Serving HTTP on http://");
    let address = address.unwrap_or_else(|| panic!("wasmtime serve did not start: {ready}"));
    (child, address.parse().unwrap())
}

/// The function as a Lambda, and the folder that its zip unpacks to.
async fn lambdas(name: &str, app: &App, code: &[u8]) -> (Lambdas, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("reel.toml"), app.to_text().unwrap()).unwrap();
    std::fs::create_dir(folder.path().join("components")).unwrap();
    std::fs::write(folder.path().join(format!("components/{name}.cwasm")), code).unwrap();
    let (root, aws) = (folder.path().display().to_string(), format!("http://{}", parameter_store().await));
    let env = [("LAMBDA_TASK_ROOT", root.as_str()), ("REEL_FUNCTION", name), ("REEL_PREFIX", "test-")];
    let aws = [("AWS_ENDPOINT_URL", aws.as_str()), ("AWS_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", "test")];
    let env = env.into_iter().chain(aws).chain([("AWS_SECRET_ACCESS_KEY", "test")]);
    let env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let (program, timeout) = (env!("CARGO_BIN_EXE_bootstrap").into(), Duration::from_secs(30));
    let lambda = Lambda { name: name.to_owned(), program, env, timeout, concurrency: 1 };
    (Lambdas::new([lambda]), folder)
}

/// A request as API Gateway hands it to a Lambda.
fn gateway(request: &Request<Bytes>) -> Value {
    let (method, path, body) = (request.method().as_str(), request.uri().path(), request.body());
    let (body, encoded) = match std::str::from_utf8(body) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (BASE64_STANDARD.encode(body), true),
    };
    json!({
        "resource": "/{proxy+}", "path": path, "httpMethod": method, "headers": { "Host": "reel.example" },
        "multiValueHeaders": { "Host": ["reel.example"] },
        "requestContext": { "stage": "dev", "httpMethod": method, "identity": { "sourceIp": "127.0.0.1" } },
        "body": body, "isBase64Encoded": encoded
    })
}

fn of_gateway(answer: &Value) -> Answer {
    assert_eq!(answer["isBase64Encoded"], false);
    let headers = answer["multiValueHeaders"].as_object().unwrap().iter();
    let each = |(name, values): (&String, &Value)| {
        let values = values.as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned());
        values.map(|value| (name.clone(), value)).collect::<Vec<_>>()
    };
    let status = answer["statusCode"].as_u64().unwrap().try_into().unwrap();
    Answer::received(status, headers.flat_map(each), answer["body"].as_str().unwrap().as_bytes())
}

/// The settings on Reel's host.
struct Settings;

impl Config for Settings {
    fn get(&self, key: &str) -> Result<Option<String>, ConfigError> {
        Ok((key == SETTING.0).then(|| SETTING.1.into()))
    }

    fn all(&self) -> Result<Vec<(String, String)>, ConfigError> {
        Ok(vec![(SETTING.0.into(), SETTING.1.into())])
    }
}

/// The settings of the Lambda: as much of Parameter Store as it reads them from.
async fn parameter_store() -> SocketAddr {
    let (listener, address) = listen().await;
    let name = format!("/test/{}", SETTING.0.replace('.', "/"));
    let answer = json!({ "Parameters": [{ "Name": name, "Type": "SecureString", "Value": SETTING.1 }] }).to_string();
    let answer = move |_: Request<Incoming>| {
        let response = Response::new(Full::new(Bytes::from(answer.clone())));
        async { Ok::<_, Infallible>(response) }
    };
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = hyper::service::service_fn(answer.clone());
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    address
}
