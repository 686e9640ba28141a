//! What is left after SIGKILL and after a power cut.

use crate::engine::{Kind, Row};
use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const BATCH: u64 = 24;

/// How a store stood the test.
#[derive(Debug, Serialize)]
pub(crate) struct Survival {
    store: &'static str,
    kills: u32,
    acknowledged: u64,
    kill_failures: Vec<String>,
    power_cuts: u32,
    power_cut_failures: Vec<String>,
}

/// Kills a writing child so many times, and tears the last, unacknowledged batch at
/// so many places.
pub(crate) fn survive(kind: Kind, kills: u32, cuts: u32) -> Result<Survival> {
    let folder = tempfile::tempdir()?;
    let mut kill_failures = Vec::new();
    let mut acknowledged = 0;
    for _ in 0..kills {
        acknowledged = kill_once(kind, folder.path(), acknowledged)?;
        if let Err(error) = check(kind, folder.path(), acknowledged) {
            kill_failures.push(format!("{error:#}"));
        }
    }
    let results = (0..cuts).map(|cut| cut_once(kind, u64::from(cut)));
    let power_cut_failures = results.filter_map(|r| r.err().map(|e| format!("{e:#}"))).collect();
    Ok(Survival { store: kind.name(), kills, acknowledged, kill_failures, power_cuts: cuts, power_cut_failures })
}

/// The child: appends batches for ever and prints the last number of each.
pub(crate) fn write_for_ever(kind: Kind, folder: &Path) -> Result<()> {
    let mut engine = kind.open(folder)?;
    let mut last = engine.scan()?.last().map_or(0, |row| row.0);
    let mut out = std::io::stdout().lock();
    loop {
        let rows = batch(last + 1);
        engine.append(&rows, true)?;
        last += BATCH;
        // In one call, so that no digit is missing after a kill.
        out.write_all(format!("{last}\n").as_bytes())?;
        out.flush()?;
    }
}

/// Each row carries the first number of its batch and a digest over all of it.
fn batch(first: u64) -> Vec<Row> {
    (first..first + BATCH).map(|number| (number, content(number, first))).collect()
}

fn content(number: u64, first: u64) -> Vec<u8> {
    let mut value = first.to_be_bytes().to_vec();
    // Most rows are small, every fifth spans pages.
    let blocks = number * 7_919 % 48 * if number.is_multiple_of(5) { 16 } else { 1 };
    for block in 0..blocks {
        value.extend_from_slice(&Sha256::digest([number.to_be_bytes(), block.to_be_bytes()].concat()));
    }
    let digest = Sha256::new_with_prefix(&value).chain_update(number.to_be_bytes()).finalize();
    value.extend_from_slice(&digest);
    value
}

/// Kills the child a random moment after a random acknowledgement.
fn kill_once(kind: Kind, folder: &Path, before: u64) -> Result<u64> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--child", kind.name()])
        .arg(folder)
        .stdout(Stdio::piped())
        .spawn()?;
    let lines = BufReader::new(child.stdout.take().context("the child's output is piped")?).lines();
    let (enough, pause) = (1 + random_below(60)?, Duration::from_micros(random_below(4_000)?.into()));
    let mut last = before;
    for (count, line) in (1..).zip(lines) {
        // A last line that the kill cut short is no acknowledgement.
        last = line?.parse().unwrap_or(last);
        if count == enough {
            std::thread::sleep(pause);
            child.kill()?;
        }
    }
    child.wait()?;
    Ok(last)
}

fn random_below(limit: u32) -> Result<u32> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes) % limit)
}

fn check(kind: Kind, folder: &Path, acknowledged: u64) -> Result<u64> {
    let rows = kind.open(folder).context("the store does not open")?.scan()?;
    for (at, (number, value)) in rows.iter().enumerate() {
        ensure!(*number == at as u64 + 1, "row {number} stands where {} is due", at + 1);
        let first = (number - 1) / BATCH * BATCH + 1;
        ensure!(*value == content(*number, first), "row {number} is torn");
    }
    let kept = rows.len() as u64;
    ensure!(kept >= acknowledged, "{kept} rows are left of {acknowledged} acknowledged");
    ensure!(kept.is_multiple_of(BATCH), "half a batch is left: {kept} rows");
    Ok(kept)
}

/// A power cut while the last batch is being written: of its pages, which the disk may
/// write in any order, one is missing. The acknowledged batches must still be there.
fn cut_once(kind: Kind, seed: u64) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let copy = tempfile::tempdir()?;
    let batches = 3 + seed % 5;
    let mut engine = kind.open(folder.path())?;
    for at in 0..batches {
        engine.append(&batch(at * BATCH + 1), true)?;
    }
    let before = journal(kind, folder.path())?;
    engine.append(&batch(batches * BATCH + 1), false)?;
    let after = journal(kind, folder.path())?;
    copy_folder(folder.path(), copy.path())?;
    drop(engine);
    let journal = after.0.strip_prefix(folder.path())?;
    let pages = (after.1 / 4_096).saturating_sub(before.1 / 4_096 + 1);
    ensure!(pages > 0, "the last batch covers no whole page of the journal");
    let page = before.1 / 4_096 + 1 + seed % pages;
    OpenOptions::new().write(true).open(copy.path().join(journal))?.write_all_at(&[0; 4_096], page * 4_096)?;
    check(kind, copy.path(), batches * BATCH)?;
    append_again(kind, copy.path())
}

/// A store that has been repaired must go on taking rows and keep them.
fn append_again(kind: Kind, folder: &Path) -> Result<()> {
    let mut engine = kind.open(folder)?;
    let last = engine.scan()?.last().map_or(0, |row| row.0);
    engine.append(&batch(last + 1), true)?;
    drop(engine);
    check(kind, folder, last + BATCH).map(drop)
}

/// The journal, and where its content ends.
fn journal(kind: Kind, folder: &Path) -> Result<(PathBuf, u64)> {
    let path = match kind {
        Kind::Fjall => newest_journal(&folder.join("fjall"))?,
        Kind::Sqlite => folder.join("rows.sqlite-wal"),
    };
    let bytes = fs::read(&path)?;
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at as u64 + 1);
    Ok((path, end))
}

fn newest_journal(folder: &Path) -> Result<PathBuf> {
    let paths = fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>()?;
    let journals = paths.into_iter().filter(|p| p.extension().is_some_and(|e| e == "jnl"));
    match journals.max() {
        Some(path) => Ok(path),
        None => bail!("no journal in {}", folder.display()),
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let (entry, target) = entry.map(|e| {
            let to = to.join(e.file_name());
            (e, to)
        })?;
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
