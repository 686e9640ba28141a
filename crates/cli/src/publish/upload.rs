//! The upload of a film, part by part; a part that is there is not sent again.

use super::progress::Bars;
use crate::platform::Platform;
use anyhow::Context;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use reel_api::TitleId;
use reel_api::ingest::{Encoding, NewUpload, PartUrl, Upload};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many parts are on their way at once.
const AT_ONCE: usize = 3;
/// Parts between two looks at the upload: these are sent before their URLs expire.
const ROUND: usize = 200;
/// How often a part is tried.
const TRIES: u32 = 3;

/// A film on this machine.
#[derive(Clone)]
pub(crate) struct Film {
    file: Arc<File>,
    name: String,
    size: u64,
}

impl Film {
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let size = file.metadata()?.len();
        anyhow::ensure!(size > 0, "{} is empty: name a film", path.display());
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { file: Arc::new(file), name, size })
    }

    /// Names the content: SHA-256 of its bytes.
    fn fingerprint(&self) -> anyhow::Result<String> {
        let (mut hash, mut buffer, mut offset) = (Sha256::new(), vec![0; 1 << 20], 0);
        loop {
            match self.file.read_at(&mut buffer, offset)? {
                0 => return Ok(hex::encode(hash.finalize())),
                read => {
                    hash.update(&buffer[..read]);
                    offset += read as u64;
                }
            }
        }
    }

    fn part(&self, number: u32, part_size: u64) -> anyhow::Result<Bytes> {
        let offset = u64::from(number - 1) * part_size;
        let mut bytes = vec![0; part_size.min(self.size.saturating_sub(offset)) as usize];
        self.file.read_exact_at(&mut bytes, offset).context("the film changed while it was sent")?;
        Ok(bytes.into())
    }
}

/// Sends what is missing of a film and starts its encoding.
pub(crate) async fn send(platform: &Platform, film: &Film, title_id: TitleId, bars: &Bars) -> anyhow::Result<Encoding> {
    let hashed = film.clone();
    let fingerprint = tokio::task::spawn_blocking(move || hashed.fingerprint()).await??;
    let request = NewUpload { title_id, file_name: film.name.clone(), size: film.size, fingerprint };
    let mut upload = platform.client().begin_upload(&request).await.context("the upload was refused")?;
    while !upload.missing.is_empty() {
        send_round(platform, film, &upload, bars).await?;
        upload = platform.client().upload(&upload.upload_id).await?;
    }
    bars.sent(film.size, film.size);
    Ok(platform.client().complete_upload(&upload.upload_id).await?)
}

async fn send_round(platform: &Platform, film: &Film, upload: &Upload, bars: &Bars) -> anyhow::Result<()> {
    let length = |number: u32| upload.part_size.min(film.size - u64::from(number - 1) * upload.part_size);
    let sent = AtomicU64::new(upload.stored.iter().map(|&part| length(part)).sum());
    bars.sent(film.size, sent.load(Ordering::Relaxed));
    futures::stream::iter(upload.missing.iter().take(ROUND))
        .map(|part| async {
            put(platform, film, part, upload.part_size).await?;
            let before = sent.fetch_add(length(part.number), Ordering::Relaxed);
            bars.sent(film.size, before + length(part.number));
            anyhow::Ok(())
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

async fn put(platform: &Platform, film: &Film, part: &PartUrl, part_size: u64) -> anyhow::Result<()> {
    let bytes = film.part(part.number, part_size)?;
    let mut tried = 1;
    loop {
        match platform.put(&part.url, bytes.clone()).await {
            Err(error) if tried == TRIES => {
                return Err(error.context(format!("part {} could not be sent", part.number)));
            }
            Err(_) => tried += 1,
            Ok(()) => return Ok(()),
        }
    }
}
