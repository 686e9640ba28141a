//! Titles played and verified over HTTP, from a platform on this machine.

#[path = "platform/mod.rs"]
mod platform;

use platform::{FRAMES, Fault, Film, Platform, SECONDS, TOKEN};
use reel_api::encoding::Scheme;
use reel_player::{Options, PlayerError, Trace, Verdict, frame_hashes, play, verify};

fn options(platform: &Platform, kbps: f64) -> Options {
    Options {
        base_url: platform.base.clone(),
        token: TOKEN.into(),
        title: "a-film".into(),
        seconds: None,
        network: Trace::new(&[(10.0, kbps * 1_000.0)], 0.02),
        device: "cli".into(),
        lines: None,
    }
}

async fn verdict(platform: &Platform) -> Verdict {
    verify(&platform.base, TOKEN, "a-film").await.unwrap()
}

fn has(verdict: &Verdict, words: &[&str]) -> bool {
    verdict.problems.iter().any(|problem| words.iter().all(|word| problem.contains(word)))
}

#[tokio::test]
async fn a_whole_title_is_found_whole_in_every_scheme() {
    for scheme in [None, Some(Scheme::Cbcs), Some(Scheme::Cenc)] {
        let platform = Platform::start(Film::shared(scheme)).await;
        let verdict = verdict(&platform).await;
        assert_eq!(verdict.problems, Vec::<String>::new(), "{scheme:?}");
        assert!(verdict.ok && verdict.unchecked.is_empty());
        let video: Vec<_> = verdict.renditions.iter().filter(|r| r.height > 0).collect();
        assert_eq!(
            video.iter().map(|r| (r.name.as_str(), r.frames, r.decoded)).collect::<Vec<_>>(),
            [
                ("h264-240p", FRAMES, Some(FRAMES)),
                ("h264-360p", FRAMES, Some(FRAMES)),
                ("h264-480p", FRAMES, Some(FRAMES)),
            ]
        );
        assert!(video.iter().all(|r| (r.duration_s - f64::from(SECONDS)).abs() < 1e-9));
    }
}

#[tokio::test]
async fn protection_changes_no_frame() {
    let mut hashes = Vec::new();
    for scheme in [None, Some(Scheme::Cbcs), Some(Scheme::Cenc)] {
        let platform = Platform::start(Film::shared(scheme)).await;
        hashes.push(frame_hashes(&platform.base, TOKEN, "a-film", Some("h264-240p")).await.unwrap());
    }
    assert_eq!(hashes[0].len() as u64, FRAMES);
    assert!(hashes[0] == hashes[1] && hashes[0] == hashes[2]);
}

#[tokio::test]
async fn a_missing_segment_is_named() {
    let platform = Platform::start(Film::shared(Some(Scheme::Cbcs))).await;
    platform.fail_everywhere("h264-360p/2.m4s", Fault::Missing);
    let verdict = verdict(&platform).await;
    assert!(!verdict.ok && has(&verdict, &["h264-360p", "2.m4s", "404"]), "{:?}", verdict.problems);
}

#[tokio::test]
async fn a_segment_in_the_wrong_place_is_named() {
    let platform = Platform::start(Film::shared(Some(Scheme::Cbcs))).await;
    platform.fail_everywhere("h264-240p/3.m4s", Fault::Other(platform.object("h264-240p/1.m4s")));
    let verdict = verdict(&platform).await;
    assert!(has(&verdict, &["h264-240p", "segment 3", "the manifest says from 8.000 s"]), "{:?}", verdict.problems);
    assert!(has(&verdict, &["segment 3 begins at 0.000 s", "ends at 8.000 s"]), "{:?}", verdict.problems);
}

#[tokio::test]
async fn the_wrong_key_does_not_pass() {
    let film = Film::shared(Some(Scheme::Cbcs));
    let other =
        Box::leak(Box::new(Film { index: film.index.clone(), objects: film.objects.clone(), keys: film.keys.clone() }));
    other.keys.values_mut().for_each(|key| *key = "00".repeat(16));
    let platform = Platform::start(other).await;
    let verdict = verdict(&platform).await;
    assert!(!verdict.ok && has(&verdict, &["h264-480p", "ffmpeg"]), "{:?}", verdict.problems);
}

