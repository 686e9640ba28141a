//! Plans cover their films, and chunks are named by what decides them.

use crate::film;
use proptest::prelude::*;
use reel_api::RevisionId;
use reel_api::encoding::{IndexPart, Item, Job, Media, Plan, Rational, Segment};
use reel_media::package;
use reel_media::plan::{Settings, plan};
use std::collections::{BTreeMap, HashSet};

const RATES: [(u32, u32); 10] =
    [(24_000, 1001), (24, 1), (25, 1), (30_000, 1001), (2997, 100), (30, 1), (48, 1), (50, 1), (60_000, 1001), (60, 1)];

fn made(frames: u64, rate: (u32, u32), size: (u32, u32)) -> (Plan, Vec<Item>) {
    plan(&film::job(), &film::probe(frames, Rational { num: rate.0, den: rate.1 }, size), Settings::default()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_rendition_has_every_frame_once(frames in 1..20_000_u64, rate in prop::sample::select(&RATES[..]), width in 300..2000_u32, height in 300..2000_u32) {
        let (plan, items) = made(frames, rate, (width, height));
        let mut chunks: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
        items.iter().filter(|item| item.protect).for_each(|item| chunks.entry(&item.rendition.id).or_default().push(item));
        prop_assert_eq!(chunks.len(), plan.renditions.len());
        for (id, items) in chunks {
            let numbers: Vec<u32> = items.iter().map(|item| item.chunk).collect();
            prop_assert_eq!(numbers, (0..items.len() as u32).collect::<Vec<_>>(), "{}", id);
            prop_assert_eq!((items[0].first_frame, items[items.len() - 1].end_frame), (0, frames));
            prop_assert!(items.windows(2).all(|pair| pair[0].end_frame == pair[1].first_frame));
            let second = u64::from(rate.0.div_ceil(rate.1));
            prop_assert!(items.iter().all(|item| items.len() == 1 || item.end_frame - item.first_frame >= second));
        }
        let keys: HashSet<&str> = items.iter().map(|item| &item.output_key[..]).collect();
        prop_assert_eq!(keys.len(), items.len());
    }
}

#[test]
fn the_beginning_of_every_rendition_comes_first() {
    let (plan, items) = made(24 * 60, (24, 1), (1280, 720));
    let order: Vec<(&str, u32)> = items.iter().take(7).map(|item| (&item.rendition.id[..], item.chunk)).collect();
    let first = [
        ("h264-240p", 0),
        ("h264-360p", 0),
        ("h264-480p", 0),
        ("h264-720p", 0),
        ("aac-stereo", 0),
        ("artwork", 0),
        ("h264-240p", 1),
    ];
    assert_eq!(order, first);
    assert_eq!(items.len(), 4 * 8 + 2);
    assert_eq!((plan.thumbnails, plan.thumbnail_interval_ms), (6, 10_000));
    assert!(plan.cpu_seconds > 20 && plan.cpu_seconds < 100, "{}", plan.cpu_seconds);
}

#[test]
fn a_silent_film_has_no_audio_item() {
    let mut probe = film::probe(100, film::FRAME_RATE, (1280, 720));
    probe.audio = None;
    let (plan, items) = plan(&film::job(), &probe, Settings { scheme: None }).unwrap();
    assert!(plan.renditions.iter().all(|rendition| matches!(rendition.media, Media::Video { .. })));
    assert!(items.iter().all(|item| !item.rendition.id.starts_with("aac")));
}

#[test]
fn a_chunk_is_named_by_its_source_and_encoding_alone() {
    let probe = film::probe(1000, film::FRAME_RATE, (1280, 720));
    let keys = |job: &Job, probe| -> Vec<String> {
        let items = plan(job, probe, Settings::default()).unwrap().1;
        items.into_iter().filter(|item| item.protect).map(|item| item.output_key).collect()
    };
    let again = Job { revision: RevisionId::new(1_800_000_000_000, &[9; 10]), ..film::job() };
    assert_eq!(keys(&film::job(), &probe), keys(&again, &probe));
    let mut other = probe.clone();
    other.etag = "e2".into();
    assert!(keys(&film::job(), &probe).iter().all(|key| !keys(&film::job(), &other).contains(key)));
}

#[test]
fn artwork_belongs_to_its_revision_and_is_not_protected() {
    let (_, items) = made(1000, (24, 1), (1280, 720));
    let artwork: Vec<&Item> = items.iter().filter(|item| !item.protect).collect();
    let job = film::job();
    assert_eq!(artwork.len(), 1);
    assert_eq!(
        (artwork[0].output_key.clone(), artwork[0].scheme),
        (format!("{}/{}", job.title_id, job.revision), None)
    );
}

#[test]
fn a_source_that_cannot_be_encoded_is_told_what_can() {
    let error = |frames, rate, size| {
        plan(&film::job(), &film::probe(frames, rate, size), Settings::default()).unwrap_err().to_string()
    };
    assert!(error(10, film::FRAME_RATE, (3, 3)).contains("16×16"));
    assert!(error(0, film::FRAME_RATE, (320, 240)).contains("0 frames"));
    assert!(error(10, Rational { num: 1000, den: 1 }, (320, 240)).contains("1 to 240"));
}

/// The parts that `protect` would write for a rendition.
fn parts(plan: &Plan, items: &[Item], id: &str) -> Vec<IndexPart> {
    let ticks = u64::from(plan.timing.frame_ticks);
    let part = |item: &Item| {
        let frames = u64::from(plan.timing.segment_frames);
        let starts = (item.first_frame..item.end_frame).step_by(frames as usize);
        let segment = |first: u64| {
            let samples = frames.min(item.end_frame - first);
            Segment {
                number: (first / frames + 1) as u32,
                time: first * ticks,
                duration: samples * ticks,
                samples: samples as u32,
                bytes: samples * 1000,
            }
        };
        let segments = starts.map(segment).collect();
        IndexPart {
            rendition: id.into(),
            chunk: item.chunk,
            init_sha256: "i".into(),
            codec: "avc1.64001f".into(),
            timescale: plan.timing.timescale,
            segments,
        }
    };
    items.iter().filter(|item| item.rendition.id == id).map(part).collect()
}

#[test]
fn parts_join_into_an_index_with_its_bitrates() {
    let (plan, items) = made(24 * 20, (24, 1), (426, 240));
    let rendition = &plan.renditions[0];
    let index =
        package::rendition(&plan, rendition, &parts(&plan, &items, &rendition.id), Some("11".repeat(16))).unwrap();
    assert_eq!(index.segments.len(), 5);
    // A thousand bytes a frame.
    assert_eq!((index.mean_bitrate, index.peak_bitrate), (192_000, 192_000));
    let whole = package::index(&plan, vec![index]).unwrap();
    assert_eq!((whole.duration_ms, whole.scheme), (20_000, plan.protection));
}

#[test]
fn what_is_missing_or_does_not_fit_is_named() {
    let (plan, items) = made(24 * 20, (24, 1), (426, 240));
    let rendition = &plan.renditions[0];
    let good = parts(&plan, &items, &rendition.id);
    let error = |change: &dyn Fn(&mut Vec<IndexPart>)| {
        let mut parts = good.clone();
        change(&mut parts);
        package::rendition(&plan, rendition, &parts, Some("11".repeat(16))).unwrap_err().to_string()
    };
    type Change<'a> = &'a dyn Fn(&mut Vec<IndexPart>);
    let cases: [(Change<'_>, &str); 7] = [
        (&|parts| drop(parts.remove(1)), "chunk 1 of h264-240p is missing"),
        (&|parts| drop(parts.pop()), "chunk 2 of h264-240p is missing"),
        (&Vec::clear, "chunk 0 of h264-240p is missing"),
        (&|parts| parts[1].init_sha256 = "x".into(), "chunk 1 of h264-240p was encoded with other parameters"),
        (&|parts| parts[1].segments[0].time += 1, "chunk 1 of h264-240p: segment 3 begins at"),
        (&|parts| parts[2].segments[0].samples -= 1, "h264-240p has 479 frames, but 480"),
        (&|parts| parts[0].segments.truncate(1), "chunk 1 of h264-240p: segment 3"),
    ];
    for (change, expected) in cases {
        assert!(error(change).contains(expected), "{} is not {expected}", error(change));
    }
    let unprotected = package::rendition(&plan, rendition, &good, None).unwrap_err().to_string();
    assert!(unprotected.contains("protection"), "{unprotected}");
}
