//! Encoded chunks become segments that play, clear and protected.

use crate::film;
use reel_api::encoding::{IndexPart, Item, Scheme};
use reel_media::cenc::decrypt_segment;
use reel_media::chunk::{Delivered, Finished, Protector};
use reel_media::{Fragment, Init};

/// Nine seconds and a half: three segments in two chunks, the last one short.
const FRAMES: u64 = 228;

/// Protects the chunk of an item, given in pieces of this many bytes.
fn protect(item: &Item, chunk: &[u8], piece: usize) -> (Vec<Delivered>, Finished) {
    let key = film::key(if item.rendition.id.starts_with("aac") { 2 } else { 1 });
    let mut protector = Protector::new(item, item.scheme.map(|_| &key)).unwrap();
    let mut segments = Vec::new();
    for bytes in chunk.chunks(piece) {
        segments.extend(protector.push(bytes).unwrap());
    }
    let finished = protector.finish().unwrap();
    segments.extend(finished.segments.clone());
    (segments, finished)
}

fn items(scheme: Option<Scheme>) -> Vec<Item> {
    film::plan(FRAMES, scheme).1.into_iter().filter(|item| item.protect).collect()
}

fn key_of(item: &Item) -> [u8; 16] {
    let key = film::key(if item.rendition.id.starts_with("aac") { 2 } else { 1 });
    hex::decode(key.key).unwrap().try_into().unwrap()
}

#[test]
fn what_is_encrypted_decrypts_to_the_clear_segments() {
    for clear in &items(None) {
        let chunk = film::encode(clear);
        for scheme in [Scheme::Cbcs, Scheme::Cenc] {
            let sealed = Item { scheme: Some(scheme), ..clear.clone() };
            let (plain, ended) = protect(clear, &chunk, usize::MAX);
            let (secret, protected) = protect(&sealed, &chunk, 10_000);
            assert_eq!(plain.len(), secret.len());
            assert_ne!(plain[0].bytes, secret[0].bytes);
            for (plain, secret) in plain.iter().zip(&secret) {
                let decrypted = decrypt_segment(&protected.init, &secret.bytes, &key_of(&sealed)).unwrap();
                assert_eq!(decrypted, plain.bytes, "{scheme:?} {} segment {}", sealed.rendition.id, plain.number);
                let wrong = decrypt_segment(&protected.init, &secret.bytes, &[0; 16]).unwrap();
                assert_ne!(wrong, plain.bytes);
            }
            assert_eq!(Init::read(&protected.init).unwrap().clear(), ended.init);
            assert_eq!(protected.part.init_sha256, ended.part.init_sha256);
        }
    }
}

#[test]
fn segments_follow_each_other_across_chunks() {
    let parts: Vec<IndexPart> =
        items(None).iter().map(|item| protect(item, &film::encode(item), 65_536).1.part).collect();
    let numbers = |id: &str| -> Vec<(u32, u64, u64, u32)> {
        let mut parts: Vec<&IndexPart> = parts.iter().filter(|part| part.rendition == id).collect();
        parts.sort_by_key(|part| part.chunk);
        parts.iter().flat_map(|part| &part.segments).map(|s| (s.number, s.time, s.duration, s.samples)).collect()
    };
    assert_eq!(numbers("h264-240p"), [(1, 0, 96_000, 96), (2, 96_000, 96_000, 96), (3, 192_000, 36_000, 36)]);
    let sound = numbers("aac-stereo");
    assert_eq!(sound.iter().map(|s| s.1).collect::<Vec<_>>(), [0, 188 * 1024, 375 * 1024]);
    let (last, end) = (sound.last().unwrap(), FRAMES * 48_000 / 24);
    assert!(last.1 + last.2 >= end, "{sound:?}");
    let inits: Vec<&str> =
        parts.iter().filter(|part| part.rendition == "h264-240p").map(|part| &part.init_sha256[..]).collect();
    assert!(inits.len() == 2 && inits[0] == inits[1]);
}

