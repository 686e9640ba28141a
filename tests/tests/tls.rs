//! A platform behind TLS: trusted when its root is named, refused when not, by commands and by edges.

use anyhow::{Context, Result, ensure};
use reel_tests::{Film, Platform, TlsFront};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_behind_tls_is_used_when_its_root_is_named() -> Result<()> {
    let platform = Platform::start()?;
    let front = TlsFront::start(platform.url().replace("http://localhost:", "127.0.0.1:")).await?;

    let refused = reel(&platform, &front, &["titles"]).env_remove("SSL_CERT_FILE").output()?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.lines().count() == 1, "{said}");
    assert!(said.contains("not trusted") && said.contains("SSL_CERT_FILE") && said.contains(&front.url()), "{said}");

    // What stands before a platform tells it, or its settings do, where clients find it.
    let settings = format!("[playback]\nbase-url = {:?}\n", front.url());
    std::fs::write(platform.data().join("config.toml"), settings)?;
    let film = Film::generated(320, 180, 4)?;
    json(reel(&platform, &front, &["publish", film.arg(), "--title", "Far", "--json"]).output()?)?;
    let folder = tempfile::tempdir()?;
    let _edge = Edge::start(reel(&platform, &front, &[]), &platform, &front, folder.path().to_str().unwrap_or(""))?;
    // The edge is the nearest as soon as the platform has heard it.
    for _ in 0..50 {
        let played = json(reel(&platform, &front, &["play", "Far", "--json"]).output()?)?;
        if played["segments"][0]["edge"] == "tls-1" {
            return Ok(());
        }
    }
    anyhow::bail!("no film came by the edge")
}

/// `reel` against the TLS front, whose root it is told.
fn reel(platform: &Platform, front: &TlsFront, args: &[&str]) -> Command {
    let mut command = platform.command(args);
    command.env("REEL_URL", front.url()).env("SSL_CERT_FILE", front.root());
    command
}

fn json(output: Output) -> Result<Value> {
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// An edge whose parent and platform are behind TLS. It is killed when dropped.
struct Edge(Child);

impl Edge {
    fn start(mut command: Command, platform: &Platform, front: &TlsFront, folder: &str) -> Result<Self> {
        let key = |name| -> Result<String> {
            let key = std::fs::read(platform.data().join("secrets").join(name))?;
            Ok(key.iter().map(|byte| format!("{byte:02x}")).collect())
        };
        command.args(["edge", "--id", "tls-1", "--tier", "isp", "--addr", "127.0.0.1:0", "--serves", "127.0.0.0/8"]);
        command.args(["--parent", &front.url(), "--data", folder]);
        command.env("REEL_DELIVERY_KEY", key("delivery-key")?).env("REEL_EDGE_KEY", key("edge-key")?);
        let mut edge = Self(command.stdout(Stdio::piped()).spawn()?);
        let stdout = edge.0.stdout.take().context("no output")?;
        let mut ready = String::new();
        BufReader::new(stdout).read_line(&mut ready)?;
        ensure!(!ready.is_empty(), "the edge did not start");
        Ok(edge)
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
