//! The objects of trainings.

use futures::{TryStreamExt, stream};
use reel_api::ranking::MODELS;
use reel_capabilities::blob::{BlobError, Blobs};
use std::sync::Arc;

/// So many models stay, for whoever reads one or finds the newest damaged.
const KEPT: usize = 3;

/// The bucket of models.
pub(crate) struct Models(pub(crate) Arc<dyn Blobs>);

impl Models {
    /// Reads an object.
    pub(crate) async fn read(&self, key: &str) -> Result<Vec<u8>, BlobError> {
        let (info, body) = self.0.open(MODELS, key, None).await?;
        let bytes = Vec::with_capacity(info.size as usize);
        body.try_fold(bytes, |mut bytes, chunk| async move {
            bytes.extend_from_slice(&chunk);
            Ok(bytes)
        })
        .await
    }

    /// Writes an object, whole and once. One that is there has the same content: it is part of its name.
    pub(crate) async fn create(&self, key: &str, bytes: Vec<u8>) -> Result<(), BlobError> {
        let body = Box::pin(stream::iter([Ok(bytes.into())]));
        match self.0.write(MODELS, key, "application/octet-stream", body, true).await {
            Ok(_) | Err(BlobError::Exists(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Deletes all but the newest models. What cannot be deleted goes the next time.
    pub(crate) async fn keep_newest(&self, prefix: &str) {
        match self.keys(prefix).await {
            Ok(keys) => self.delete(&keys[..keys.len().saturating_sub(KEPT)]).await,
            Err(error) => tracing::warn!("old models stay: {error}"),
        }
    }

    /// Deletes what a run gathered.
    pub(crate) async fn tidy(&self, prefix: &str) {
        match self.keys(prefix).await {
            Ok(keys) => self.delete(&keys).await,
            Err(error) => tracing::warn!("what was gathered stays: {error}"),
        }
    }

    async fn delete(&self, keys: &[String]) {
        for key in keys {
            if let Err(error) = self.0.delete(MODELS, key).await {
                tracing::warn!("{key} stays: {error}");
            }
        }
    }

    /// All keys with a prefix, in their order.
    async fn keys(&self, prefix: &str) -> Result<Vec<String>, BlobError> {
        let (mut keys, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let page = self.0.list(MODELS, prefix, cursor.as_deref()).await?;
            keys.extend(page.objects.into_iter().map(|info| info.key));
            match page.cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(keys),
            }
        }
    }
}
