//! What a full disk does to a store that is at work, and whether it goes on afterwards.

use crate::engine::Kind;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::fs;
use std::path::Path;

const ROW_BYTES: usize = 20_000;
const MOST_ROWS: u64 = 100_000;

/// How a store stood a full disk.
#[derive(Debug, Serialize)]
pub(crate) struct Fullness {
    store: &'static str,
    acknowledged: u64,
    refusal: String,
    /// Whether the same process could append once there was room again.
    goes_on: bool,
    /// How many rows are there after it was opened again.
    kept: u64,
}

/// Fills a folder on a small file system, frees some of it, and appends again.
pub(crate) fn fill(kind: Kind, folder: &Path) -> Result<Fullness> {
    let folder = tempfile::tempdir_in(folder)?;
    let ballast = folder.path().join("ballast");
    fs::write(&ballast, vec![0; 4 << 20])?;
    let mut engine = kind.open(folder.path())?;
    let mut append = |number| engine.append(&[(number, vec![number as u8; ROW_BYTES])], true);
    let (acknowledged, refusal) = (1..MOST_ROWS)
        .find_map(|number| append(number).err().map(|error| (number - 1, format!("{error:#}"))))
        .context("the file system is too large to be filled")?;
    fs::remove_file(&ballast)?;
    let goes_on = append(acknowledged + 1).is_ok();
    drop(engine);
    let rows = kind.open(folder.path())?.scan()?;
    let kept = rows.len() as u64;
    if kept < acknowledged {
        bail!("{} lost rows: {kept} of {acknowledged}", kind.name());
    }
    Ok(Fullness { store: kind.name(), acknowledged, refusal, goes_on, kept })
}
