//! The whole way: HTTP, filters, function `events`, log.

use crate::log::event;
use crate::process::Server;
use crate::{BATCH, Subject, Write};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) struct Platform {
    server: Server,
    url: String,
    token: String,
    http: reqwest::Client,
    _folder: TempDir,
}

pub(crate) struct Writer {
    request: reqwest::RequestBuilder,
}

impl Platform {
    /// Starts `target/release/reel`, which script/build makes.
    pub(crate) async fn start() -> Result<Self> {
        let folder = tempfile::tempdir_in(crate::FOLDER)?;
        std::fs::write(folder.path().join("config.toml"), "[rate-limit]\nrequests = 1000000000\n")?;
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/release/reel");
        let mut command = Command::new(program);
        command.args(["up", "--no-demo", "--json", "--addr", "127.0.0.1:0", "--data"]).arg(folder.path());
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut server = Server(child.context("target/release/reel cannot be started: run script/build")?);
        let mut line = String::new();
        BufReader::new(server.0.stdout.take().context("no output")?).read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line).context("the platform did not start")?;
        let url = ready["url"].as_str().context("no url")?.to_owned();
        let http = reqwest::Client::builder().tls_backend_preconfigured(reel_tls::client()?).no_proxy().build()?;
        let account = json!({ "email": "bench@example.org", "password": Uuid::now_v7() });
        let signed = http.post(format!("{url}/v1/auth/sign-up")).json(&account).send().await?.error_for_status()?;
        let signed: Value = signed.json().await?;
        let token = signed["access_token"].as_str().context("no token")?.to_owned();
        Ok(Self { server, url, token, http, _folder: folder })
    }
}

impl Subject for Platform {
    type Writer = Writer;

    async fn writer(&self) -> Result<Writer> {
        let request = self.http.post(format!("{}/v1/events", self.url)).bearer_auth(&self.token);
        Ok(Writer { request: request.header("content-type", "application/json") })
    }

    fn cpu(&self) -> Result<Duration> {
        self.server.cpu()
    }
}

impl Write for Writer {
    async fn write(&mut self) -> Result<()> {
        let events: Vec<String> = (0..BATCH).map(|_| event()).collect();
        let request = self.request.try_clone().context("a request with a body")?;
        let answer = request.body(format!(r#"{{"events":[{}]}}"#, events.join(","))).send().await?;
        let (status, body) = (answer.status(), answer.text().await?);
        let accepted: Value = serde_json::from_str(&body).unwrap_or_default();
        ensure!(status.as_u16() == 202 && accepted["accepted"] == BATCH, "{status}: {body}");
        Ok(())
    }
}
