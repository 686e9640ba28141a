//! What AWS is needed for is done by the program `reel-deploy`, so that `reel` links nothing of it.

use crate::args::PassedArgs;
use crate::tree;
use anyhow::{Context, bail, ensure};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

const PROGRAM: &str = "reel-deploy";

/// Becomes that program; in a tree where it was never built, it is built first.
///
/// # Errors
/// That it is not there.
pub(crate) fn run(subcommand: &str, passed: &PassedArgs) -> anyhow::Result<()> {
    let own = tree::program()?;
    let program = own.with_file_name(PROGRAM);
    if !program.is_file() {
        build(&own)?;
    }
    let error = Command::new(&program).arg(subcommand).args(&passed.args).exec();
    Err(error).with_context(|| format!("{} cannot be started", program.display()))
}

/// Builds it in the tree that this program was built in, `TREE/target/release/reel`.
fn build(own: &Path) -> anyhow::Result<()> {
    let script = own.ancestors().nth(3).map(|tree| tree.join("script/build")).filter(|script| script.is_file());
    let Some(script) = script else {
        bail!(
            "{PROGRAM} does not stand beside {}: deploy from a tree of Reel, where script/build aws builds it",
            own.display()
        )
    };
    eprintln!("building what AWS needs: about ten minutes on two cores, once");
    let built = Command::new(&script).arg("aws").status();
    let built = built.with_context(|| format!("{} cannot be started", script.display()))?;
    ensure!(built.success(), "{} aws failed: {built}", script.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_tree_builds_the_program_and_elsewhere_the_error_says_where_it_is_built() {
        let tree = tempfile::tempdir().unwrap();
        let own = tree.path().join("target/release/reel");
        let error = build(&own).unwrap_err().to_string();
        assert!(error.contains("script/build aws"), "{error}");
        let script = tree.path().join("script/build");
        std::fs::create_dir(tree.path().join("script")).unwrap();
        std::fs::write(&script, "#!/bin/sh\n[ \"$1\" = aws ] && touch \"$0.done\"\n").unwrap();
        std::fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
        build(&own).unwrap();
        assert!(tree.path().join("script/build.done").is_file());
    }
}
