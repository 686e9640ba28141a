//! What the machine lacks is said in one answer; once it is there, all goes on.

use anyhow::{Context, Result};
use reel_tests::{Film, Platform, SmallDisk, Web};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const TITLE_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn publish(film: &Film) -> [&str; 6] {
    ["publish", film.arg(), "--title", "Short of", "--title-id", TITLE_ID]
}

/// What makes a platform find programs in this folder alone.
fn only(folder: &Path) -> [(&'static str, String); 3] {
    let named = |name: &str| name.to_owned();
    [("PATH", folder.display().to_string()), ("REEL_FFMPEG", named("ffmpeg")), ("REEL_FFPROBE", named("ffprobe"))]
}

fn install(program: &str, folder: &Path) -> Result<()> {
    let path = std::env::var_os("PATH").context("no PATH")?;
    let found = std::env::split_paths(&path).map(|place| place.join(program)).find(|place| place.is_file());
    Ok(symlink(found.with_context(|| format!("{program} is not installed"))?, folder.join(program))?)
}

/// What there is to play, to someone who only watches.
async fn to_play(web: &Web, token: &str) -> Result<usize> {
    let titles: Value = web.get("/v1/titles", token).await?.error_for_status()?.json().await?;
    Ok(titles["titles"].as_array().context("no titles")?.len())
}

#[tokio::test]
async fn without_ffmpeg_only_publishing_fails_and_says_what_to_install() -> Result<()> {
    let (film, programs) = (Film::generated(320, 180, 4)?, tempfile::tempdir()?);
    let platform = Platform::start_with(only(programs.path()))?;
    let warned = std::fs::read_to_string(platform.log())?;
    assert_eq!(warned.lines().count(), 1, "{warned}");
    assert!(warned.contains("nothing can be published") && warned.contains("apt-get install ffmpeg"), "{warned}");

    let said = platform.refusal(&publish(&film))?;
    assert!(said.contains("ffprobe is not installed: install ffmpeg"), "{said}");
    let web = Web::at(platform.url())?;
    let token = web.sign_up("viewer@example.org").await?;
    assert_eq!(to_play(&web, &token).await?, 0);

    // With one of the two it is the other that is missing.
    install("ffprobe", programs.path())?;
    let said = platform.refusal(&publish(&film))?;
    assert!(said.contains("ffmpeg is not installed: install ffmpeg"), "{said}");
    install("ffmpeg", programs.path())?;
    platform.json(&publish(&film))?;
    assert_eq!(platform.json(&["verify", TITLE_ID])?["ok"], true);
    assert_eq!(to_play(&web, &token).await?, 1);
    Ok(())
}

/// Starts a platform with a demo, as a user would; what it says once ready, and of what it lacks.
fn start_with_demo(args: &[&str], env: impl IntoIterator<Item = (&'static str, String)>) -> Result<(Value, String)> {
    let data = tempfile::tempdir()?;
    let mut command = Command::new(reel_tests::platform::reel());
    command.args(["up", "--json", "--addr", "127.0.0.1:0"]).args(args).env("REEL_DATA", data.path()).envs(env);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn()?;
    let mut line = String::new();
    BufReader::new(process.stdout.take().context("no output")?).read_line(&mut line)?;
    process.kill()?;
    let said = String::from_utf8(process.wait_with_output()?.stderr)?;
    Ok((serde_json::from_str(&line).with_context(|| said.clone())?, said))
}

#[test]
fn a_platform_starts_without_its_demo_film() -> Result<()> {
    let programs = tempfile::tempdir()?;
    let (ready, said) = start_with_demo(&[], only(programs.path()))?;
    assert!(ready["demo"]["email"].is_string(), "{ready}");
    assert!(said.contains("nothing can be published"), "{said}");

    let film = Film::of_bytes("text.mp4", b"this is no film")?;
    let (ready, said) = start_with_demo(&["--demo", film.arg()], [])?;
    assert!(ready["demo"]["email"].is_string(), "{ready}");
    assert!(said.contains("the demo film was not published") && said.contains("not a film"), "{said}");
    Ok(())
}

/// How many KiB are left, and what fails for want of more.
const LEFT: [(u64, &str); 2] = [(1_024, "part 1 could not be sent"), (4_096, "the bucket cannot answer")];

/// An ffmpeg that fills the disk to the last byte before it encodes, until `calm` says not to.
fn filling_ffmpeg(folder: &Path, disk: &SmallDisk) -> Result<PathBuf> {
    let (program, ballast) = (folder.join("ffmpeg"), disk.ballast().display().to_string());
    let fill = format!("[ -e '{}' ] || cat /dev/zero >>'{ballast}' 2>/dev/null", folder.join("calm").display());
    std::fs::write(&program, format!("#!/bin/sh\ncase \"$*\" in *libx264*) {fill} ;; esac\nexec ffmpeg \"$@\"\n"))?;
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
    Ok(program)
}

#[tokio::test]
async fn a_full_disk_is_named_and_once_there_is_room_the_same_publish_succeeds() -> Result<()> {
    let Some(disk) = SmallDisk::mount(128)? else {
        eprintln!("not run: mounting a small disk is not permitted here");
        return Ok(());
    };
    let film = Film::generated(640, 360, 26)?;
    let ffmpeg = filling_ffmpeg(film.folder(), &disk)?.display().to_string();
    let platform = Platform::start_in(tempfile::tempdir_in(disk.path())?, [("REEL_FFMPEG", ffmpeg)])?;
    let web = Web::at(platform.url())?;
    let token = web.sign_up("viewer@example.org").await?;
    for (kib, stage) in LEFT {
        disk.leave(kib * 1_024)?;
        let said = platform.refusal(&publish(&film))?;
        assert!(said.contains(stage) && said.contains("is full"), "{said}");
        assert_eq!(to_play(&web, &token).await?, 0);
    }
    disk.make_room()?;
    let said = platform.refusal(&publish(&film)).context("the disk fills while the film is encoded")?;
    assert!(said.contains("is full"), "{said}");
    assert_eq!(to_play(&web, &token).await?, 0);

    std::fs::write(film.folder().join("calm"), "")?;
    disk.make_room()?;
    platform.json(&publish(&film))?;
    assert_eq!(platform.json(&["verify", TITLE_ID])?["ok"], true);
    assert_eq!(to_play(&web, &token).await?, 1);
    Ok(())
}
