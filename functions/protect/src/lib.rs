//! Cuts one encoded chunk into segments and encrypts them.

use reel_api::Client;
use reel_api::encoding::{
    DELIVERY, ENCODINGS, IndexPart, Item, Media, ObjectRef, index_part_key, init_key, segment_key,
};
use reel_api::license::{KEY_PATH, KeyRequest, TrackKey};
use reel_media::MediaError;
use reel_media::chunk::{Delivered, Finished, Protector, track};
use reel_sdk::blob::Bucket;
use reel_sdk::http::Function;
use reel_sdk::{Problem, Request, Response};

const CHUNKS: Bucket = Bucket(ENCODINGS);
const SEGMENTS: Bucket = Bucket(DELIVERY);
const LICENSE: Function = Function("license");
/// How much of a chunk is read at once, in bytes.
const PIECE: u32 = 4 << 20;

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {
    match request.is_task() {
        true => Response::json(200, &protect(&request.json()?).await?),
        false => Err(Problem::not_found(format!("there is no {}", request.path()))),
    }
}

/// The same chunk gives the same segments: a repeat writes what is there. The index part
/// comes last, so that where it is, all else is; the answer names it.
async fn protect(item: &Item) -> Result<ObjectRef, Problem> {
    let key = key(item).await?;
    let mut protector = Protector::new(item, key.as_ref()).map_err(broken)?;
    let (mut offset, size) = (0, size(item).await?);
    while offset < size {
        let piece = CHUNKS.read_range(&item.output_key, offset, PIECE).await?;
        offset += piece.len().max(1) as u64;
        write_segments(item, protector.push(&piece).map_err(broken)?).await?;
    }
    let Finished { segments, init, part } = protector.finish().map_err(broken)?;
    write_segments(item, segments).await?;
    write_init(item, init).await?;
    write_part(item, &part).await
}

async fn size(item: &Item) -> Result<u64, Problem> {
    let found = CHUNKS.head(&item.output_key).await?;
    let (chunk, rendition) = (item.chunk, &item.rendition.id);
    found.map(|info| info.size).ok_or_else(|| {
        Problem::invalid(format!("chunk {chunk} of {rendition} is missing: encode has not written {}", item.output_key))
    })
}

async fn key(item: &Item) -> Result<Option<TrackKey>, Problem> {
    if item.scheme.is_none() {
        return Ok(None);
    }
    let request =
        KeyRequest { title_id: item.job.title_id, revision: item.job.revision, track: track(item).map_err(broken)? };
    Ok(Some(Client::new(LICENSE).post(KEY_PATH, &request).await?))
}

async fn write_segments(item: &Item, segments: Vec<Delivered>) -> Result<(), Problem> {
    for Delivered { number, bytes } in segments {
        let key = segment_key(item.job.title_id, item.job.revision, &item.rendition.id, number);
        SEGMENTS.write(&key, media_type(item), bytes).await?;
    }
    Ok(())
}

/// One init segment serves the rendition; `package` checks that all chunks have the same.
async fn write_init(item: &Item, init: Vec<u8>) -> Result<(), Problem> {
    if item.chunk == 0 {
        let key = init_key(item.job.title_id, item.job.revision, &item.rendition.id);
        SEGMENTS.write(&key, media_type(item), init).await?;
    }
    Ok(())
}

async fn write_part(item: &Item, part: &IndexPart) -> Result<ObjectRef, Problem> {
    let key = index_part_key(item.job.title_id, item.job.revision, &item.rendition.id, item.chunk);
    let body = serde_json::to_vec(part).map_err(|e| Problem::internal(format!("{key} has no JSON form: {e}")))?;
    CHUNKS.write(&key, "application/json", body).await?;
    Ok(ObjectRef { bucket: ENCODINGS.into(), key })
}

fn media_type(item: &Item) -> &'static str {
    match item.rendition.media {
        Media::Audio { .. } => "audio/mp4",
        _ => "video/mp4",
    }
}

fn broken(error: MediaError) -> Problem {
    Problem::invalid(error.to_string())
}
