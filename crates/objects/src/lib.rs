//! The objects that a native Lambda works on: on this machine (feature `files`), or in S3 (feature `aws`).
#![deny(missing_docs)]

#[cfg(feature = "files")]
mod claim;

#[cfg(feature = "files")]
pub use claim::Claim;

use anyhow::Context;
use reel_capabilities::blob::Blobs;
use std::sync::Arc;

/// The objects, and the right to make one of them.
#[derive(Clone)]
pub struct Objects {
    /// Reads and writes them.
    pub blobs: Arc<dyn Blobs>,
    #[cfg(feature = "files")]
    claims: Option<claim::Claims>,
}

impl Objects {
    /// The objects of who started this Lambda: a local host names their folder in `REEL_BLOBS`, a
    /// deployment what its buckets' names begin with in `REEL_BUCKETS`.
    ///
    /// # Errors
    /// That neither is named, or that the folder does not open.
    pub async fn open() -> anyhow::Result<Self> {
        #[cfg(feature = "files")]
        if let Some(root) = std::env::var_os("REEL_BLOBS") {
            return Self::in_files(root.as_ref());
        }
        Self::in_s3().await
    }

    #[cfg(feature = "files")]
    fn in_files(root: &std::path::Path) -> anyhow::Result<Self> {
        let blobs = Arc::new(reel_backend_embedded::blob::FileBlobs::open(root)?);
        Ok(Self { blobs, claims: Some(claim::Claims::open(root)?) })
    }

    #[cfg(feature = "aws")]
    async fn in_s3() -> anyhow::Result<Self> {
        let prefix =
            std::env::var("REEL_BUCKETS").context("REEL_BUCKETS names no buckets: it is set by the deployment")?;
        let aws = reel_backend_aws::client::Aws::from_env().await;
        let blobs = Arc::new(reel_backend_aws::blob::S3Blobs::new(&aws.s3(), prefix));
        Ok(Self {
            blobs,
            #[cfg(feature = "files")]
            claims: None,
        })
    }

    #[cfg(not(feature = "aws"))]
    async fn in_s3() -> anyhow::Result<Self> {
        None.context("REEL_BLOBS names no folder: it is set by the host")
    }

    /// Waits until no other process of this machine makes the object, and keeps others
    /// waiting until the claim is dropped or its process ends.
    ///
    /// # Errors
    /// That the lock's file cannot be opened.
    #[cfg(feature = "files")]
    pub async fn claim(&self, bucket: &str, key: &str) -> std::io::Result<Option<Claim>> {
        match &self.claims {
            Some(claims) => claims.take(bucket, key).await.map(Some),
            None => Ok(None),
        }
    }

    /// In S3 nobody waits: what is made twice is written once.
    #[cfg(not(feature = "files"))]
    #[allow(clippy::unused_async, reason = "as with files")]
    pub async fn claim(&self, _: &str, _: &str) -> std::io::Result<()> {
        Ok(())
    }
}
