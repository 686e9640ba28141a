//! Where things stand: in the tree that `reel` was built from, or in a release.

use crate::bundle::{self, Bundle};
use anyhow::Context;
use std::path::{Path, PathBuf};

/// The folders of a tree, or of a release that was unpacked.
#[derive(Clone)]
pub(crate) struct Tree {
    root: PathBuf,
    released: bool,
}

impl Tree {
    /// What `REEL_HOME` names, else the release that this program carries, unpacked into the
    /// data folder, else the tree that the program was built in, or that the current folder is in.
    pub(crate) fn find(data: &Path) -> anyhow::Result<Self> {
        if home().is_none()
            && let Some(bundle) = Bundle::of(&program()?)?
        {
            return Ok(Self { root: bundle.folder(data)?, released: true });
        }
        Self::of_sources()
    }

    /// As [`Tree::find`], for what works on sources: what the program carries is none.
    pub(crate) fn of_sources() -> anyhow::Result<Self> {
        let starts = home().into_iter().chain([program()?]).chain(std::env::current_dir());
        let mut roots = starts.flat_map(|start| start.ancestors().map(Path::to_owned).collect::<Vec<_>>());
        let root = roots.find(|folder| folder.join("reel.toml").is_file());
        let root =
            root.context("there is no reel.toml here: start reel in its tree, or name the tree with REEL_HOME")?;
        let released = root.join("aot").is_dir();
        Ok(Self { root, released })
    }

    /// Removes the releases that were unpacked into a data folder before this one.
    pub(crate) fn sweep(&self, data: &Path) {
        bundle::sweep(data, &self.root);
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn manifest(&self) -> PathBuf {
        self.root.join("reel.toml")
    }

    pub(crate) fn components(&self) -> PathBuf {
        self.root.join(if self.released { "components" } else { "target/wasm32-wasip2/component" })
    }

    /// Where compiled components are and go: in a tree with what was built, so that each is compiled once, whatever
    /// data folders there are.
    pub(crate) fn compiled(&self) -> PathBuf {
        self.root.join(if self.released { "aot" } else { "target/aot" })
    }

    /// In a tree native Lambdas stand beside this program.
    pub(crate) fn natives(&self) -> PathBuf {
        if self.released {
            return self.root.join("native");
        }
        let beside = program().ok().and_then(|program| Some(program.parent()?.to_owned()));
        beside.unwrap_or_else(|| self.root.join("target/release"))
    }

    pub(crate) fn pages(&self) -> PathBuf {
        self.root.join(if self.released { "web" } else { "web/dist" })
    }
}

fn home() -> Option<PathBuf> {
    std::env::var_os("REEL_HOME").map(PathBuf::from)
}

/// This program's file.
pub(crate) fn program() -> anyhow::Result<PathBuf> {
    std::env::current_exe().context("this program's place is not known")
}
