//! `encode`: encodes one chunk of one rendition. A native Lambda: ffmpeg does the work.
//!
//! The output's name is derived from all that decides its content, and it is written
//! whole and once: a repeat finds it done, and a crash leaves nothing half-made. A repeat
//! of what is still under way waits for it.

mod artwork;
mod audio;
mod store;
mod video;

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use reel_api::encoding::{ARTWORK, ENCODINGS, Encoded, Item, Media, ObjectRef};
use reel_capabilities::blob::validate_name;
use reel_ffmpeg::FilmError;
use reel_objects::Objects;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).without_time().init();
    let objects = Objects::open().await?;
    lambda_runtime::run(service_fn(move |LambdaEvent { payload, context }: LambdaEvent<Item>| {
        let objects = objects.clone();
        async move {
            let work = encode(&objects, &payload);
            reel_ffmpeg::until(context.deadline(), work).await.map_err(Diagnostic::from)
        }
    }))
    .await
}

async fn encode(objects: &Objects, item: &Item) -> Result<Encoded, FilmError> {
    let output = output_of(item);
    let _claim = objects.claim(&output.bucket, &output.key).await?;
    let blobs = &*objects.blobs;
    if let Some(done) = blobs.head(&output.bucket, &output.key).await? {
        return Ok(Encoded { output, bytes: done.size, encoded: false });
    }
    let source = &item.job.source;
    validate_name(&source.bucket, &source.key)?;
    let input = reel_ffmpeg::input(&blobs.locate(&source.bucket, &source.key).await?);
    let folder = tempfile::tempdir()?;
    let bytes = match &item.rendition.media {
        Media::Artwork { thumbnails, interval_ms } => {
            artwork::encode(blobs, item, &input, folder.path(), *thumbnails, *interval_ms).await?
        }
        media => {
            let file = folder.path().join("chunk.mp4");
            match media {
                Media::Video { .. } => video::encode(item, &input, &file).await?,
                _ => audio::encode(item, &input, &file).await?,
            }
            store::file(blobs, &output, "video/mp4", &file).await?
        }
    };
    Ok(Encoded { output, bytes, encoded: true })
}

/// The object that tells that the item is done: artwork's poster is written last.
fn output_of(item: &Item) -> ObjectRef {
    match item.rendition.media {
        Media::Artwork { .. } => {
            ObjectRef { bucket: ARTWORK.into(), key: reel_api::encoding::poster_key(&item.output_key) }
        }
        _ => ObjectRef { bucket: ENCODINGS.into(), key: item.output_key.clone() },
    }
}