#[tokio::test]
async fn damaged_bytes_are_told_and_never_panic() {
    let platform = Platform::start(Film::shared(Some(Scheme::Cenc))).await;
    let whole = platform.object("h264-240p/1.m4s");
    for cut in [0, 7, 60, 200, whole.len() / 2, whole.len() - 1] {
        platform.fail_everywhere("h264-240p/1.m4s", Fault::Other(whole[..cut].to_vec()));
        assert!(
            matches!(
                frame_hashes(&platform.base, TOKEN, "a-film", Some("h264-240p")).await,
                Err(PlayerError::Decoder(_))
            ),
            "{cut}"
        );
    }
}

#[tokio::test]
async fn manifests_that_disagree_are_told() {
    let platform = Platform::start(Film::shared(Some(Scheme::Cbcs))).await;
    platform.edit("#EXTINF:4,", "#EXTINF:3.9,");
    let verdict = verdict(&platform).await;
    assert!(has(&verdict, &["DASH announces", "HLS", "3.900 s"]), "{:?}", verdict.problems);
}

#[tokio::test]
async fn edges_that_fail_are_passed_over_without_a_stall() {
    let platform = Platform::start(Film::shared(Some(Scheme::Cbcs))).await;
    platform.fail("isp", "h264-480p/2.m4s", Fault::Missing);
    platform.fail("isp", "h264-480p/3.m4s", Fault::Cut);
    let report = play(options(&platform, 20_000.0)).await.unwrap();
    let edges: Vec<_> =
        report.segments.iter().map(|line| (line.number, line.edge.as_str(), line.cache.as_deref())).collect();
    assert_eq!(edges[0], (1, "isp", Some("hit")), "the dead edge comes first and is passed over");
    assert!(edges[1..].iter().any(|edge| edge.1 == "ixp" && edge.2 == Some("miss")), "{edges:?}");
    assert_eq!((report.stalls, report.frames, report.segments.len()), (0, FRAMES, 4));
}

#[tokio::test]
async fn a_fast_network_gets_the_top_and_a_slow_one_the_bottom() {
    let platform = Platform::start(Film::shared(Some(Scheme::Cenc))).await;
    let fast = play(options(&platform, 20_000.0)).await.unwrap();
    assert_eq!(fast.segments.last().map(|line| line.rendition.as_str()), Some("h264-480p"));
    let slow = play(options(&platform, 500.0)).await.unwrap();
    assert!(slow.segments.iter().all(|line| line.rendition == "h264-240p"), "{:?}", slow.segments);
    assert!(slow.startup_ms > fast.startup_ms && slow.stall_ms == 0.0);
    assert!((slow.played_s - f64::from(SECONDS)).abs() < 1e-6);
}

#[tokio::test]
async fn only_as_much_is_fetched_as_is_played() {
    let platform = Platform::start(Film::shared(Some(Scheme::Cbcs))).await;
    let report = play(Options { seconds: Some(4.0), ..options(&platform, 20_000.0) }).await.unwrap();
    assert_eq!(report.segments.len(), 1);
    assert!(!platform.served().iter().any(|path| path.ends_with("/2.m4s")));
}

#[tokio::test]
async fn refusals_are_handed_on() {
    let platform = Platform::start(Film::shared(None)).await;
    let refused = play(Options { token: "another".into(), ..options(&platform, 1e4) }).await;
    assert!(
        matches!(refused, Err(PlayerError::Platform(reel_api::CallError::Problem(problem))) if problem.status == 401)
    );
    let unknown = play(Options { title: "no film".into(), ..options(&platform, 1e4) }).await;
    assert!(
        matches!(unknown, Err(PlayerError::Platform(reel_api::CallError::Problem(problem))) if problem.status == 404)
    );
}
