//! Films to publish: the trailer where it lies beside the checkout, and generated ones.

use crate::platform::root;
use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A film in a folder that goes with it.
pub struct Film {
    folder: TempDir,
    path: PathBuf,
}

impl Film {
    /// Bars, numbers and a tone: `seconds` long, at 24 frames a second.
    pub fn generated(width: u32, height: u32, seconds: u32) -> Result<Self> {
        let size = format!("testsrc2=size={width}x{height}:rate=24");
        let length = seconds.to_string();
        Self::by_ffmpeg(
            "film.mp4",
            &[
                &[
                    "-f",
                    "lavfi",
                    "-i",
                    &size,
                    "-f",
                    "lavfi",
                    "-i",
                    "sine=frequency=440:sample_rate=48000",
                    "-t",
                    &length,
                ][..],
                &["-c:v", "libx264", "-preset", "veryfast", "-g", "100", "-pix_fmt", "yuv420p", "-c:a", "aac"],
            ]
            .concat(),
        )
    }

    /// What ffmpeg makes of these arguments.
    pub fn by_ffmpeg(name: &str, args: &[&str]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(name);
        let made = Command::new("ffmpeg").args(["-v", "error", "-nostdin", "-y"]).args(args).arg(&path).output()?;
        ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Ok(Self { folder, path })
    }

    /// A file of these bytes.
    pub fn of_bytes(name: &str, bytes: &[u8]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(name);
        std::fs::write(&path, bytes)?;
        Ok(Self { folder, path })
    }

    /// The Big Buck Bunny trailer, else a generated film.
    pub fn trailer() -> Result<Self> {
        let trailer = root().join("../shared/media/trailer_bbb.mp4");
        if trailer.is_file() {
            return Ok(Self { folder: tempfile::tempdir()?, path: trailer });
        }
        Self::generated(1280, 720, 40)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its place as an argument.
    pub fn arg(&self) -> &str {
        self.path.to_str().unwrap_or_default()
    }

    /// A folder for what goes with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// How many frames ffmpeg decodes of it on a grid of 24 frames a second.
    pub fn frames(&self) -> Result<u64> {
        let args = ["-v", "error", "-nostdin", "-copyts", "-start_at_zero", "-i", self.arg(), "-map", "0:v:0"];
        let grid = ["-vf", "fps=24:round=near", "-vsync", "passthrough", "-f", "framecrc", "-"];
        let decoded = Command::new("ffmpeg").args(args).args(grid).output()?;
        Ok(String::from_utf8_lossy(&decoded.stdout).lines().filter(|line| !line.starts_with('#')).count() as u64)
    }
}
