//! What is measured: a native Lambda, a component that does nothing, and functions of ours, each in its folder as
//! Lambda unpacks it.

use crate::read_text;
use anyhow::{Context, Result, anyhow, ensure};
use bytes::Bytes;
use reel_app::App;
use serde_json::{Value, json};
use std::io::{Cursor, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What a Lambda's processor is.
const TARGET: &str = "x86_64-unknown-linux-gnu";
/// Nothing listens there: what is asked here needs nothing of AWS.
const NOWHERE: &str = "http://127.0.0.1:9";
/// The tests' guest, which answers `/hello` at once.
const GUEST: &str = r#"
    [functions.guest-service]
    policy = "warm"
    routes = [{ path = "/{path...}" }]
    [functions.guest-service.grants]
    tables = { seen = "rw" }
    functions = ["elsewhere"]
    [functions.elsewhere]
"#;

/// Where what is measured was built.
pub(crate) struct Made {
    pub(crate) bootstrap: PathBuf,
    pub(crate) peer: PathBuf,
    pub(crate) components: PathBuf,
    pub(crate) manifest: PathBuf,
}

/// A Lambda, and a request that it answers without AWS.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) event: Bytes,
    /// The components in it.
    pub(crate) components: usize,
    pub(crate) program_bytes: u64,
    pub(crate) zip_bytes: u64,
    asked: Asked,
    _folder: Option<TempDir>,
}

/// A request, and how the answer to it begins to be right.
#[derive(Clone, Copy)]
struct Asked {
    method: &'static str,
    path: &'static str,
    status: i64,
    says: &'static str,
}

const HELLO: Asked = Asked { method: "GET", path: "/hello", status: 200, says: "hello" };
/// `origin` refuses the path before it reads its secret.
const SEGMENT: Asked = Asked { method: "GET", path: "/t/token/none", status: 404, says: "path of a segment" };
/// The filter before `events` refuses who brings no token.
const EVENTS: Asked = Asked { method: "POST", path: "/v1/events", status: 401, says: "token-missing" };

impl Made {
    /// The native peer first.
    pub(crate) fn subjects(&self, settings: SocketAddr) -> Result<Vec<Subject>> {
        let ours = App::parse(&self.manifest.display().to_string(), &read_text(&self.manifest)?)?;
        let guest = App::parse("the guest's manifest", GUEST)?;
        Ok(vec![
            self.native()?,
            self.component("guest-service", &guest, HELLO, settings)?,
            self.component("origin", &ours, SEGMENT, settings)?,
            self.component("events", &ours, EVENTS, settings)?,
        ])
    }

    fn native(&self) -> Result<Subject> {
        let program = read(&self.peer, "cargo build --profile lambda -p bench-cold-start --bin peer")?;
        Ok(Subject {
            name: "native peer",
            program: self.peer.clone(),
            environment: vec![],
            event: HELLO.event(),
            components: 0,
            program_bytes: program.len() as u64,
            zip_bytes: zipped(&[("bootstrap".into(), program)])?,
            asked: HELLO,
            _folder: None,
        })
    }

    fn component(&self, name: &'static str, app: &App, asked: Asked, settings: SocketAddr) -> Result<Subject> {
        let part = app.part(name).with_context(|| format!("{} has no function {name}", self.manifest.display()))?;
        let folder = tempfile::tempdir()?;
        let program = read(&self.bootstrap, "cargo build --profile lambda -p reel-lambda")?;
        let program_bytes = program.len() as u64;
        let mut files = vec![("bootstrap".to_owned(), program)];
        files.push(("reel.toml".into(), part.to_text().map_err(anyhow::Error::msg)?.into_bytes()));
        for member in part.functions.keys() {
            files.push((format!("components/{member}.cwasm"), self.compiled(member)?));
        }
        std::fs::create_dir(folder.path().join("components"))?;
        for (file, content) in &files[1..] {
            std::fs::write(folder.path().join(file), content)?;
        }
        Ok(Subject {
            name,
            program: self.bootstrap.clone(),
            environment: environment(name, folder.path(), settings),
            event: asked.event(),
            components: part.functions.len(),
            program_bytes,
            zip_bytes: zipped(&files)?,
            asked,
            _folder: Some(folder),
        })
    }

    fn compiled(&self, name: &str) -> Result<Vec<u8>> {
        let build = format!("cargo build --profile component --target wasm32-wasip2 -p {name}");
        let wasm = read(&self.components.join(format!("{}.wasm", name.replace('-', "_"))), &build)?;
        reel_host::compile(&wasm, Some(TARGET)).map_err(|why| anyhow!("{name}: {why}"))
    }
}

fn read(path: &Path, build: &str) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read: {build}", path.display()))
}

fn environment(function: &str, folder: &Path, settings: SocketAddr) -> Vec<(String, String)> {
    let (folder, settings) = (folder.display().to_string(), format!("http://{settings}"));
    let ours = [("LAMBDA_TASK_ROOT", &*folder), ("REEL_FUNCTION", function), ("REEL_PREFIX", "bench-")];
    let aws = [("AWS_ENDPOINT_URL", NOWHERE), ("AWS_ENDPOINT_URL_SSM", &settings), ("AWS_REGION", "us-east-1")];
    let credentials = [("AWS_ACCESS_KEY_ID", "bench"), ("AWS_SECRET_ACCESS_KEY", "bench")];
    let all = ours.into_iter().chain(aws).chain(credentials);
    all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// How many bytes the zip of a Lambda has, packed as `reel-deploy` packs it.
fn zipped(files: &[(String, Vec<u8>)]) -> Result<u64> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in files {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(content)?;
    }
    Ok(zip.finish()?.into_inner().len() as u64)
}

impl Asked {
    /// The request as API Gateway hands it over.
    fn event(&self) -> Bytes {
        let Self { method, path, .. } = self;
        let event = json!({
            "resource": "/{proxy+}", "path": path, "httpMethod": method, "headers": { "Host": "reel.example" },
            "multiValueHeaders": { "Host": ["reel.example"], "Accept": ["*/*"], "User-Agent": ["bench"] },
            "requestContext": { "stage": "dev", "httpMethod": method, "identity": { "sourceIp": "203.0.113.9" } },
            "body": null, "isBase64Encoded": false
        });
        event.to_string().into()
    }
}

impl Subject {
    /// Whether an answer is the expected one: what fails is quick, too.
    pub(crate) fn check(&self, answer: &Value) -> Result<()> {
        let Asked { method, path, status, says } = self.asked;
        let right = answer["statusCode"] == status && answer["body"].as_str().is_some_and(|body| body.contains(says));
        ensure!(right, "{} should answer {method} {path} with {status} and {says:?}, not {answer}", self.name);
        Ok(())
    }
}
