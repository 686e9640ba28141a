//! Starts and ends of a platform; what it does in between is in `journey.rs`.

use anyhow::Result;
use reel_tests::{Film, Platform};
use std::time::Duration;

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
