//! Segments come from the ISP edge, and from the IXP edge when that one dies.

use anyhow::{Context, Result};
use reel_tests::{Film, Platform};
use serde_json::Value;
use std::time::Duration;

fn edges_of(report: &Value) -> Vec<String> {
    let segments = report["segments"].as_array().cloned().unwrap_or_default();
    segments.iter().filter_map(|s| s["edge"].as_str().map(str::to_owned)).collect()
}

#[test]
fn killing_the_isp_edge_stalls_nobody() -> Result<()> {
    let platform = Platform::start()?;
    let film = Film::generated(320, 180, 24)?;
    platform.json(&["publish", film.arg(), "--title", "Edges"])?;

    let warm = platform.json(&["play", "Edges", "--seconds", "4"])?;
    let isp = platform.edge_id("isp").context("no ISP edge")?.to_owned();
    assert!(edges_of(&warm).iter().all(|edge| *edge == isp), "{warm}");

    let playing = platform.spawn(&["play", "Edges", "--json"])?;
    std::thread::sleep(Duration::from_secs(3));
    let pid = platform.edge_pid("isp").context("no ISP edge")?;
    // SAFETY: the edge is a process that the platform under test started.
    unsafe { libc::kill(pid, libc::SIGKILL) };
    let output = playing.wait_with_output()?;
    let report: Value =
        serde_json::from_slice(&output.stdout).with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    assert_eq!(report["stalls"], 0, "{report}");

    let after = platform.json(&["play", "Edges", "--seconds", "4"])?;
    assert!(edges_of(&after).iter().all(|edge| *edge != isp), "{after}");
    assert_eq!(after["stalls"], 0, "{after}");
    Ok(())
}
