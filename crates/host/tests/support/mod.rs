//! Hosts of the guests in `tests/guests`, on backends in memory.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod backends;

use backends::Backends;
use http::{Request, Response};
use reel_app::App;
use reel_host::{Body, Builder, Components, Host, empty, full, read};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

/// A host of functions that are all the service guest, but those whose name begins with
/// `filter`, and the backends that it runs on.
pub(crate) fn host(manifest: &str) -> (Host, Backends) {
    host_with(manifest, |builder| builder)
}

/// As [`host`], put together in some other way, too.
pub(crate) fn host_with(manifest: &str, with: impl FnOnce(Builder) -> Builder) -> (Host, Backends) {
    let app = App::parse("reel.toml", manifest).unwrap_or_else(|e| panic!("{e}"));
    let backends = Backends::default();
    let builder = Host::builder(app.clone(), backends.capabilities()).components(components(&app));
    (build(with(builder)).unwrap_or_else(|e| panic!("{e}")), backends)
}

/// One at a time, so that what one test compiles the next one loads.
pub(crate) fn build(builder: Builder) -> Result<Host, reel_host::LoadError> {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    builder.build()
}

/// A component for each function of an app.
pub(crate) fn components(app: &App) -> Components {
    let wasm = tempfile::tempdir().unwrap().keep();
    for name in app.functions.keys() {
        let guest = if name.starts_with("filter") { "guest_filter.wasm" } else { "guest_service.wasm" };
        std::os::unix::fs::symlink(guests().join(guest), wasm.join(format!("{name}.wasm"))).unwrap();
    }
    Components::Folder { wasm, aot: target().join("tmp/reel-host-aot") }
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned()
}

/// The folder of the guests, built once by cargo.
fn guests() -> &'static Path {
    static GUESTS: OnceLock<PathBuf> = OnceLock::new();
    GUESTS.get_or_init(|| {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--profile", "component", "--target", "wasm32-wasip2"]);
        cargo.args(["--package", "guest-service", "--package", "guest-filter"]);
        cargo.arg("--target-dir").arg(target()).current_dir(workspace);
        assert!(
            cargo.status().unwrap().success(),
            "the guests do not build: rustup target add wasm32-wasip2, and script/wit"
        );
        target().join("wasm32-wasip2/component")
    })
}

pub(crate) fn get(path: &str) -> Request<Body> {
    Request::get(path).body(empty()).unwrap()
}

pub(crate) fn post(path: &str, body: impl Into<bytes::Bytes>) -> Request<Body> {
    Request::post(path).body(full(body)).unwrap()
}

/// Status and text of an answer.
pub(crate) async fn text(response: Response<Body>) -> (u16, String) {
    let status = response.status().as_u16();
    let body = read(response.into_body(), 1 << 24).await.unwrap();
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// Status and text of what a route answers.
pub(crate) async fn routed(host: &Host, path: &str) -> (u16, String) {
    text(host.route(get(path)).await).await
}

/// Status and text of what a function answers.
pub(crate) async fn called(host: &Host, function: &str, path: &str) -> (u16, String) {
    text(host.call(function, get(path)).await).await
}
