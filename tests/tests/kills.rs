//! A publish that is killed ends as one that was left alone.

use anyhow::{Context, Result, bail, ensure};
use reel_tests::{Film, Platform};
use serde_json::Value;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

const TITLE_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// An ffmpeg that notes each chunk it has encoded to the end.
fn noting_ffmpeg(folder: &Path) -> Result<(PathBuf, PathBuf)> {
    let (program, notes) = (folder.join("ffmpeg"), folder.join("encodes"));
    let script = format!(
        "#!/bin/sh\nffmpeg \"$@\"\ncode=$?\ncase \"$*\" in *libx264*) [ $code = 0 ] && echo \"$*\" | sed 's/.*trim=\\(start_pts=[0-9]*\\).*scale=\\([0-9:]*\\).*/\\1 \\2/' >>'{}' ;; esac\nexit $code\n",
        notes.display()
    );
    std::fs::write(&program, script)?;
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
    Ok((program, notes))
}

/// How often each chunk of each rendition was encoded.
fn encodes(notes: &Path) -> Result<BTreeMap<String, u32>> {
    let mut counts = BTreeMap::new();
    for line in std::fs::read_to_string(notes)?.lines() {
        *counts.entry(line.to_owned()).or_insert(0) += 1;
    }
    Ok(counts)
}

fn publish(film: &Film) -> [&str; 6] {
    ["publish", film.arg(), "--title", "Killed", "--title-id", TITLE_ID]
}

/// What a title holds: the frames of each rendition, decrypted, by their hash.
fn contents(platform: &Platform) -> Result<Value> {
    let verdict = platform.json(&["verify", "Killed"])?;
    ensure!(verdict["ok"] == true, "{verdict}");
    let renditions = verdict["renditions"].as_array().context("no renditions")?;
    ensure!(renditions.iter().all(|rendition| rendition["frames_sha256"].is_string()), "not decoded: {verdict}");
    Ok(verdict["renditions"].clone())
}

/// How a publish is cut off.
type Kill = fn(&mut Platform) -> Result<()>;

/// Publishes a film, cut off at these moments, each in milliseconds after it has begun.
fn publish_with_kills(platform: &mut Platform, film: &Film, moments: &[u64], kill: Kill) -> Result<()> {
    for moment in moments {
        let mut publishing = platform.spawn(&publish(film))?;
        std::thread::sleep(Duration::from_millis(*moment));
        kill(platform)?;
        publishing.kill()?;
        publishing.wait()?;
        platform.restart()?;
    }
    platform.json(&publish(film))?;
    Ok(())
}

/// Waits until all that outlived a platform has ended.
fn no_orphan_stays(platform: &Platform) -> Result<()> {
    for _ in 0..100 {
        if orphans(platform)?.is_empty() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("these outlive their platform and their work: {:?}", orphans(platform)?)
}

/// Who still works on this platform's objects but was not started by it.
fn orphans(platform: &Platform) -> Result<Vec<PathBuf>> {
    let blobs = format!("REEL_BLOBS={}", platform.data().display());
    let ours = |process: &PathBuf| {
        let environment = std::fs::read(process.join("environ")).unwrap_or_default();
        let parent = std::fs::read_to_string(process.join("stat")).unwrap_or_default();
        let parent = parent.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)?.parse().ok());
        String::from_utf8_lossy(&environment).contains(&blobs) && parent != platform.pid()
    };
    let lambda = |process: &PathBuf| std::fs::read_link(process.join("exe")).is_ok_and(|exe| exe.ends_with("encode"));
    let processes = std::fs::read_dir("/proc")?.flatten().map(|entry| entry.path());
    Ok(processes.filter(|process| lambda(process) && ours(process)).collect())
}

#[test]
fn a_publish_whose_platform_is_killed_ten_times_encodes_each_chunk_once() -> Result<()> {
    let film = Film::generated(640, 360, 26)?;
    let (ffmpeg, calm_notes) = noting_ffmpeg(film.folder())?;
    let calm = Platform::start_with([("REEL_FFMPEG", ffmpeg.display().to_string())])?;
    calm.json(&publish(&film))?;
    let expected = contents(&calm)?;
    let expected_encodes = encodes(&calm_notes)?;
    assert!(expected_encodes.len() >= 8, "{expected_encodes:?}");
    assert!(expected_encodes.values().all(|&count| count == 1), "{expected_encodes:?}");
    drop(calm);

    let folder = tempfile::tempdir()?;
    let (ffmpeg, notes) = noting_ffmpeg(folder.path())?;
    let mut platform = Platform::start_with([("REEL_FFMPEG", ffmpeg.display().to_string())])?;
    let moments: Vec<u64> = (0..10).map(|moment| 150 + moment * 170).collect();
    publish_with_kills(&mut platform, &film, &moments, Platform::kill)?;
    assert_eq!(contents(&platform)?, expected);
    assert_eq!(encodes(&notes)?, expected_encodes, "each chunk is encoded once");
    no_orphan_stays(&platform)?;

    let mut powerless = Platform::start()?;
    publish_with_kills(&mut powerless, &film, &[700, 1_100, 1_600], Platform::cut_power)?;
    assert_eq!(contents(&powerless)?, expected, "the same when the functions' processes die, too");
    Ok(())
}
