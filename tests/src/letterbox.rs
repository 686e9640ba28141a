//! A mail server on this machine, and the letters that it took.

use crate::platform::root;
use crate::process::Running;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// The server, while it runs, and its letters.
pub struct Letterbox {
    python: PathBuf,
    port: u16,
    letters: TempDir,
    server: Option<Running>,
}

impl Letterbox {
    /// A server that does not run yet.
    pub fn closed() -> Result<Self> {
        let output = Command::new(root().join("script/smtp-server")).output()?;
        ensure!(output.status.success(), "no mail server: {}", String::from_utf8_lossy(&output.stderr));
        let python = String::from_utf8(output.stdout)?.trim().into();
        // Free now, and nobody else's soon.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        Ok(Self { python, port, letters: tempfile::tempdir()?, server: None })
    }

    /// Starts the server.
    pub fn open(mut self) -> Result<Self> {
        let mut command = Command::new(&self.python);
        command.arg(root().join("tests/smtp_server.py")).arg(self.port.to_string()).arg(self.letters.path());
        let (server, ready) = Running::start(&mut command)?;
        ensure!(ready.trim() == self.port.to_string(), "the mail server did not start: {ready}");
        self.server = Some(server);
        Ok(self)
    }

    /// Where it is, as `reel up --smtp` wants it.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The letters to an address: `subject`, `text`, `html`, `headers` with names in lower case.
    pub fn letters_to(&self, address: &str) -> Result<Vec<Value>> {
        let files = std::fs::read_dir(self.letters.path())?.filter_map(|entry| Some(entry.ok()?.path()));
        let files = files.filter(|path| path.extension().is_some_and(|end| end == "json"));
        let letters = files.map(|path| Ok(serde_json::from_slice::<Value>(&std::fs::read(path)?)?));
        let letters: Vec<Value> = letters.collect::<Result<_>>().context("a letter is no JSON")?;
        Ok(letters.into_iter().filter(|letter| letter["to"][0] == address).collect())
    }
}
