//! Programs that tests run.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};

/// Runs a command to its end and reads the JSON object that it prints.
pub fn json(command: &mut Command) -> Result<Value> {
    let output = command.output()?;
    let args: Vec<_> = command.get_args().map(|arg| arg.to_string_lossy()).collect();
    let (args, said) = (args.join(" "), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "reel {args} failed: {said}");
    serde_json::from_slice(&output.stdout).with_context(|| format!("reel {args} printed no JSON object: {said}"))
}

/// A process at work. It is killed when dropped.
pub struct Running(pub Child);

impl Running {
    /// Starts a command and waits for the first line that it prints, which says that it is
    /// ready; the line is empty when it ended before.
    pub fn start(command: &mut Command) -> Result<(Self, String)> {
        let mut running = Self(command.stdout(Stdio::piped()).spawn()?);
        let mut ready = String::new();
        BufReader::new(running.0.stdout.take().context("no output")?).read_line(&mut ready)?;
        Ok((running, ready))
    }

    /// Its process id.
    pub fn pid(&self) -> i32 {
        // Linux has no larger one.
        self.0.id() as i32
    }

    /// Asks it to end, as Ctrl-C does, and waits until it has.
    pub fn interrupt(mut self) -> Result<ExitStatus> {
        // SAFETY: a signal to a child of ours that has not been waited for.
        unsafe { libc::kill(self.pid(), libc::SIGINT) };
        Ok(self.0.wait()?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
