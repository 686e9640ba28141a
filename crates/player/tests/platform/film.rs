//! A short film, encoded, protected and indexed as the platform does it.

use reel_api::encoding::{
    AudioSource, DeliveryIndex, IndexRendition, Item, Job, Media, ObjectRef, Plan, Probe, Rational, Scheme,
    VideoSource, delivery_prefix,
};
use reel_api::license::TrackKey;
use reel_api::{RevisionId, TitleId};
use reel_media::chunk::{Protector, track};
use reel_media::{package, plan};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::OnceLock;

pub(crate) const FPS: u32 = 24;
pub(crate) const SECONDS: u32 = 14;
pub(crate) const FRAMES: u64 = (FPS * SECONDS) as u64;
const KEYS: [(&str, &str); 2] = [
    ("00112233445566778899aabbccddeeff", "0f0e0d0c0b0a09080706050403020100"),
    ("ffeeddccbbaa99887766554433221100", "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"),
];

/// Everything that the delivery bucket holds of a title.
pub(crate) struct Film {
    pub(crate) index: DeliveryIndex,
    /// By key of the delivery bucket.
    pub(crate) objects: BTreeMap<String, Vec<u8>>,
    /// Key ids and keys, hexadecimal.
    pub(crate) keys: BTreeMap<String, String>,
}

impl Film {
    /// One film per scheme and test binary; encoding takes a moment.
    pub(crate) fn shared(scheme: Option<Scheme>) -> &'static Self {
        static FILMS: [OnceLock<Film>; 3] = [const { OnceLock::new() }; 3];
        let slot = match scheme {
            None => 0,
            Some(Scheme::Cbcs) => 1,
            Some(Scheme::Cenc) => 2,
        };
        FILMS[slot].get_or_init(|| Self::make(scheme))
    }

    pub(crate) fn prefix(&self) -> String {
        delivery_prefix(self.index.title_id, self.index.revision)
    }

    fn make(scheme: Option<Scheme>) -> Self {
        let (plan, items) = plan::plan(&job(), &probe(), plan::Settings { scheme }).unwrap();
        let (mut objects, mut renditions) = (BTreeMap::new(), Vec::new());
        let keys = [("video", KEYS[0]), ("audio", KEYS[1])]
            .map(|(kind, (kid, key))| (kind, TrackKey { kid: kid.into(), key: key.into() }));
        for rendition in &plan.renditions {
            let key = if matches!(rendition.media, Media::Audio { .. }) { &keys[1].1 } else { &keys[0].1 };
            let chunks = items.iter().filter(|item| item.rendition.id == rendition.id);
            let key = scheme.map(|_| key);
            renditions.push(finish(&plan, rendition, chunks, key, &mut objects));
        }
        let index = package::index(&plan, renditions).unwrap();
        let keys = KEYS.iter().map(|(kid, key)| ((*kid).to_owned(), (*key).to_owned())).collect();
        Self { index, objects, keys }
    }
}

fn finish<'a>(
    plan: &Plan,
    rendition: &reel_api::encoding::Rendition,
    chunks: impl Iterator<Item = &'a Item>,
    key: Option<&TrackKey>,
    objects: &mut BTreeMap<String, Vec<u8>>,
) -> IndexRendition {
    let prefix = format!("{}/{}", delivery_prefix(plan.job.title_id, plan.job.revision), rendition.id);
    let mut chunks: Vec<_> = chunks.collect();
    chunks.sort_by_key(|item| item.chunk);
    let mut parts = Vec::new();
    for item in chunks {
        track(item).unwrap();
        let mut protector = Protector::new(item, key).unwrap();
        let mut segments = protector.push(&encode(item)).unwrap();
        let finished = protector.finish().unwrap();
        segments.extend(finished.segments);
        objects.extend(segments.into_iter().map(|segment| (format!("{prefix}/{}.m4s", segment.number), segment.bytes)));
        objects.insert(format!("{prefix}/init.mp4"), finished.init);
        parts.push(finished.part);
    }
    package::rendition(plan, rendition, &parts, key.map(|key| key.kid.clone())).unwrap()
}

/// A test picture, or a test tone.
fn encode(item: &Item) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new(std::env::var_os("REEL_FFMPEG").unwrap_or_else(|| "ffmpeg".into()));
    command.args(["-v", "error", "-nostdin", "-y", "-copyts", "-f", "lavfi", "-i"]);
    match &item.rendition.media {
        Media::Video { width, height, max_bitrate, .. } => {
            command.arg(format!(
                "testsrc2=s={width}x{height}:r={FPS}:d={SECONDS},format=yuv420p,trim=start_frame={}:end_frame={}",
                item.first_frame, item.end_frame
            ));
            let gop = item.timing.segment_frames;
            command.args([
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-b:v",
                &max_bitrate.to_string(),
                "-bf",
                "2",
                "-x264-params",
            ]);
            command.arg(format!("keyint={gop}:min-keyint={gop}:scenecut=0:open-gop=0:stitchable=1"));
            command.args(["-video_track_timescale", &item.timing.timescale.to_string()]);
            command.args([
                "-movflags",
                "+cmaf+frag_keyframe+empty_moov+default_base_moof+frag_discont+negative_cts_offsets",
                "-avoid_negative_ts",
                "disabled",
            ]);
        }
        _ => {
            command.arg(format!("sine=frequency=440:sample_rate=48000:duration={SECONDS}"));
            command.args([
                "-c:a",
                "aac",
                "-ac",
                "2",
                "-movflags",
                "+cmaf+empty_moov+default_base_moof+delay_moov",
                "-use_editlist",
                "1",
                "-frag_duration",
                "4000000",
            ]);
        }
    }
    let status = command.args(["-f", "mp4"]).arg(file.path()).status().expect("ffmpeg is needed for this test");
    assert!(status.success());
    std::fs::read(file.path()).unwrap()
}

fn job() -> Job {
    let source = ObjectRef { bucket: "sources".into(), key: "film".into() };
    Job {
        title_id: TitleId::new(1_700_000_000_000, &[1; 10]),
        revision: RevisionId::new(1_700_000_000_000, &[2; 10]),
        source,
    }
}

fn probe() -> Probe {
    Probe {
        etag: "e".into(),
        container: "mp4".into(),
        duration_ms: u64::from(SECONDS) * 1_000,
        video: VideoSource {
            codec: "h264".into(),
            stream: 0,
            width: 640,
            height: 480,
            frame_rate: Rational { num: FPS, den: 1 },
            frames: FRAMES,
            keyframe_interval_ms: 1_000,
            seek_early: false,
        },
        audio: Some(AudioSource { codec: "aac".into(), stream: 1, channels: 2, sample_rate: 48_000 }),
    }
}
