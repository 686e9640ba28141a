//! The encoding workflow: what `probe`, `plan`, `encode`, `protect`, `package` and
//! `publish` are asked and answer. Payloads carry keys; bytes stay in the blob store.

use crate::{RevisionId, TitleId};
use serde::{Deserialize, Serialize};

/// The bucket of uploaded films.
pub const SOURCES: &str = "sources";
/// The bucket of what the workflow makes on its way: plans, clear chunks, index parts.
pub const ENCODINGS: &str = "encodings";
/// The bucket that edges read: init segments, segments, delivery indexes.
pub const DELIVERY: &str = "delivery";
/// The bucket of posters and thumbnails.
pub const ARTWORK: &str = "artwork";

/// The name of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectRef {
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub key: String,
}

/// A fraction, such as the frame rate 24000/1001.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rational {
    /// The numerator.
    pub num: u32,
    /// The denominator, not 0.
    pub den: u32,
}

/// The input of an execution, and of `probe`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The title.
    pub title_id: TitleId,
    /// The encoding.
    pub revision: RevisionId,
    /// The film.
    pub source: ObjectRef,
}

/// What a source holds: the answer of `probe`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// Names the content: the same for the same bytes.
    pub etag: String,
    /// The container, as ffprobe names it.
    pub container: String,
    /// How long it runs.
    pub duration_ms: u64,
    /// The picture.
    pub video: VideoSource,
    /// The sound; none when there is none.
    pub audio: Option<AudioSource>,
}

/// The picture of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoSource {
    /// The codec, as ffprobe names it.
    pub codec: String,
    /// Its index among the file's streams.
    pub stream: u32,
    /// The width as shown: after rotation, in square pixels.
    pub width: u32,
    /// The height as shown.
    pub height: u32,
    /// The output grid: the source's rate, or the nearest usual one where it varies.
    pub frame_rate: Rational,
    /// How many frames the output grid has.
    pub frames: u64,
    /// The longest distance between two random access points, in milliseconds.
    pub keyframe_interval_ms: u64,
    /// True where seeking to a keyframe cannot be relied on (MPEG-TS, AVI).
    pub seek_early: bool,
}

/// The sound of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioSource {
    /// The codec, as ffprobe names it.
    pub codec: String,
    /// Its index among the file's streams.
    pub stream: u32,
    /// How many channels.
    pub channels: u32,
    /// Samples a second.
    pub sample_rate: u32,
}

/// The input of `plan`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRequest {
    /// The job.
    #[serde(flatten)]
    pub job: Job,
    /// What the source holds.
    pub probe: Probe,
}

/// The answer of `plan`: where the plan stands. The items are a JSON array of [`Item`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanAnswer {
    /// [`ENCODINGS`].
    pub bucket: String,
    /// The items of the Map.
    pub items_key: String,
    /// The [`Plan`].
    pub plan_key: String,
    /// How many items there are.
    pub items: u32,
    /// How many frames each video rendition will have.
    pub frames: u64,
    /// How many renditions can be played: pictures and sound, not artwork.
    pub renditions: u32,
}

/// How a title is encoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The job.
    #[serde(flatten)]
    pub job: Job,
    /// The timing of every video rendition.
    pub timing: Timing,
    /// What is made.
    pub renditions: Vec<Rendition>,
    /// How it is protected; none leaves it clear.
    pub protection: Option<Scheme>,
    /// How many thumbnails, and the time between two.
    pub thumbnails: u32,
    /// The time between two thumbnails.
    pub thumbnail_interval_ms: u64,
    /// About how long one core needs for all of it, in seconds.
    #[serde(default)]
    pub cpu_seconds: u64,
}

/// Where segments and chunks begin, in frames of the output grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// Frames a second.
    pub frame_rate: Rational,
    /// Ticks a second of video timestamps: `frame_rate.num` × 1000 / gcd, so that a frame is a whole number of them.
    pub timescale: u32,
    /// Ticks of one frame.
    pub frame_ticks: u32,
    /// Frames of one segment: about four seconds.
    pub segment_frames: u32,
    /// Frames of one chunk: two segments.
    pub chunk_frames: u32,
    /// Frames in all.
    pub frames: u64,
}

