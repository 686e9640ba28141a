//! What AWS is needed for is done by the program `reel-deploy`, so that `reel` links nothing of it.

use crate::args::PassedArgs;
use crate::tree;
use anyhow::{Context, bail};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const PROGRAM: &str = "reel-deploy";

/// Becomes that program.
///
/// # Errors
/// That it is not there.
pub(crate) fn run(subcommand: &str, passed: &PassedArgs) -> anyhow::Result<()> {
    let program = beside(&tree::program()?)?;
    let error = Command::new(&program).arg(subcommand).args(&passed.args).exec();
    Err(error).with_context(|| format!("{} cannot be started", program.display()))
}

fn beside(own: &Path) -> anyhow::Result<PathBuf> {
    let program = own.with_file_name(PROGRAM);
    if !program.is_file() {
        bail!("{} is not there: script/build aws builds it", program.display());
    }
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_stands_beside_reel_or_the_error_says_what_builds_it() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("reel");
        let error = beside(&own).unwrap_err().to_string();
        assert!(error.contains("script/build aws"), "{error}");
        std::fs::write(folder.path().join(PROGRAM), "").unwrap();
        assert_eq!(beside(&own).unwrap(), folder.path().join(PROGRAM));
    }
}
