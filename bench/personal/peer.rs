//! `implicit`'s ALS, in a process of its own, over the same histories.

use reel_ranking::Interactions;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Its parameters; `alpha` is what an interaction counts.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Settings {
    factors: u32,
    regularization: f32,
    alpha: f32,
    iterations: u32,
}

/// Its parameters by the grid that ships with the figures it is known for, and by ours.
pub(crate) const PEERS: [(&str, Settings); 2] = [
    ("implicit ALS", Settings { factors: 16, regularization: 0.01, alpha: 1.0, iterations: 15 }),
    ("implicit ALS, tuned", Settings { factors: 32, regularization: 25.0, alpha: 3.0, iterations: 8 }),
];

#[derive(Serialize)]
struct Asked<'a> {
    items: usize,
    histories: &'a [Vec<u32>],
    seed: u64,
    #[serde(flatten)]
    settings: Settings,
}

/// What it did.
#[derive(Deserialize)]
pub(crate) struct Answer {
    pub(crate) train_s: f64,
    pub(crate) score_ms: f64,
    /// The best films of each user, none of the history.
    pub(crate) lists: Vec<Vec<u32>>,
}

/// The running peer.
pub(crate) struct Peer {
    child: Child,
    items: usize,
    histories: Vec<Vec<u32>>,
}

impl Peer {
    /// Installs it when it is not there, and starts it.
    pub(crate) fn start(folder: &Path, history: &Interactions) -> Result<Self, String> {
        let python = crate::printed(&mut Command::new(folder.join("python")))?;
        let child = Command::new(python)
            .arg(folder.join("implicit_als.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|why| format!("implicit_als.py does not start: {why}"))?;
        let histories = history.histories().map(|list| list.iter().map(|entry| entry.index).collect()).collect();
        Ok(Self { child, items: history.items(), histories })
    }

    /// Has it train and recommend.
    pub(crate) fn run(&mut self, settings: Settings, seed: u64) -> Result<Answer, String> {
        let asked = Asked { items: self.items, histories: &self.histories, seed, settings };
        let line = serde_json::to_string(&asked).map_err(|why| why.to_string())?;
        let stdin = self.child.stdin.as_mut().ok_or("implicit_als.py takes nothing in")?;
        writeln!(stdin, "{line}").map_err(|why| format!("implicit_als.py has ended: {why}"))?;
        let stdout = self.child.stdout.as_mut().ok_or("implicit_als.py gives nothing out")?;
        // One answer for one question: the reader holds nothing back that the next one would miss.
        let mut answer = String::new();
        BufReader::new(stdout).read_line(&mut answer).map_err(|why| why.to_string())?;
        serde_json::from_str(&answer).map_err(|why| format!("implicit_als.py answered something else: {why}"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends with its input; how is of no interest any more.
        let _ = self.child.wait();
    }
}
