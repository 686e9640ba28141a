//! A Reel to test, wherever it runs: one that is started here, or the one that `REEL_TEST_DATA` names.

use crate::platform::{Platform, reel};
use crate::process::{self, Running};
use crate::web::Web;
use anyhow::{Context, Result, ensure};
use reel_operator::Operator;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A running Reel, by its folder with the operator's note.
pub struct Service {
    data: PathBuf,
    url: String,
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

    /// A platform that is started here in this folder, which goes with it.
    pub fn start_in(data: TempDir) -> Result<Self> {
        let platform = Platform::start_in(data, [])?;
        Self::at(platform.data().to_owned(), Some(platform))
    }

    fn at(data: PathBuf, platform: Option<Platform>) -> Result<Self> {
        let url = Operator::read(&data).context("the service has no operator.json")?.url;
        Ok(Self { data, url, platform })
    }

    /// Whether it was deployed, and not started here.
    pub fn is_deployed(&self) -> bool {
        self.platform.is_none()
    }

    /// Its base URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Plain HTTP against it.
    pub fn web(&self) -> Result<Web> {
        Web::at(&self.url)
    }

    /// An access token of its operator.
    pub async fn operator_token(&self) -> Result<String> {
        self.token_of("operator@reel.localhost", "owner").await
    }

    /// An access token of the account of this address, which is made with this role when there is none.
    pub async fn token_of(&self, email: &str, role: &str) -> Result<String> {
        let key = Operator::read(&self.data).context("the service has no operator.json")?.key;
        let grant = json!({ "key": key, "email": email, "role": role });
        let answer = self.web()?.post("/v1/auth/token", &grant).await?.error_for_status()?;
        let tokens: Value = answer.json().await?;
        Ok(tokens["access_token"].as_str().context("no access token")?.to_owned())
    }

    /// Runs `reel … --json` as its operator and reads the object.
    pub fn json(&self, args: &[&str]) -> Result<Value> {
        process::json(self.command(args).arg("--json"))
    }

    /// Starts an edge in front of a deployed stack, with the keys in `edge.env`; a platform has its own.
    pub fn edge(&self, id: &str) -> Result<(Running, TempDir)> {
        let folder = tempfile::tempdir()?;
        let keys = std::fs::read_to_string(self.data.join("edge.env")).context("the service has no edge.env")?;
        let mut command = self.command(&["edge", "--id", id, "--tier", "isp", "--addr", "127.0.0.1:0"]);
        command.args(["--parent", &self.url]).env("REEL_EDGE_DATA", folder.path());
        command.envs(keys.lines().filter_map(|line| line.split_once('=')));
        let (edge, ready) = Running::start(&mut command)?;
        ensure!(!ready.is_empty(), "the edge did not start");
        Ok((edge, folder))
    }

    /// `reel …` as its operator.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(reel());
        command.args(args).env("REEL_DATA", &self.data).env("REEL_URL", &self.url).env_remove("REEL_TOKEN");
        command.stdin(Stdio::null());
        command
    }
}
