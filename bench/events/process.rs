//! Processes that are measured.

use anyhow::{Context, Result};
use std::process::Child;
use std::time::Duration;

/// A process. It is killed when dropped.
pub(crate) struct Server(pub(crate) Child);

impl Server {
    /// How much of processors it has used.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        cpu(&self.0.id().to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How much of processors a process has used, in user and kernel mode (proc(5), `stat`).
pub(crate) fn cpu(process: &str) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(") ").next().context("no fields")?.split(' ').collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok()).context("no times");
    // SAFETY: it only reads a constant of the system.
    let per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) }.max(1).unsigned_abs();
    Ok(Duration::from_millis((ticks(11)? + ticks(12)?) * 1_000 / per_second))
}

/// A port that is free now.
pub(crate) fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