#[test]
fn the_same_chunk_gives_the_same_bytes_in_any_pieces() {
    let item = &items(Some(Scheme::Cenc))[0];
    let chunk = film::encode(item);
    let whole = protect(item, &chunk, usize::MAX);
    for piece in [1, 7, 1000, 16_384] {
        let pieces = protect(item, &chunk, piece);
        assert_eq!(
            (pieces.0, pieces.1.init, pieces.1.part),
            (whole.0.clone(), whole.1.init.clone(), whole.1.part.clone())
        );
    }
}

#[test]
fn init_segments_name_codec_key_and_priming() {
    let items = items(Some(Scheme::Cbcs));
    let sound = items.iter().find(|item| item.rendition.id == "aac-stereo").unwrap();
    let (_, finished) = protect(sound, &film::encode(sound), usize::MAX);
    let init = Init::read(&finished.init).unwrap();
    assert_eq!((init.codec(), init.timescale(), init.kid()), ("mp4a.40.2", 48_000, Some(hex::encode([2; 16]))));
    let edits = finished.init.windows(4).position(|bytes| bytes == b"elst").unwrap();
    assert_eq!(finished.init[edits + 16..edits + 20], 1024_u32.to_be_bytes());
    let (_, finished) = protect(&items[0], &film::encode(&items[0]), usize::MAX);
    assert!(finished.part.codec.starts_with("avc1.6400"), "{}", finished.part.codec);
    for kind in [b"cmfc", b"encv", b"sinf", b"schm", b"tenc", b"pssh"] {
        assert!(finished.init.windows(4).any(|bytes| bytes == kind), "{}", kind.escape_ascii());
    }
}

#[test]
fn slice_data_is_protected_and_slice_headers_are_not() {
    let item = &items(Some(Scheme::Cbcs))[0];
    let chunk = film::encode(item);
    let (sealed, finished) = protect(item, &chunk, usize::MAX);
    let clear = Item { scheme: None, ..item.clone() };
    let (plain, _) = protect(&clear, &chunk, usize::MAX);
    let init = Init::read(&finished.init).unwrap();
    let samples = |bytes: &[u8]| Fragment::of_segment(&init, bytes).unwrap().samples;
    for (plain, sealed) in samples(&plain[0].bytes).iter().zip(samples(&sealed[0].bytes)) {
        let differs = plain.data.iter().zip(&sealed.data).position(|(a, b)| a != b);
        // Length, header of the unit and the slice header of x264: some bytes, and few.
        assert!(differs.is_none_or(|at| at > 4 + 2), "{differs:?}");
        assert!(plain.data.len() < 100 || differs.is_some(), "a sample of {} bytes is clear", plain.data.len());
    }
}

#[test]
fn a_chunk_that_is_not_the_planned_one_is_named() {
    let all = items(None);
    let chunk = film::encode(&all[0]);
    let error = |item: &Item, bytes: &[u8]| {
        let mut protector = Protector::new(item, None).unwrap();
        protector.push(bytes).map(drop).and_then(|()| protector.finish().map(drop)).unwrap_err().to_string()
    };
    let longer = Item { end_frame: 200, ..all[0].clone() };
    assert!(
        error(&longer, &chunk).contains("chunk 0 of h264-240p: it has 192 frames, but 200 were planned"),
        "{}",
        error(&longer, &chunk)
    );
    let later = Item { first_frame: 96, end_frame: 288, chunk: 5, ..all[0].clone() };
    assert!(error(&later, &chunk).contains("chunk 5 of h264-240p"), "{}", error(&later, &chunk));
    assert!(
        error(&all[0], &chunk[..chunk.len() / 2]).contains("chunk 0"),
        "{}",
        error(&all[0], &chunk[..chunk.len() / 2])
    );
    assert!(error(&all[0], b"").contains("no sample"));
    assert!(error(&all[0], b"<html>not a film</html>").contains("chunk 0"));
}
