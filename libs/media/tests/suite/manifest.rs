//! Manifests for every device profile, held against `tests/golden`. `REEL_BLESS=1` writes
//! the files anew: read the difference before committing it.

use reel_api::encoding::{DeliveryIndex, IndexRendition, Media, Rational, Rendition, Scheme, Segment};
use reel_api::playback::Pathway;
use reel_api::{RevisionId, TitleId};
use reel_media::device::{PROFILES, Protocol, profile};
use reel_media::manifest::{Addresses, dash, media_playlist, multivariant_playlist};
use std::path::Path;

const FILM_RATE: Rational = Rational { num: 24_000, den: 1001 };

fn video(codec: &str, codec_string: &str, (width, height): (u32, u32), bitrate: u32) -> IndexRendition {
    let media = Media::Video { codec: codec.into(), width, height, crf: 25, max_bitrate: bitrate };
    // Ten seconds and a bit: two whole segments, and one of 2.7 s.
    let segment = |number: u32, frames: u32| Segment {
        number,
        time: u64::from(number - 1) * 96_096,
        duration: u64::from(frames) * 1001,
        samples: frames,
        bytes: u64::from(bitrate / 2),
    };
    IndexRendition {
        rendition: Rendition { id: format!("{codec}-{height}p"), media },
        codec_string: codec_string.into(),
        timescale: 24_000,
        frame_rate: Some(FILM_RATE),
        kid: Some("11".repeat(16)),
        mean_bitrate: bitrate * 9 / 10,
        peak_bitrate: bitrate,
        segments: vec![segment(1, 96), segment(2, 96), segment(3, 64)],
    }
}

fn audio() -> IndexRendition {
    let media = Media::Audio { codec: "aac".into(), channels: 2, sample_rate: 48_000, bitrate: 128_000 };
    let segment = |number, first: u64, end: u64| Segment {
        number,
        time: first * 1024,
        duration: (end - first) * 1024,
        samples: (end - first) as u32,
        bytes: 64_000,
    };
    IndexRendition {
        rendition: Rendition { id: "aac-stereo".into(), media },
        codec_string: "mp4a.40.2".into(),
        timescale: 48_000,
        frame_rate: None,
        kid: Some("22".repeat(16)),
        mean_bitrate: 128_100,
        peak_bitrate: 130_000,
        segments: vec![segment(1, 0, 188), segment(2, 188, 375), segment(3, 375, 501)],
    }
}

fn index(scheme: Option<Scheme>) -> DeliveryIndex {
    let pictures = [
        video("h264", "avc1.640015", (426, 240), 235_000),
        video("h264", "avc1.64001f", (1280, 720), 2_800_000),
        video("hevc", "hvc1.1.6.L120.90", (1920, 1080), 5_800_000),
        video("av1", "av01.0.12M.10", (3840, 2160), 15_600_000),
    ];
    let clear = |index: IndexRendition| IndexRendition { kid: index.kid.filter(|_| scheme.is_some()), ..index };
    DeliveryIndex {
        title_id: TitleId::new(1_700_000_000_000, &[1; 10]),
        revision: RevisionId::new(1_700_000_000_000, &[2; 10]),
        duration_ms: 10_677,
        scheme,
        renditions: pictures.into_iter().chain([audio()]).map(clear).collect(),
    }
}

fn addresses() -> Addresses {
    let pathway = |id: &str, port| Pathway { id: id.into(), base_url: format!("http://localhost:{port}/t/TOKEN/") };
    Addresses {
        pathways: vec![pathway("isp-1", 8081), pathway("origin", 8080)],
        steering_url: "http://localhost:8080/steering/TOKEN?a=1&b=2".into(),
        license_url: Some("http://localhost:8080/v1/license/TOKEN".into()),
    }
}

