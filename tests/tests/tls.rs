//! A platform behind TLS: trusted when its root is named, refused when not, by commands and by edges.

use anyhow::{Result, ensure};
use reel_tests::process::json;
use reel_tests::{Film, Platform, Running, TlsFront};
use std::process::Command;

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
    json(&mut reel(&platform, &front, &["publish", film.arg(), "--title", "Far", "--json"]))?;
    let folder = tempfile::tempdir()?;
    let _edge = edge(&platform, &front, folder.path().to_str().unwrap_or(""))?;
    // The edge is the nearest as soon as the platform has heard it.
    for _ in 0..50 {
        let played = json(&mut reel(&platform, &front, &["play", "Far", "--json"]))?;
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

/// An edge whose parent and platform are behind TLS.
fn edge(platform: &Platform, front: &TlsFront, folder: &str) -> Result<Running> {
    let key = |name| -> Result<String> {
        let key = std::fs::read(platform.data().join("secrets").join(name))?;
        Ok(key.iter().map(|byte| format!("{byte:02x}")).collect())
    };
    let mut command = reel(platform, front, &["edge", "--id", "tls-1", "--tier", "isp", "--addr", "127.0.0.1:0"]);
    command.args(["--serves", "127.0.0.0/8", "--parent", &front.url(), "--data", folder]);
    command.env("REEL_DELIVERY_KEY", key("delivery-key")?).env("REEL_EDGE_KEY", key("edge-key")?);
    let (edge, ready) = Running::start(&mut command)?;
    ensure!(!ready.is_empty(), "the edge did not start");
    Ok(edge)
}
