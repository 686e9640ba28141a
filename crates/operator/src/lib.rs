//! The note by which an operator's commands find a Reel and sign in: `reel up` leaves it for a
//! platform of this machine, `reel-deploy keys` for a stage on AWS.
#![deny(missing_docs)]

use serde::{Deserialize, Serialize};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// What the note is called in its folder.
const NOTE: &str = "operator.json";

/// Where a Reel is, and the key of its operator.
#[derive(Serialize, Deserialize)]
pub struct Operator {
    /// The base URL.
    pub url: String,
    /// The operator key, hexadecimal.
    pub key: String,
}

impl Operator {
    /// The note in a folder; none when there is none that can be read.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(NOTE)).ok()?).ok()
    }

    /// Leaves the note in a folder, in place of one that is there.
    ///
    /// # Errors
    /// As [`write_private`].
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        write_private(&folder.join(NOTE), &serde_json::to_vec_pretty(self)?)
    }
}

/// Writes a file that its owner alone may read, at no moment anybody else, in place of one that
/// is there.
///
/// # Errors
/// That it cannot be written; names the file.
pub fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let _ = fs::remove_file(&fresh);
    let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh);
    let written = written.and_then(|mut file| file.write_all(content)).and_then(|()| fs::rename(&fresh, path));
    written.map_err(|e| io::Error::new(e.kind(), format!("{} cannot be written: {e}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_note_is_its_owners_alone_and_the_last_one_counts() {
        let folder = tempfile::tempdir().unwrap();
        for key in ["00", "01"] {
            Operator { url: "http://localhost:1".into(), key: key.into() }.write(folder.path()).unwrap();
        }
        let note = folder.path().join(NOTE);
        assert_eq!(fs::metadata(note).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(Operator::read(folder.path()).unwrap().key, "01");
        let nowhere = write_private(&folder.path().join("none/edge.env"), b"").unwrap_err().to_string();
        assert!(nowhere.contains("edge.env cannot be written"), "{nowhere}");
    }
}
