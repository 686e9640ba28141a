//! The note that `reel up` leaves for the other commands: where the platform is, and
//! the operator key, readable by the user alone.

use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

#[derive(Serialize, Deserialize)]
pub(crate) struct Operator {
    /// The platform's base URL.
    pub(crate) url: String,
    /// The operator key, hexadecimal.
    pub(crate) key: String,
}

pub(crate) fn path(data: &Path) -> PathBuf {
    data.join("operator.json")
}

impl Operator {
    pub(crate) fn read(data: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path(data)).ok()?).ok()
    }

    pub(crate) fn write(&self, data: &Path) -> anyhow::Result<()> {
        let path = path(data);
        let fresh = path.with_extension("json.new");
        let _ = fs::remove_file(&fresh);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh);
        file.as_mut()
            .map_err(|e| std::io::Error::new(e.kind(), e.to_string()))
            .and_then(|file| file.write_all(&serde_json::to_vec_pretty(self)?))
            .and_then(|()| fs::rename(&fresh, &path))
            .with_context(|| format!("{} cannot be written", path.display()))
    }
}
