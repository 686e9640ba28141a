//! The objects that a native Lambda works on: on this machine, or in S3.
#![deny(missing_docs)]

mod claim;

pub use claim::Claim;

use anyhow::Context;
use claim::Claims;
use reel_backend_embedded::blob::FileBlobs;
use reel_capabilities::blob::Blobs;
use std::path::Path;
use std::sync::Arc;

/// The objects, and the right to make one of them.
#[derive(Clone)]
pub struct Objects {
    /// Reads and writes them.
    pub blobs: Arc<dyn Blobs>,
    /// Only here: a workflow of AWS is not killed, so nobody is asked for an object twice at once.
    claims: Option<Claims>,
}

impl Objects {
    /// The objects of who started this Lambda: a local host names their folder in `REEL_BLOBS`, a
    /// deployment what its buckets' names begin with in `REEL_BUCKETS` (feature `aws`).
    ///
    /// # Errors
    /// That neither is named, or that the folder does not open.
    pub async fn open() -> anyhow::Result<Self> {
        match std::env::var_os("REEL_BLOBS") {
            Some(root) => Self::in_files(root.as_ref()),
            None => Ok(Self { blobs: in_s3().await?, claims: None }),
        }
    }

    fn in_files(root: &Path) -> anyhow::Result<Self> {
        Ok(Self { blobs: Arc::new(FileBlobs::open(root)?), claims: Some(Claims::open(root)?) })
    }

    /// Waits until no other process of this machine makes the object, and keeps others
    /// waiting until the claim is dropped or its process ends.
    ///
    /// # Errors
    /// That the lock's file cannot be opened.
    pub async fn claim(&self, bucket: &str, key: &str) -> std::io::Result<Option<Claim>> {
        match &self.claims {
            Some(claims) => claims.take(bucket, key).await.map(Some),
            None => Ok(None),
        }
    }
}

#[cfg(feature = "aws")]
async fn in_s3() -> anyhow::Result<Arc<dyn Blobs>> {
    let prefix = std::env::var("REEL_BUCKETS").context("REEL_BUCKETS names no buckets: it is set by the deployment")?;
    let aws = reel_backend_aws::client::Aws::from_env().await;
    Ok(Arc::new(reel_backend_aws::blob::S3Blobs::new(&aws.s3(), prefix)))
}

#[cfg(not(feature = "aws"))]
async fn in_s3() -> anyhow::Result<Arc<dyn Blobs>> {
    None.context("REEL_BLOBS names no folder: it is set by the host")
}
