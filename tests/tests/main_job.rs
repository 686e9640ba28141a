//! The main job: publish a real film, verify it, play it.

use anyhow::Result;
use reel_tests::{Film, Platform};
use std::time::Duration;

#[test]
fn a_film_is_published_verified_and_played() -> Result<()> {
    let platform = Platform::start()?;
    let film = Film::trailer()?;
    let published = platform.json(&["publish", film.arg(), "--title", "Trailer"])?;
    assert_eq!(published["frames"], film.frames()?, "every frame of the source's grid is delivered");
    assert_eq!(published["renditions"], 5, "four pictures and one sound");

    let verdict = platform.json(&["verify", "Trailer"])?;
    assert_eq!(verdict["ok"], true, "{verdict}");
    assert_eq!(verdict["problems"], serde_json::json!([]));

    let report = platform.json(&["play", "Trailer", "--seconds", "12"])?;
    assert_eq!(report["stalls"], 0, "{report}");
    assert!(report["startup_ms"].as_f64().is_some_and(|ms| ms > 0.0), "{report}");
    assert!(report["segments"].as_array().is_some_and(|s| s.len() == 3), "{report}");
    Ok(())
}

#[test]
fn a_start_after_kill_keeps_what_was_published() -> Result<()> {
    let mut platform = Platform::start()?;
    let film = Film::generated(320, 180, 9)?;
    platform.json(&["publish", film.arg(), "--title", "Kept"])?;
    platform.kill()?;
    platform.restart()?;
    assert_eq!(platform.json(&["verify", "Kept"])?["ok"], true);
    Ok(())
}

#[test]
fn ctrl_c_ends_everything() -> Result<()> {
    let mut platform = Platform::start()?;
    let edges: Vec<i32> = ["isp", "ixp"].iter().filter_map(|tier| platform.edge_pid(tier)).collect();
    assert_eq!(edges.len(), 2);
    assert!(platform.interrupt()?.success());
    for pid in edges {
        // SAFETY: signal 0 asks whether the process exists and does nothing to it.
        let gone = (0..100).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            unsafe { libc::kill(pid, 0) != 0 }
        });
        assert!(gone, "edge {pid} outlived its platform");
    }
    Ok(())
}