/// A scheme of common encryption (ISO/IEC 23001-7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// AES-CBC over a pattern of 1 in 10 blocks (section 10.4).
    Cbcs,
    /// AES-CTR (section 10.1).
    Cenc,
}

/// One way of encoding the film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendition {
    /// Names it in keys and manifests: `h264-720p`, `aac-stereo`.
    pub id: String,
    /// What it holds.
    #[serde(flatten)]
    pub media: Media,
}

/// What a rendition holds, and how it is encoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Media {
    /// A picture.
    Video {
        /// `h264`.
        codec: String,
        /// Width in pixels, even.
        width: u32,
        /// Height in pixels, even.
        height: u32,
        /// The constant rate factor.
        crf: u32,
        /// The cap, in bits a second.
        max_bitrate: u32,
    },
    /// Sound, encoded in one piece.
    Audio {
        /// `aac`.
        codec: String,
        /// How many channels.
        channels: u32,
        /// Samples a second.
        sample_rate: u32,
        /// Bits a second.
        bitrate: u32,
    },
    /// The poster and the thumbnails, as JPEG.
    Artwork {
        /// How many thumbnails.
        thumbnails: u32,
        /// The time between two.
        interval_ms: u64,
    },
}

/// One item of the Map, self-contained: one chunk of a rendition, or all of one that
/// is made in one piece. The input of `encode` and `protect`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The job.
    #[serde(flatten)]
    pub job: Job,
    /// What the source holds.
    pub probe: Probe,
    /// The timing.
    pub timing: Timing,
    /// The rendition.
    pub rendition: Rendition,
    /// Which chunk, from 0.
    pub chunk: u32,
    /// Its first frame.
    pub first_frame: u64,
    /// The frame after its last.
    pub end_frame: u64,
    /// Where `encode` writes, in [`ENCODINGS`]: named by a hash of all that decides the
    /// result, so that a repeat finds it done. For artwork a prefix in [`ARTWORK`].
    pub output_key: String,
    /// Whether `protect` follows: false for artwork.
    pub protect: bool,
    /// How it is protected; none leaves segments clear (`protect` then only cuts them).
    pub scheme: Option<Scheme>,
}

/// The answer of `encode`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encoded {
    /// The object written.
    pub output: ObjectRef,
    /// Its bytes.
    pub bytes: u64,
    /// Whether this call encoded it; false when it was there already.
    pub encoded: bool,
}

/// What `protect` writes of each chunk for `package`, at [`index_part_key`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexPart {
    /// The rendition's id.
    pub rendition: String,
    /// Which chunk.
    pub chunk: u32,
    /// SHA-256 of the init segment, hexadecimal; the same for all chunks.
    pub init_sha256: String,
    /// The codec string (RFC 6381), for example `avc1.64001f`.
    pub codec: String,
    /// Ticks a second.
    pub timescale: u32,
    /// The segments, in order.
    pub segments: Vec<Segment>,
}

/// A segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// 1 for the first of the rendition.
    pub number: u32,
    /// Where it begins, in ticks.
    pub time: u64,
    /// How long it is, in ticks.
    pub duration: u64,
    /// Its samples: frames of a picture, AAC frames of sound.
    pub samples: u32,
    /// Its bytes.
    pub bytes: u64,
}

/// All that a manifest is made of: the answer of `package`, at [`index_key`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryIndex {
    /// The title.
    pub title_id: TitleId,
    /// The encoding.
    pub revision: RevisionId,
    /// How long the picture runs.
    pub duration_ms: u64,
    /// The scheme; none when the segments are clear.
    pub scheme: Option<Scheme>,
    /// Its renditions, video first, each kind from the smallest bitrate up.
    pub renditions: Vec<IndexRendition>,
}

/// A rendition that can be played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexRendition {
    /// What it is.
    #[serde(flatten)]
    pub rendition: Rendition,
    /// The codec string (RFC 6381).
    pub codec_string: String,
    /// Ticks a second.
    pub timescale: u32,
    /// Frames a second of a picture.
    pub frame_rate: Option<Rational>,
    /// The key id, 32 hexadecimal digits; none when it is clear.
    pub kid: Option<String>,
    /// Bits a second on average.
    pub mean_bitrate: u32,
    /// Bits a second of the heaviest segment.
    pub peak_bitrate: u32,
    /// The segments, contiguous, in order.
    pub segments: Vec<Segment>,
}

