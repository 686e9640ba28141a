//! A Reel to test, wherever it runs: one that is started here, or the one that `REEL_TEST_DATA` names.

use crate::platform::{Platform, reel};
use crate::web::Web;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A running Reel, by its base URL and the key of its operator.
pub struct Service {
    data: PathBuf,
    url: String,
    key: String,
    /// None where others run it.
    platform: Option<Platform>,
}

impl Service {
    /// The deployed stack whose keys `reel-deploy keys` wrote into the folder `REEL_TEST_DATA`, else a
    /// platform that is started here.
    pub fn find() -> Result<Self> {
        match std::env::var_os("REEL_TEST_DATA") {
            Some(data) => Self::at(data.into(), None),
            None => {
                let platform = Platform::start()?;
                Self::at(platform.data().to_owned(), Some(platform))
            }
        }
    }

    fn at(data: PathBuf, platform: Option<Platform>) -> Result<Self> {
        let note = std::fs::read(data.join("operator.json")).context("the service has no operator.json")?;
        let note: Value = serde_json::from_slice(&note)?;
        let text = |name: &str| anyhow::Ok(note[name].as_str().context("operator.json lacks a text")?.to_owned());
        Ok(Self { url: text("url")?, key: text("key")?, data, platform })
    }

    /// Whether it was deployed, and not started here.
    pub fn is_deployed(&self) -> bool {
        self.platform.is_none()
    }

    /// Plain HTTP against it.
    pub fn web(&self) -> Result<Web> {
        Web::at(&self.url)
    }

    /// An access token of its owner.
    pub async fn owner(&self) -> Result<String> {
        let grant = json!({ "key": self.key, "email": "operator@reel.localhost", "role": "owner" });
        let tokens: Value = self.web()?.post("/v1/auth/token", &grant).await?.error_for_status()?.json().await?;
        Ok(tokens["access_token"].as_str().context("no access token")?.to_owned())
    }

    /// Runs `reel … --json` as its operator and reads the object.
    pub fn json(&self, args: &[&str]) -> Result<Value> {
        let mut command = Command::new(reel());
        command.args(args).arg("--json").args(["--url", &self.url]).env("REEL_DATA", &self.data);
        let output = command.env_remove("REEL_TOKEN").stdin(Stdio::null()).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "reel {} failed: {said}", args.join(" "));
        serde_json::from_slice(&output.stdout).with_context(|| format!("reel {} said: {said}", args.join(" ")))
    }

    /// Starts an edge in front of a deployed stack, with the keys in `edge.env`; a platform has its own.
    pub fn edge(&self, id: &str) -> Result<Edge> {
        let folder = tempfile::tempdir()?;
        let variables = std::fs::read_to_string(self.data.join("edge.env")).context("the service has no edge.env")?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let addr = format!("127.0.0.1:{port}");
        let mut command = Command::new(reel());
        command.args(["edge", "--id", id, "--tier", "isp", "--addr", &addr, "--parent", &self.url, "--url", &self.url]);
        command.envs(variables.lines().filter_map(|line| line.split_once('=')));
        let process = command.env("REEL_EDGE_DATA", folder.path()).stdin(Stdio::null()).spawn()?;
        Ok(Edge { process, _folder: folder })
    }
}

/// An edge; killed when dropped.
pub struct Edge {
    process: Child,
    _folder: TempDir,
}

impl Drop for Edge {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
