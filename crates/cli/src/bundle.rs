//! What a released `reel` carries behind its own code: all that `reel up` needs, as a tar
//! archive under Zstandard.
//!
//! The program ends where ELF says so. Behind it stand [`MAGIC`], the archive's length and its
//! SHA-256, and then the archive, to the end of the file.

use anyhow::{Context, bail, ensure};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 16] = b"reel release 1\r\n";
/// The magic, a length of 8 bytes, and a digest of 32.
const HEAD: u64 = 56;
/// How the names of unpacked releases begin, and of those that were not finished.
const UNPACKED: &str = "release-";
const UNFINISHED: &str = ".release-";

/// A release within a program.
pub(crate) struct Bundle {
    program: PathBuf,
    /// Where the archive begins.
    offset: u64,
    length: u64,
    digest: [u8; 32],
}

impl Bundle {
    /// The release that a program carries; none of one that was only built.
    pub(crate) fn of(program: &Path) -> anyhow::Result<Option<Self>> {
        let unreadable = || format!("{} cannot be read", program.display());
        let mut file = File::open(program).with_context(unreadable)?;
        let size = file.metadata().with_context(unreadable)?.len();
        let Some(end) = code_end(&mut file).with_context(unreadable)?.filter(|end| *end != size) else {
            return Ok(None);
        };
        let mut head = [0; HEAD as usize];
        file.seek(SeekFrom::Start(end)).with_context(unreadable)?;
        let whole = file.read_exact(&mut head).is_ok() && head.starts_with(MAGIC);
        let length = u64::from_le_bytes(std::array::from_fn(|i| head[MAGIC.len() + i]));
        let offset = end + HEAD;
        ensure!(whole && offset.checked_add(length) == Some(size), damaged(program));
        let digest = std::array::from_fn(|i| head[MAGIC.len() + 8 + i]);
        Ok(Some(Self { program: program.to_owned(), offset, length, digest }))
    }

    /// The release as a folder in a data folder: unpacked now, or by a start before.
    pub(crate) fn folder(&self, data: &Path) -> anyhow::Result<PathBuf> {
        let folder = data.join(format!("{UNPACKED}{}", &hex::encode(self.digest)[..16]));
        if !folder.is_dir() {
            let archive = self.archive()?;
            unpack(&archive, data, &folder)
                .with_context(|| format!("Reel cannot be unpacked in {}", data.display()))?;
        }
        Ok(folder)
    }

    /// The archive, when it is what was released.
    fn archive(&self) -> anyhow::Result<Vec<u8>> {
        let mut file = File::open(&self.program)?;
        file.seek(SeekFrom::Start(self.offset))?;
        let mut archive = Vec::with_capacity(usize::try_from(self.length)?);
        file.take(self.length).read_to_end(&mut archive)?;
        ensure!(Sha256::digest(&archive).as_slice() == self.digest, damaged(&self.program));
        Ok(archive)
    }
}

fn damaged(program: &Path) -> String {
    format!("{} is damaged or cut off: get it again", program.display())
}

/// Unpacks beside and renames, so that the folder is there as a whole or not at all.
fn unpack(archive: &[u8], data: &Path, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(data)?;
    let beside = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(data)?;
    tar::Archive::new(zstd::Decoder::new(archive)?).unpack(beside.path())?;
    sync(beside.path())?;
    match fs::rename(beside.path(), folder) {
        // Somebody else was quicker.
        Err(_) if folder.is_dir() => {}
        renamed => renamed?,
    }
    Ok(sync(data)?)
}

