//! Files that a crash cannot tear: whole under their name and on the disk, or not there.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// How the name of an unfinished file begins.
const DRAFT: &str = ".draft-";

/// Puts a folder's entries on the disk.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Creates a folder and those above it, each on the disk before this returns.
pub(crate) fn create_folders(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => return Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            create_folders(parent(folder)?)?;
            return create_folders(folder);
        }
        Err(error) => return Err(error),
    }
    sync_folder(parent(folder)?)
}

/// The folder that a path stands in; the working folder for a bare name.
pub(crate) fn parent(path: &Path) -> io::Result<&Path> {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Ok(Path::new(".")),
        Some(folder) => Ok(folder),
        None => Err(io::Error::new(ErrorKind::InvalidInput, format!("{} stands in no folder", path.display()))),
    }
}

/// Writes a file that nobody else looks at yet, and puts its content on the disk.
pub(crate) fn write_synced(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Creates a file with its content at once, readable as `mode` says. False, and nothing
/// done, when there is one of that name.
pub(crate) fn create_whole(path: &Path, content: &[u8], mode: u32) -> io::Result<bool> {
    let folder = parent(path)?;
    let mut draft = tempfile::Builder::new().prefix(DRAFT).tempfile_in(folder)?;
    draft.as_file().set_permissions(Permissions::from_mode(mode))?;
    draft.write_all(content)?;
    draft.as_file().sync_all()?;
    match draft.persist_noclobber(path) {
        Ok(_) => sync_folder(folder).map(|()| true),
        Err(failure) if failure.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(failure) => Err(failure.error),
    }
}

/// Removes a file. One that does not exist is no error.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// Removes the drafts that a crash left in a folder; nobody else may write there.
pub(crate) fn remove_drafts(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(DRAFT.as_bytes()) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// What an operator must know of a failure: the file, and whether the disk is full.
pub(crate) fn explain(error: &io::Error, path: &Path) -> String {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            format!("the disk that holds {} is full: free some space", path.display())
        }
        _ => format!("{}: {error}", path.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_created_once() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("name");
        assert!(create_whole(&path, b"first", 0o600)?);
        assert!(!create_whole(&path, b"second", 0o600)?);
        assert_eq!(fs::read(&path)?, b"first");
        assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder)?.count(), 1);
        Ok(())
    }

    #[test]
    fn a_full_disk_is_named() -> io::Result<()> {
        let full = Path::new("/dev/full");
        let Ok(mut file) = OpenOptions::new().write(true).open(full) else { return Ok(()) };
        let error = file.write_all(b"x").expect_err("/dev/full takes nothing");
        assert_eq!(explain(&error, full), "the disk that holds /dev/full is full: free some space");
        Ok(())
    }
}
