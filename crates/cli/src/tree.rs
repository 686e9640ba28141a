//! Where things stand in the tree that `reel` was built from.

use anyhow::Context;
use std::path::{Path, PathBuf};

/// The folders of a tree.
#[derive(Clone)]
pub(crate) struct Tree {
    root: PathBuf,
}

impl Tree {
    /// The tree at `REEL_HOME`, else the one that this program was built in, else the one
    /// that the current folder is in.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("this program's place is not known")?;
        let start = std::env::var_os("REEL_HOME").map(PathBuf::from);
        let starts = start.into_iter().chain([program]).chain(std::env::current_dir());
        let mut roots = starts.flat_map(|start| start.ancestors().map(Path::to_owned).collect::<Vec<_>>());
        let root = roots.find(|folder| folder.join("reel.toml").is_file());
        let root =
            root.context("there is no reel.toml here: start reel in its tree, or name the tree with REEL_HOME")?;
        Ok(Self { root })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn manifest(&self) -> PathBuf {
        self.root.join("reel.toml")
    }

    pub(crate) fn components(&self) -> PathBuf {
        self.root.join("target/wasm32-wasip2/component")
    }

    /// Native Lambdas stand beside this program.
    pub(crate) fn natives(&self) -> PathBuf {
        let program = std::env::current_exe().ok();
        program.and_then(|p| Some(p.parent()?.to_owned())).unwrap_or_else(|| self.root.join("target/release"))
    }

    pub(crate) fn pages(&self) -> PathBuf {
        self.root.join("web/dist")
    }
}
