//! Broken bytes are errors, never a panic, whatever bit is wrong.

use crate::film;
use proptest::prelude::*;
use reel_api::encoding::{Item, Scheme};
use reel_media::Init;
use reel_media::cenc::decrypt_segment;
use reel_media::chunk::Protector;
use std::sync::LazyLock;

struct Material {
    item: Item,
    chunk: Vec<u8>,
    init: Vec<u8>,
    segment: Vec<u8>,
}

static MATERIAL: LazyLock<[Material; 2]> = LazyLock::new(|| ["h264-240p", "aac-stereo"].map(material));

fn material(id: &str) -> Material {
    let items = film::plan(30, Some(Scheme::Cenc)).1;
    let item = items.into_iter().find(|item| item.rendition.id == id).unwrap();
    let chunk = film::encode(&item);
    let key = film::key(1);
    let mut protector = Protector::new(&item, Some(&key)).unwrap();
    let mut segments = protector.push(&chunk).unwrap();
    let finished = protector.finish().unwrap();
    segments.extend(finished.segments);
    let segment = segments.remove(0).bytes;
    Material { init: finished.init, item, chunk, segment }
}

fn protect(item: &Item, chunk: &[u8]) {
    let key = film::key(1);
    let mut protector = Protector::new(item, Some(&key)).unwrap();
    if protector.push(chunk).is_ok() {
        let _ = protector.finish();
    }
}

/// Flips bits, most of them in the first bytes, where the boxes are, and perhaps cuts the end off.
fn broken(bytes: &[u8], flips: &[(prop::sample::Index, u8, bool)], end: &prop::sample::Index) -> Vec<u8> {
    let mut broken = bytes.to_vec();
    for (at, bit, early) in flips {
        let reach = if *early { broken.len().min(1500) } else { broken.len() };
        broken[at.index(reach)] ^= 1 << (bit % 8);
    }
    let keep = end.index(bytes.len() * 2);
    broken.truncate(keep.max(1));
    broken
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bits_never_panic(
        which in 0..2_usize,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), prop::bool::weighted(0.8)), 1..6),
        end in any::<prop::sample::Index>(),
    ) {
        let material = &MATERIAL[which];
        protect(&material.item, &broken(&material.chunk, &flips, &end));
        let _ = decrypt_segment(&material.init, &broken(&material.segment, &flips, &end), &[1; 16]);
        let _ = decrypt_segment(&broken(&material.init, &flips, &end), &material.segment, &[1; 16]);
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Init::read(&bytes);
        let _ = decrypt_segment(&MATERIAL[0].init, &bytes, &[1; 16]);
        protect(&MATERIAL[0].item, &bytes);
    }
}
