//! A disk so small that it can be filled.

use anyhow::{Result, ensure};
use std::ffi::CString;
use std::fs::File;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A file system of its own in memory. It goes when dropped.
pub struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// Mounts one of so many megabytes; none where that is not permitted.
    #[cfg(target_os = "linux")]
    pub fn mount(megabytes: u32) -> Result<Option<Self>> {
        let folder = tempfile::tempdir()?;
        let (path, options) = (c_path(folder.path())?, CString::new(format!("size={megabytes}m"))?);
        let kind = c"tmpfs".as_ptr();
        // SAFETY: every pointer is to a string that lives until the call returns.
        let mounted = unsafe { libc::mount(kind, path.as_ptr(), kind, 0, options.as_ptr().cast()) };
        match std::io::Error::last_os_error() {
            _ if mounted == 0 => Ok(Some(Self { folder })),
            error if error.kind() == std::io::ErrorKind::PermissionDenied => Ok(None),
            error => Err(error.into()),
        }
    }

    /// Only Linux has such a file system.
    #[cfg(not(target_os = "linux"))]
    pub fn mount(_: u32) -> Result<Option<Self>> {
        Ok(None)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Fills it until so many bytes are left.
    pub fn leave(&self, bytes: u64) -> Result<()> {
        self.make_room()?;
        let free = self.free()?;
        ensure!(free >= bytes, "only {free} bytes are left");
        let mut ballast = File::create(self.ballast())?;
        let (block, mut missing) = (vec![0; 64 * 1024], free - bytes);
        while missing > 0 {
            let part = missing.min(block.len() as u64);
            ballast.write_all(&block[..part as usize])?;
            missing -= part;
        }
        Ok(())
    }

    /// Takes away what it was filled with.
    pub fn make_room(&self) -> Result<()> {
        match std::fs::remove_file(self.ballast()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// The file that fills it.
    pub fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }

    fn free(&self) -> Result<u64> {
        let path = c_path(self.path())?;
        // SAFETY: all zeros are a valid `statvfs`, which the call then fills.
        let mut told: libc::statvfs = unsafe { std::mem::zeroed() };
        // SAFETY: both pointers are valid until the call returns.
        ensure!(unsafe { libc::statvfs(path.as_ptr(), &mut told) } == 0, "{}", std::io::Error::last_os_error());
        Ok(told.f_bavail * told.f_frsize)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        #[cfg(target_os = "linux")]
        if let Ok(path) = c_path(self.path()) {
            // An edge that is just ending may still hold it: it goes with the last who does.
            // SAFETY: the path lives until the call returns.
            unsafe { libc::umount2(path.as_ptr(), libc::MNT_DETACH) };
        }
    }
}

fn c_path(path: &Path) -> Result<CString> {
    Ok(CString::new(path.as_os_str().as_bytes())?)
}