fn check(file: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    if std::env::var_os("REEL_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, made).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(made, golden, "{file} has changed: REEL_BLESS=1 writes it anew");
}

#[test]
fn every_device_gets_its_manifests() {
    let (index, addresses) = (index(Some(Scheme::Cbcs)), addresses());
    for device in PROFILES {
        if device.plays(Protocol::Dash) {
            check(&format!("{}.mpd", device.id), &dash(&index, &device, &addresses).unwrap());
        }
        if device.plays(Protocol::Hls) {
            check(&format!("{}.main.m3u8", device.id), &multivariant_playlist(&index, &device, &addresses).unwrap());
            check(
                &format!("{}.h264-720p.m3u8", device.id),
                &media_playlist(&index, &device, &addresses, "h264-720p", "isp-1").unwrap(),
            );
        }
    }
}

#[test]
fn a_clear_title_names_no_keys() {
    let addresses = Addresses { license_url: None, ..addresses() };
    let browser = profile("browser").unwrap();
    let mpd = dash(&index(None), browser, &addresses).unwrap();
    let sound = media_playlist(&index(None), browser, &addresses, "aac-stereo", "origin").unwrap();
    assert!(!mpd.contains("ContentProtection") && !sound.contains("EXT-X-KEY"), "{mpd}{sound}");
    check("clear.mpd", &mpd);
    check("clear.aac-stereo.m3u8", &sound);
}

#[test]
fn playlists_are_read_back_by_another_parser() {
    let (index, addresses) = (index(Some(Scheme::Cbcs)), addresses());
    let ios = profile("ios").unwrap();
    let main = multivariant_playlist(&index, ios, &addresses).unwrap();
    let (_, main) = m3u8_rs::parse_master_playlist(main.as_bytes()).unwrap();
    // Three renditions an iPhone decodes, over two pathways.
    assert_eq!((main.variants.len(), main.alternatives.len()), (6, 2));
    let media = media_playlist(&index, ios, &addresses, "hevc-1080p", "origin").unwrap();
    let (_, media) = m3u8_rs::parse_media_playlist(media.as_bytes()).unwrap();
    let sum: f32 = media.segments.iter().map(|segment| segment.duration).sum();
    assert!((sum - 10.677).abs() < 0.01 && media.end_list, "{sum}");
    assert!(media.segments.iter().all(|segment| segment.duration.round() as u64 <= media.target_duration));
}

#[test]
fn a_manifest_is_well_formed_whatever_the_addresses() {
    let mut addresses = addresses();
    addresses.pathways[0].base_url = "http://localhost/<&\"'>/".into();
    let mpd = dash(&index(Some(Scheme::Cenc)), profile("tv").unwrap(), &addresses).unwrap();
    let mut reader = quick_xml::Reader::from_str(&mpd);
    let mut open = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(_) => open += 1,
            quick_xml::events::Event::End(_) => open -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0);
    assert!(!mpd.contains("/<&"), "{mpd}");
}

#[test]
fn what_a_device_cannot_play_is_an_error_and_not_a_silent_film() {
    let addresses = addresses();
    let error = dash(&index(Some(Scheme::Cbcs)), profile("ios").unwrap(), &addresses).unwrap_err().to_string();
    assert!(error.contains("ios") && error.contains("Dash"), "{error}");
    let error =
        multivariant_playlist(&index(Some(Scheme::Cenc)), profile("ios").unwrap(), &addresses).unwrap_err().to_string();
    assert!(error.contains("Cenc"), "{error}");
    let mut only_hevc = index(None);
    only_hevc
        .renditions
        .retain(|index| !index.rendition.id.starts_with("h264") && !index.rendition.id.starts_with("av1"));
    let error = dash(&only_hevc, profile("browser").unwrap(), &addresses).unwrap_err().to_string();
    assert!(error.contains("hevc-1080p"), "{error}");
    let unknown = media_playlist(&index(None), profile("ios").unwrap(), &addresses, "av1-2160p", "origin")
        .unwrap_err()
        .to_string();
    assert!(unknown.contains("av1-2160p"), "{unknown}");
    let unknown =
        media_playlist(&index(None), profile("ios").unwrap(), &addresses, "h264-240p", "moon").unwrap_err().to_string();
    assert!(unknown.contains("moon"), "{unknown}");
}