/// Puts all that was written to a folder's file system on the disk.
#[cfg(target_os = "linux")]
fn sync(folder: &Path) -> std::io::Result<()> {
    use std::os::fd::AsRawFd;
    let folder = File::open(folder)?;
    // SAFETY: the descriptor is open until the call returns.
    match unsafe { libc::syncfs(folder.as_raw_fd()) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}

#[cfg(not(target_os = "linux"))]
fn sync(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Removes the other releases from a data folder, and what was not finished. What cannot be
/// removed only takes room.
pub(crate) fn sweep(data: &Path, kept: &Path) {
    for entry in fs::read_dir(data).into_iter().flatten().flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        let name = name.to_string_lossy();
        let ours = name.starts_with(UNPACKED) || name.starts_with(UNFINISHED);
        if ours && path != kept && path.is_dir() {
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// Writes a program with a release behind its code. One that it carries already is left out.
pub(crate) fn write(program: &Path, archive: &[u8], out: &Path) -> anyhow::Result<()> {
    let mut file = File::open(program)?;
    let Some(end) = code_end(&mut file)? else {
        bail!("{} is no ELF program for 64 bits: releases are made for Linux alone", program.display());
    };
    let mut code = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(end).read_to_end(&mut code)?;
    let head = [&MAGIC[..], &(archive.len() as u64).to_le_bytes(), &Sha256::digest(archive)].concat();
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    for part in [&code[..], &head, archive] {
        beside.write_all(part)?;
    }
    beside.as_file().set_permissions(fs::metadata(program)?.permissions())?;
    beside.persist(out)?;
    Ok(())
}

/// Where an ELF program of 64 bits ends, which is behind the table of its sections; none of
/// any other file.
fn code_end(file: &mut File) -> std::io::Result<Option<u64>> {
    let mut head = Vec::new();
    file.take(64).read_to_end(&mut head)?;
    if head.len() < 64 || !head.starts_with(b"\x7fELF\x02\x01") {
        return Ok(None);
    }
    let half = |at: usize| u64::from(u16::from_le_bytes([head[at], head[at + 1]]));
    let table = u64::from_le_bytes(std::array::from_fn(|i| head[0x28 + i]));
    Ok(table.checked_add(half(0x3a) * half(0x3c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(manifest: &[u8]) -> Vec<u8> {
        let mut archive = tar::Builder::new(zstd::Encoder::new(Vec::new(), 1).unwrap());
        let mut header = tar::Header::new_gnu();
        header.set_size(manifest.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, "reel.toml", manifest).unwrap();
        archive.into_inner().unwrap().finish().unwrap()
    }

    /// A program of ours that carries a release of one file.
    fn released(folder: &Path, content: &[u8]) -> PathBuf {
        let out = folder.join("reel");
        write(&std::env::current_exe().unwrap(), &archive(content), &out).unwrap();
        out
    }

    #[test]
    fn a_release_is_unpacked_once_and_an_older_one_swept() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let unpacked = |content| Bundle::of(&released(folder.path(), content)).unwrap().unwrap().folder(&data).unwrap();
        let old = unpacked(b"old");
        let new = unpacked(b"new");
        assert_eq!(fs::read(new.join("reel.toml")).unwrap(), b"new");
        fs::write(new.join("reel.toml"), b"kept").unwrap();
        assert_eq!(fs::read(unpacked(b"new").join("reel.toml")).unwrap(), b"kept");
        fs::create_dir(data.join(".release-cut-off")).unwrap();
        fs::create_dir(data.join("blobs")).unwrap();
        sweep(&data, &new);
        assert!(!old.exists() && new.exists() && !data.join(".release-cut-off").exists());
        assert!(data.join("blobs").exists());
    }

    #[test]
    fn what_a_release_carries_is_not_carried_on() {
        let folder = tempfile::tempdir().unwrap();
        let (first, again) = (released(folder.path(), b"first"), folder.path().join("again"));
        write(&first, &archive(b"first"), &again).unwrap();
        assert_eq!(fs::read(&first).unwrap(), fs::read(&again).unwrap());
    }

    #[test]
    fn a_damaged_release_is_refused_and_what_is_only_built_carries_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = released(folder.path(), b"whole");
        let whole = fs::read(&path).unwrap();
        let refusal = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            let opened = Bundle::of(&path).and_then(|bundle| bundle.unwrap().folder(folder.path()));
            opened.unwrap_err().to_string()
        };
        let end = code_end(&mut File::open(&path).unwrap()).unwrap().unwrap() as usize;
        let mut flipped = whole.clone();
        *flipped.last_mut().unwrap() ^= 1;
        for bytes in [&whole[..whole.len() - 1], &whole[..end + 20], &whole[..end - 20], &flipped] {
            let said = refusal(bytes);
            assert!(said.contains("damaged or cut off") && said.contains(path.to_str().unwrap()), "{said}");
        }
        assert!(Bundle::of(&std::env::current_exe().unwrap()).unwrap().is_none());
        fs::write(&path, "#!/bin/sh\n").unwrap();
        assert!(Bundle::of(&path).unwrap().is_none());
    }
}
