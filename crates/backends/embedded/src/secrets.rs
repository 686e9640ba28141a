//! `reel:secrets` in a folder: one file each, for its owner alone.

use crate::durable;
use async_trait::async_trait;
use reel_capabilities::secrets::{self, SecretError, Secrets};
use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Secrets in a folder of mode 0700, each a file of mode 0600.
#[derive(Debug, Clone)]
pub struct FileSecrets {
    folder: PathBuf,
}

fn unavailable(error: &std::io::Error, path: &Path) -> SecretError {
    SecretError::Unavailable(durable::explain(error, path))
}

impl FileSecrets {
    /// Opens the folder, creating it; refuses one that others can look into.
    pub fn open(folder: &Path) -> Result<Self, SecretError> {
        match DirBuilder::new().mode(0o700).create(folder) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(unavailable(&error, folder)),
        }
        refuse_loose(folder, "700")?;
        Ok(Self { folder: folder.into() })
    }

    /// The secret of that name; when there is none yet, so many random bytes become it.
    pub fn generate(&self, name: &str, bytes: usize) -> Result<Vec<u8>, SecretError> {
        let path = self.path(name)?;
        match self.read(name) {
            Err(SecretError::NotFound(_)) => {}
            found => return found,
        }
        let mut secret = vec![0; bytes];
        getrandom::fill(&mut secret)
            .map_err(|error| SecretError::Unavailable(format!("the system gives no random bytes: {error}")))?;
        durable::create_whole(&path, &secret, 0o600).map_err(|error| unavailable(&error, &path))?;
        // Whoever came first has named the secret.
        self.read(name)
    }

    /// The secret's bytes, exactly as they stand in the file.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, SecretError> {
        let path = self.path(name)?;
        match refuse_loose(&path, "600").and_then(|()| fs::read(&path).map_err(|error| unavailable(&error, &path))) {
            Err(_) if !path.exists() => Err(SecretError::NotFound(name.into())),
            result => result,
        }
    }

    fn path(&self, name: &str) -> Result<PathBuf, SecretError> {
        secrets::validate_name(name)?;
        Ok(self.folder.join(name))
    }
}

/// Refuses a path that its group or others can use.
fn refuse_loose(path: &Path, mode: &str) -> Result<(), SecretError> {
    let metadata = fs::metadata(path).map_err(|error| unavailable(&error, path))?;
    let found = metadata.permissions().mode() & 0o777;
    if found & 0o077 != 0 {
        let path = path.display();
        return Err(SecretError::Unavailable(format!(
            "{path} has mode {found:o}, so others can use it: run `chmod {mode} {path}`"
        )));
    }
    Ok(())
}

#[async_trait]
impl Secrets for FileSecrets {
    async fn get(&self, name: &str) -> Result<Vec<u8>, SecretError> {
        let (store, name) = (self.clone(), name.to_owned());
        let read = tokio::task::spawn_blocking(move || store.read(&name)).await;
        read.map_err(|error| SecretError::Unavailable(format!("a read was given up: {error}")))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("secrets");
        (folder, path)
    }

    #[test]
    fn a_generated_secret_stays() -> Result<(), SecretError> {
        let (_keep, path) = folder();
        let secrets = FileSecrets::open(&path)?;
        let first = secrets.generate("key", 32)?;
        assert_eq!(first.len(), 32);
        assert_eq!(FileSecrets::open(&path)?.generate("key", 32)?, first);
        assert_ne!(secrets.generate("other", 32)?, first);
        Ok(())
    }

    #[test]
    fn loose_permissions_are_refused_with_the_cure() -> Result<(), SecretError> {
        let (_keep, path) = folder();
        let secrets = FileSecrets::open(&path)?;
        secrets.generate("key", 32)?;
        let file = path.join("key");
        fs::set_permissions(&file, Permissions::from_mode(0o640)).expect("own file");
        let refusal = secrets.read("key").expect_err("the group can read it").to_string();
        assert!(refusal.contains(&format!("chmod 600 {}", file.display())), "{refusal}");
        fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("own folder");
        let refusal = FileSecrets::open(&path).expect_err("others can list it").to_string();
        assert!(refusal.contains(&format!("chmod 700 {}", path.display())), "{refusal}");
        Ok(())
    }

    #[test]
    fn a_name_does_not_leave_the_folder() -> Result<(), SecretError> {
        let (keep, path) = folder();
        fs::write(keep.path().join("outside"), "x").expect("own folder");
        let secrets = FileSecrets::open(&path)?;
        for name in ["../outside", "", ".", "..", "a/b", "/etc/passwd"] {
            assert!(matches!(secrets.read(name), Err(SecretError::NotFound(_))), "{name}");
        }
        Ok(())
    }
}
