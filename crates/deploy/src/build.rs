//! Building what a deployment packs.

use anyhow::{Context, ensure};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Builds, and starts this program anew: it may have been built as well.
pub(crate) fn and_start_again(tree: &Path) -> anyhow::Result<()> {
    // While this file is still there.
    let program = std::env::current_exe().context("the system does not say which program this is")?;
    let script = tree.join("script/build");
    // What this program answers is the address alone.
    let built = Command::new(&script).arg("aws").stdout(std::io::stderr()).status();
    let built =
        built.with_context(|| format!("{} cannot be started: run this in the tree of Reel", script.display()))?;
    ensure!(built.success(), "script/build aws failed");
    let error = Command::new(&program).args(std::env::args_os().skip(1)).arg("--no-build").exec();
    Err(error).with_context(|| format!("{} cannot be started", program.display()))
}
