//! A release is one file: alone in an empty folder it is the whole platform.

use anyhow::{Context, Result, ensure};
use reel_tests::platform::reel;
use reel_tests::process::json;
use reel_tests::{Film, Running};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

#[test]
fn a_release_alone_is_the_whole_platform() -> Result<()> {
    let alone = Alone::released()?;
    damage_is_told(&alone)?;
    a_film_is_published_and_played(&alone)?;
    the_next_start_compiles_nothing_and_sweeps(&alone)
}

fn damage_is_told(alone: &Alone) -> Result<()> {
    let whole = fs::read(alone.program())?;
    let mut flipped = whole.clone();
    *flipped.last_mut().context("it is empty")? ^= 1;
    for bytes in [&whole[..whole.len() - 1], &flipped] {
        fs::write(alone.program(), bytes)?;
        let output = alone.command(&["up", "--no-demo", "--addr", "127.0.0.1:0"]).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.lines().count() == 1, "{said}");
        assert!(said.contains("damaged or cut off"), "{said}");
        assert!(alone.releases()?.is_empty(), "nothing is left half-made");
    }
    Ok(fs::write(alone.program(), &whole)?)
}

fn a_film_is_published_and_played(alone: &Alone) -> Result<()> {
    let platform = alone.up()?;
    let film = Film::generated(320, 180, 4)?;
    let published = alone.json(&["publish", film.arg(), "--title", "Alone"])?;
    assert_eq!(published["frames"], 96);
    assert_eq!(alone.json(&["verify", "Alone"])?["ok"], true);
    let played = alone.json(&["play", "Alone"])?;
    assert_eq!((&played["stalls"], &played["segments"][0]["edge"]), (&0.into(), &"isp-1".into()), "{played}");
    end(platform)
}

fn the_next_start_compiles_nothing_and_sweeps(alone: &Alone) -> Result<()> {
    let compiled = alone.compiled()?;
    let components = fs::read_dir(alone.releases()?[0].join("components"))?.count();
    assert_eq!(compiled.len(), components, "the first start compiled nothing, either");
    fs::create_dir(alone.data().join("release-0123456789abcdef"))?;
    end(alone.up()?)?;
    assert_eq!(alone.releases()?.len(), 1, "a release before this one takes no room");
    assert_eq!(alone.compiled()?, compiled);
    Ok(())
}

/// A folder with nothing in it but the released program, and then its data.
struct Alone(TempDir);

impl Alone {
    fn released() -> Result<Self> {
        let alone = Self(tempfile::tempdir()?);
        let made = Command::new(reel()).arg("release").arg(alone.program()).output()?;
        ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Ok(alone)
    }

    fn program(&self) -> PathBuf {
        self.0.path().join("reel")
    }

    fn data(&self) -> PathBuf {
        self.0.path().join(".reel")
    }

    /// The program in its folder, with nothing in its environment but where ffmpeg is.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(self.program());
        command.args(args).current_dir(self.0.path()).env_clear().stdin(Stdio::null());
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command
    }

    fn json(&self, args: &[&str]) -> Result<Value> {
        json(self.command(args).arg("--json"))
    }

    /// Starts the platform and waits until it is ready.
    fn up(&self) -> Result<Running> {
        let mut command = self.command(&["up", "--no-demo", "--json", "--addr", "127.0.0.1:0"]);
        let (up, ready) = Running::start(&mut command)?;
        ensure!(ready.contains("url"), "the platform did not start");
        Ok(up)
    }

    fn releases(&self) -> Result<Vec<PathBuf>> {
        let Ok(entries) = fs::read_dir(self.data()) else { return Ok(Vec::new()) };
        let paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        Ok(paths.into_iter().filter(|path| name(path).contains("release-")).collect())
    }

    /// The names of all compiled components, of the platform and of its edges.
    fn compiled(&self) -> Result<Vec<String>> {
        let edges = ["isp-1", "ixp-1"].map(|edge| self.data().join("edges").join(edge));
        let folders = self.releases()?.into_iter().chain(edges).chain([self.data()]);
        let files = folders.filter_map(|folder| fs::read_dir(folder.join("aot")).ok()).flatten();
        let mut names = files.map(|file| Ok(name(&file?.path()))).collect::<Result<Vec<_>>>()?;
        names.sort();
        Ok(names)
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Ends a platform as Ctrl-C does.
fn end(platform: Running) -> Result<()> {
    ensure!(platform.interrupt()?.success(), "it did not end well");
    Ok(())
}
