//! The edges of this machine: one IXP edge before the origin, one ISP edge before both.

use anyhow::{Context, bail};
use reel_api::steering::Tier;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long an edge may take to start: its first start compiles its worker.
const START: Duration = Duration::from_secs(60);

/// The keys that edges share with the platform, hexadecimal.
pub(crate) struct Keys {
    pub(crate) delivery: String,
    pub(crate) edge: String,
}

/// An edge, as it tells of itself when it is ready, and as `reel up --json` prints it.
#[derive(Serialize, Deserialize, Clone)]
pub(crate) struct Ready {
    pub(crate) id: String,
    pub(crate) tier: Tier,
    pub(crate) url: String,
    pub(crate) pid: u32,
}

/// An edge at work. It ends when this is dropped, and when this process dies.
pub(crate) struct Edge {
    child: Child,
    pub(crate) ready: Ready,
}

/// What both edges are told.
struct Surroundings<'a> {
    platform: &'a str,
    /// The tree or the release that they run from.
    home: &'a Path,
    keys: &'a Keys,
}

/// Starts the two edges on the ports after the platform's, or on free ones: players learn
/// where they are.
pub(crate) async fn start(
    platform: &str,
    addr: SocketAddr,
    home: &Path,
    data: &Path,
    keys: &Keys,
) -> anyhow::Result<Vec<Edge>> {
    let around = Surroundings { platform, home, keys };
    let folder = |id: &str| data.join("edges").join(id);
    let (first, second) = (after(addr, 1), after(addr, 2));
    let ixp = launch(&around, "ixp-1", "ixp", second, &[platform], &folder("ixp-1")).await?;
    let isp = launch(&around, "isp-1", "isp", first, &[&ixp.ready.url, platform], &folder("isp-1")).await?;
    Ok(vec![isp, ixp])
}

/// The address that many ports further on when it is free, else one that is.
fn after(addr: SocketAddr, ports: u16) -> SocketAddr {
    let next = addr.port().checked_add(ports).map(|port| SocketAddr::new(addr.ip(), port));
    next.filter(|next| TcpListener::bind(next).is_ok()).unwrap_or_else(|| SocketAddr::new(addr.ip(), 0))
}

async fn launch(
    around: &Surroundings<'_>,
    id: &str,
    tier: &str,
    addr: SocketAddr,
    parents: &[&str],
    data: &Path,
) -> anyhow::Result<Edge> {
    let Surroundings { platform, home, keys } = around;
    let mut command = Command::new(program());
    command.args(["edge", "--id", id, "--tier", tier, "--addr", &addr.to_string(), "--url", platform]);
    command.args(parents.iter().flat_map(|parent| ["--parent", parent]));
    command
        .env("REEL_HOME", home)
        .env("REEL_EDGE_DATA", data)
        .env("REEL_DELIVERY_KEY", &keys.delivery)
        .env("REEL_EDGE_KEY", &keys.edge);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    die_with_parent(&mut command);
    let mut child = command.spawn().with_context(|| format!("the edge {id} cannot be started"))?;
    let stdout = child.stdout.take().context("the edge has no standard output")?;
    let mut line = String::new();
    let said = tokio::time::timeout(START, BufReader::new(stdout).read_line(&mut line)).await;
    match (said, serde_json::from_str(&line)) {
        (Ok(Ok(_)), Ok(ready)) => Ok(Edge { child, ready }),
        _ => bail!("the edge {id} did not start on {addr}: what it said stands above"),
    }
}

impl Edge {
    /// Asks the edge to end, and waits until it has.
    pub(crate) async fn end(mut self) {
        if let Some(pid) = self.child.id().and_then(|pid| i32::try_from(pid).ok()) {
            // SAFETY: a signal to a child of ours that has not been waited for.
            unsafe { libc::kill(pid, libc::SIGTERM) };
        }
        if tokio::time::timeout(Duration::from_secs(5), self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }

    /// Returns when the edge has ended by itself.
    pub(crate) async fn ended(&mut self) {
        let _ = self.child.wait().await;
    }
}

fn program() -> OsString {
    std::env::current_exe().map_or_else(|_| "reel".into(), PathBuf::into_os_string)
}

#[cfg(target_os = "linux")]
fn die_with_parent(command: &mut Command) {
    // SAFETY: both calls are async-signal-safe and touch only the new process. A session
    // of its own keeps the terminal's Ctrl-C from it: the platform ends it in order.
    unsafe {
        command.pre_exec(|| {
            libc::setsid();
            match libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            }
        });
    }
}

#[cfg(not(target_os = "linux"))]
fn die_with_parent(_: &mut Command) {}
