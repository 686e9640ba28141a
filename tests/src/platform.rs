//! A real platform, started as a user would, on free ports and in a folder of its own.

use crate::process::{Running, json};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The tree under test.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// The `reel` program that script/build made.
pub fn reel() -> PathBuf {
    std::env::var_os("REEL_BIN").map_or_else(|| root().join("target/release/reel"), PathBuf::from)
}

/// A platform. It is killed when dropped.
pub struct Platform {
    process: Option<Running>,
    data: TempDir,
    addr: String,
    env: Vec<(String, String)>,
    /// What it said once it was ready: `url`, `edges`.
    pub ready: Value,
}

impl Platform {
    /// Starts a platform without a demo in a new folder.
    pub fn start() -> Result<Self> {
        Self::start_with([])
    }

    /// Starts a platform with these variables in its environment.
    pub fn start_with(env: impl IntoIterator<Item = (&'static str, String)>) -> Result<Self> {
        Self::start_in(tempfile::tempdir()?, env)
    }

    /// Starts a platform in this folder, which goes with it.
    pub fn start_in(data: TempDir, env: impl IntoIterator<Item = (&'static str, String)>) -> Result<Self> {
        let env = env.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let addr = "127.0.0.1:0".into();
        let mut platform = Self { process: None, data, addr, env, ready: Value::Null };
        platform.launch()?;
        // A restart has to come back where clients look for it.
        platform.addr = platform.url().replace("http://localhost:", "127.0.0.1:");
        Ok(platform)
    }

    /// Kills the platform, and all that it has started, as a power cut would.
    pub fn cut_power(&mut self) -> Result<()> {
        let group = self.pid().context("it is not running")?;
        // SAFETY: the group of a child of ours that has not been waited for.
        unsafe { libc::kill(-group, libc::SIGKILL) };
        self.kill()
    }

    /// Its process id while it runs.
    pub fn pid(&self) -> Option<i32> {
        self.process.as_ref().map(Running::pid)
    }

    /// Kills the platform's own process.
    pub fn kill(&mut self) -> Result<()> {
        self.process = None;
        Ok(())
    }

    /// Starts it again in the same folder, at the same address.
    pub fn restart(&mut self) -> Result<Duration> {
        self.kill()?;
        let begun = Instant::now();
        self.launch()?;
        Ok(begun.elapsed())
    }

    /// Asks it to end, as Ctrl-C does, and waits until it has.
    pub fn interrupt(&mut self) -> Result<ExitStatus> {
        self.process.take().context("it is not running")?.interrupt()
    }

    fn launch(&mut self) -> Result<()> {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log())?;
        let mut command = self.command(&["up", "--no-demo", "--json", "--addr", &self.addr]);
        let started = Running::start(command.process_group(0).stderr(log));
        let (process, line) = started.context("target/release/reel cannot be started: run script/build")?;
        self.process = Some(process);
        let log = || std::fs::read_to_string(self.log()).unwrap_or_default();
        self.ready = serde_json::from_str(&line).with_context(|| format!("the platform did not start: {}", log()))?;
        Ok(())
    }

    /// Its base URL.
    pub fn url(&self) -> &str {
        self.ready["url"].as_str().unwrap_or_default()
    }

    /// Its folder.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// What it wrote to standard error.
    pub fn log(&self) -> PathBuf {
        self.data.path().join("stderr.log")
    }

    /// The process id of an edge of a tier: `isp` or `ixp`.
    pub fn edge_pid(&self, tier: &str) -> Option<i32> {
        self.edge(tier)?["pid"].as_i64().and_then(|pid| i32::try_from(pid).ok())
    }

    /// The id of an edge of a tier.
    pub fn edge_id(&self, tier: &str) -> Option<&str> {
        self.edge(tier)?["id"].as_str()
    }

    fn edge(&self, tier: &str) -> Option<&Value> {
        self.ready["edges"].as_array()?.iter().find(|edge| edge["tier"] == tier)
    }

    /// The `reel` command against this platform.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(reel());
        command.args(args).env("REEL_DATA", self.data.path()).env_remove("REEL_URL").env_remove("REEL_TOKEN");
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }

    /// Runs `reel` to its end.
    pub fn reel(&self, args: &[&str]) -> Result<Output> {
        Ok(self.command(args).output()?)
    }

    /// Runs `reel … --json` and reads its object.
    pub fn json(&self, args: &[&str]) -> Result<Value> {
        json(self.command(args).arg("--json"))
    }

    /// Runs a `reel` that has to fail, and returns what it says: one answer.
    pub fn refusal(&self, args: &[&str]) -> Result<String> {
        let output = self.reel(args)?;
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        ensure!(!output.status.success(), "reel {} succeeded", args.join(" "));
        ensure!(said.starts_with("reel: ") && said.lines().count() == 1, "not one answer: {said}");
        Ok(said)
    }

    /// Starts `reel` and leaves it at work.
    pub fn spawn(&self, args: &[&str]) -> Result<Child> {
        Ok(self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?)
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        let _ = self.kill();
        if std::thread::panicking() {
            let mut log = String::new();
            let _ = std::fs::File::open(self.log()).and_then(|mut file| file.read_to_string(&mut log));
            eprintln!("--- what the platform said\n{log}");
        }
    }
}
