//! Posters that editors give titles.

use crate::edit::{answer, editor, parse};
use crate::{outbox, store};
use imagesize::{ImageSize, ImageType};
use reel_api::encoding::ARTWORK;
use reel_sdk::blob::{Bucket, Error};
use reel_sdk::{Problem, Request, Response};
use sha2::{Digest, Sha256};
use std::ops::RangeInclusive;

const BUCKET: Bucket = Bucket(ARTWORK);
/// The longest poster, in bytes.
const MAX: usize = 3 << 20;
/// How wide and how high it is, in pixels.
const SIDE: RangeInclusive<usize> = 320..=4_096;

/// Gives a title a poster, which stands before the one that its encoding made.
pub(crate) async fn put(request: &Request, id: &str) -> Result<Response, Problem> {
    let (editor, id) = (editor(request)?, parse(id)?);
    let format = admit(request.header("content-type").unwrap_or_default(), request.body())?;
    store::by_id(id).await?.ok_or_else(|| Problem::not_found(format!("there is no title {id}")))?;
    // Named by its content, so that browsers may keep it for ever.
    let name = hex::encode(&Sha256::digest(request.body())[..16]);
    let key = format!("{id}/poster/{name}.{}", format.ending);
    match BUCKET.create(&key, format.media_type, request.body().to_vec()).await {
        Ok(_) | Err(Error::Exists(_)) => {}
        Err(other) => return Err(other.into()),
    }
    let given = |title: &mut crate::title::Stored| {
        title.poster = Some(format!("artwork/{key}"));
        Ok(())
    };
    let (title, _) = store::change(id, Some(editor), given).await?;
    outbox::send().await;
    answer(200, &title)
}

/// Takes an editor's poster away; the encoding's, where there is one, stands there again.
pub(crate) async fn delete(request: &Request, id: &str) -> Result<Response, Problem> {
    let (editor, id) = (editor(request)?, parse(id)?);
    let taken = |title: &mut crate::title::Stored| {
        title.poster = None;
        Ok(())
    };
    let (title, _) = store::change(id, Some(editor), taken).await?;
    outbox::send().await;
    answer(200, &title)
}

/// A format that is taken.
#[derive(Debug, PartialEq, Eq)]
struct Format {
    media_type: &'static str,
    ending: &'static str,
}

const FORMATS: [(ImageType, Format); 3] = [
    (ImageType::Jpeg, Format { media_type: "image/jpeg", ending: "jpg" }),
    (ImageType::Png, Format { media_type: "image/png", ending: "png" }),
    (ImageType::Webp, Format { media_type: "image/webp", ending: "webp" }),
];

/// Admits a picture by what is in it, whatever it is called.
fn admit(content_type: &str, body: &[u8]) -> Result<Format, Problem> {
    if body.len() > MAX {
        let detail = format!("the picture has {} bytes; it has at most {MAX}", body.len());
        return Err(Problem::new(413, "too-large", "The picture is too large", detail));
    }
    let found = imagesize::image_type(body).ok();
    let format = FORMATS.into_iter().find(|(kind, _)| Some(*kind) == found).map(|(_, format)| format);
    let format = format.filter(|format| content_type.eq_ignore_ascii_case(format.media_type)).ok_or_else(|| {
        let detail = "the body is a picture, and content-type says which: image/jpeg, image/png or image/webp";
        Problem::new(415, "media-type", "This is not taken here", detail)
    })?;
    let size = imagesize::blob_size(body).map_err(|_| Problem::invalid("the picture breaks off: send all of it"))?;
    let ImageSize { width, height } = size;
    if SIDE.contains(&width) && SIDE.contains(&height) {
        return Ok(format);
    }
    let (least, most) = (SIDE.start(), SIDE.end());
    Err(Problem::invalid(format!("the picture has {width} × {height} pixels; each side has {least} to {most}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of a PNG of this size.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        png.extend(width.to_be_bytes().into_iter().chain(height.to_be_bytes()));
        png.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
        png
    }

    #[test]
    fn a_picture_is_admitted_by_what_is_in_it() {
        assert_eq!(admit("image/png", &png(1280, 720)).unwrap().ending, "png");
        let status = |content_type, body: &[u8]| admit(content_type, body).unwrap_err().status;
        assert_eq!(status("image/jpeg", &png(1280, 720)), 415, "it says to be another");
        assert_eq!(status("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), 415);
        assert_eq!(status("image/png", b"<script>alert(1)</script>"), 415);
        assert_eq!(status("", &png(1280, 720)), 415);
        assert_eq!(status("image/png", &png(100, 720)), 400);
        assert_eq!(status("image/png", &png(1280, 70_000)), 400);
        assert_eq!(status("image/png", &png(1280, 720)[..12]), 400);
        assert_eq!(status("image/png", &vec![0; MAX + 1]), 413);
    }
}
