//! `probe`: reads what a source film holds. A native Lambda: ffprobe reads every container.

mod film;
mod grid;

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use reel_api::encoding::{Job, Probe};
use reel_capabilities::blob::{Blobs, validate_name};
use reel_ffmpeg::FilmError;
use reel_objects::Objects;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).without_time().init();
    let objects = Objects::open().await?;
    lambda_runtime::run(service_fn(move |LambdaEvent { payload, context }: LambdaEvent<Job>| {
        let blobs = objects.blobs.clone();
        async move {
            let work = probe(&*blobs, payload);
            reel_ffmpeg::until(context.deadline(), work).await.map_err(Diagnostic::from)
        }
    }))
    .await
}

async fn probe(blobs: &dyn Blobs, job: Job) -> Result<Probe, FilmError> {
    let source = &job.source;
    validate_name(&source.bucket, &source.key)?;
    let info = blobs.head(&source.bucket, &source.key).await?;
    let info = info.ok_or_else(|| FilmError::Invalid("the film is not in the blob store: upload it again".into()))?;
    if info.size == 0 {
        return Err(FilmError::Invalid("the file is empty: choose a film".into()));
    }
    let location = blobs.locate(&source.bucket, &source.key).await?;
    film::describe(&reel_ffmpeg::input(&location), info.etag).await
}
