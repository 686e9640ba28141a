//! Small films, made by ffmpeg the way `encode` makes chunks.

use reel_api::encoding::{AudioSource, Item, Job, ObjectRef, Plan, Probe, Rational, Scheme, VideoSource};
use reel_api::license::TrackKey;
use reel_api::{RevisionId, TitleId};
use reel_media::plan::Settings;
use std::path::Path;
use std::process::Command;

pub(crate) const FRAME_RATE: Rational = Rational { num: 24, den: 1 };

/// A key of its own for each kind of track.
pub(crate) fn key(seed: u8) -> TrackKey {
    TrackKey { kid: hex::encode([seed; 16]), key: hex::encode([seed ^ 0x5a; 16]) }
}

pub(crate) fn job() -> Job {
    let source = ObjectRef { bucket: "sources".into(), key: "film.mp4".into() };
    Job {
        title_id: TitleId::new(1_700_000_000_000, &[1; 10]),
        revision: RevisionId::new(1_700_000_000_000, &[2; 10]),
        source,
    }
}

pub(crate) fn probe(frames: u64, frame_rate: Rational, (width, height): (u32, u32)) -> Probe {
    let video = VideoSource {
        codec: "h264".into(),
        stream: 0,
        width,
        height,
        frame_rate,
        frames,
        keyframe_interval_ms: 2000,
        seek_early: false,
    };
    let audio = AudioSource { codec: "aac".into(), stream: 1, channels: 2, sample_rate: 48_000 };
    let duration_ms = frames * 1000 * u64::from(frame_rate.den) / u64::from(frame_rate.num.max(1));
    Probe { etag: "e1".into(), container: "mov".into(), duration_ms, video, audio: Some(audio) }
}

pub(crate) fn plan(frames: u64, scheme: Option<Scheme>) -> (Plan, Vec<Item>) {
    reel_media::plan::plan(&job(), &probe(frames, FRAME_RATE, (426, 240)), Settings { scheme }).unwrap()
}

/// Encodes the chunk of an item: a test picture, or a sine of two seconds' fragments.
pub(crate) fn encode(item: &Item) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chunk.mp4");
    let arguments = if item.rendition.id.starts_with("aac") { sound(item, &path) } else { pictures(item, &path) };
    let status = Command::new("ffmpeg").args(["-v", "error", "-y", "-threads", "1"]).args(&arguments).status();
    assert!(status.expect("ffmpeg runs").success(), "ffmpeg {arguments:?}");
    std::fs::read(path).unwrap()
}

fn pictures(item: &Item, path: &Path) -> Vec<String> {
    let (rate, segment) = (item.timing.frame_rate, item.timing.segment_frames);
    let source = format!("testsrc=size=426x240:rate={}/{}", rate.num, rate.den);
    let trim = format!("trim=start_pts={}:end_pts={},fade=in:0:60,format=yuv420p", item.first_frame, item.end_frame);
    let x264 = format!("keyint={segment}:min-keyint={segment}:scenecut=0:open-gop=0:threads=1:stitchable=1");
    let scale = item.timing.timescale.to_string();
    let step = format!("{}/{}", rate.den, rate.num);
    let flags = "+cmaf+frag_keyframe+empty_moov+default_base_moof+frag_discont+negative_cts_offsets";
    let fixed = ["-f", "lavfi", "-i", &source, "-vf", &trim, "-vsync", "passthrough", "-enc_time_base", &step];
    let codec = ["-c:v", "libx264", "-preset", "medium", "-profile:v", "high", "-crf", "25", "-x264-params", &x264];
    let muxer = ["-video_track_timescale", &scale, "-movflags", flags, "-avoid_negative_ts", "disabled", "-f", "mp4"];
    [&fixed[..], &codec, &muxer].concat().into_iter().map(String::from).chain([path.display().to_string()]).collect()
}

fn sound(item: &Item, path: &Path) -> Vec<String> {
    let seconds =
        item.timing.frames as f64 * f64::from(item.timing.frame_rate.den) / f64::from(item.timing.frame_rate.num);
    let source = format!("sine=frequency=440:sample_rate=48000:duration={seconds}");
    let fixed = ["-f", "lavfi", "-i", &source, "-ac", "2", "-c:a", "aac", "-b:a", "128k", "-frag_duration", "2000000"];
    let muxer = ["-movflags", "+cmaf+empty_moov+default_base_moof+delay_moov", "-use_editlist", "1", "-f", "mp4"];
    [&fixed[..], &muxer].concat().into_iter().map(String::from).chain([path.display().to_string()]).collect()
}
