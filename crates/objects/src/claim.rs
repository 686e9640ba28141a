//! One maker at a time for each object of this machine.
//!
//! A Lambda outlives a host that is killed and ends its work. The host that follows asks for
//! the same work again: it waits here, then finds it done.

use std::fs::{File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

/// So many lock files serve all objects, so that none is ever removed. Two objects that share
/// one wait for each other needlessly, once in so many times.
const LOCKS: u64 = 256;

/// The right to make an object; a lock that the system takes back when the process ends.
#[derive(Debug)]
pub struct Claim(#[expect(dead_code, reason = "held, not read")] File);

#[derive(Debug, Clone)]
pub(crate) struct Claims(PathBuf);

impl Claims {
    pub(crate) fn open(root: &Path) -> io::Result<Self> {
        let folder = root.join("claims");
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    pub(crate) async fn take(&self, bucket: &str, key: &str) -> io::Result<Claim> {
        let path = self.0.join(format!("{:02x}", number(bucket, key)));
        let lock = move || {
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
            file.lock()?;
            Ok(Claim(file))
        };
        tokio::task::spawn_blocking(lock).await.map_err(io::Error::other)?
    }
}

fn number(bucket: &str, key: &str) -> u64 {
    // Its keys are fixed, so that every process counts alike.
    let mut hasher = DefaultHasher::new();
    (bucket, key).hash(&mut hasher);
    hasher.finish() % LOCKS
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn a_claim_keeps_others_waiting_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let claims = Claims::open(folder.path()).unwrap();
        let first = claims.take("encodings", "a").await.unwrap();
        let mut second = Box::pin(claims.take("encodings", "a"));
        assert!(tokio::time::timeout(Duration::from_millis(50), &mut second).await.is_err());
        drop(first);
        second.await.unwrap();
    }
}