/// What `publish` is given: the state of the execution, after `package` or a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishRequest {
    /// The job.
    #[serde(flatten)]
    pub job: Job,
    /// The answer of `package`.
    #[serde(default)]
    pub package: Option<PackageAnswer>,
    /// What went wrong, when it did.
    #[serde(default)]
    pub failure: Option<Failure>,
}

/// The input of `package`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageRequest {
    /// The job.
    #[serde(flatten)]
    pub job: Job,
    /// The answer of `plan`.
    pub plan: PlanAnswer,
}

/// The answer of `package`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageAnswer {
    /// The [`DeliveryIndex`].
    pub index: ObjectRef,
    /// How long the picture runs.
    pub duration_ms: u64,
    /// The poster.
    pub poster: Option<ObjectRef>,
    /// The thumbnails, in order.
    pub thumbnails: Vec<ObjectRef>,
    /// The time between two thumbnails.
    pub interval_ms: u64,
}

/// An error that a workflow caught (ASL, "Error output").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The error's name.
    #[serde(rename = "Error")]
    pub error: String,
    /// Its cause, for a person.
    #[serde(rename = "Cause", default)]
    pub cause: String,
}

impl Failure {
    /// Why, for a person. A function's failure arrives as JSON in the cause: as a problem
    /// (`detail`), or as Lambda reports it (`errorMessage`).
    pub fn reason(&self) -> String {
        let reason = readable(&self.cause);
        if reason.is_empty() { format!("{} was raised without a cause", self.error) } else { reason }
    }
}

fn readable(cause: &str) -> String {
    let Ok(serde_json::Value::Object(cause)) = serde_json::from_str(cause) else { return cause.trim().to_owned() };
    let said = ["errorMessage", "detail"].iter().find_map(|field| cause.get(*field)?.as_str());
    // A Lambda's message may itself be a problem; each step is shorter than the one before.
    said.map(readable).unwrap_or_default()
}

/// The prefix of what an encoding delivers: `TITLE/REVISION`.
pub fn delivery_prefix(title: TitleId, revision: RevisionId) -> String {
    format!("{title}/{revision}")
}

/// The key of an init segment in [`DELIVERY`].
pub fn init_key(title: TitleId, revision: RevisionId, rendition: &str) -> String {
    format!("{title}/{revision}/{rendition}/init.mp4")
}

/// The key of a segment in [`DELIVERY`]; numbers begin at 1.
pub fn segment_key(title: TitleId, revision: RevisionId, rendition: &str, number: u32) -> String {
    format!("{title}/{revision}/{rendition}/{number}.m4s")
}

/// The key of the delivery index in [`DELIVERY`]; edges do not serve it.
pub fn index_key(title: TitleId, revision: RevisionId) -> String {
    format!("{title}/{revision}/index.json")
}

/// The key of a chunk's index part in [`ENCODINGS`].
pub fn index_part_key(title: TitleId, revision: RevisionId, rendition: &str, chunk: u32) -> String {
    format!("{title}/{revision}/index/{rendition}/{chunk:05}.json")
}

/// The key of the poster under an artwork prefix.
pub fn poster_key(prefix: &str) -> String {
    format!("{prefix}/poster.jpg")
}

/// The key of a thumbnail under an artwork prefix; numbers begin at 1.
pub fn thumbnail_key(prefix: &str, number: u32) -> String {
    format!("{prefix}/{number:04}.jpg")
}

#[cfg(test)]
mod tests {
    use super::Failure;

    fn reason(cause: &str) -> String {
        Failure { error: "Reel.Invalid".into(), cause: cause.into() }.reason()
    }

    #[test]
    fn a_failure_is_told_in_words() {
        assert_eq!(reason("the file holds no picture"), "the file holds no picture");
        assert_eq!(reason(r#"{"type":"urn:reel:problem:invalid","detail":"no picture"}"#), "no picture");
        assert_eq!(reason(r#"{"errorType":"E","errorMessage":"{\"detail\":\"no picture\"}"}"#), "no picture");
        assert_eq!(reason(""), "Reel.Invalid was raised without a cause");
    }
}
