//! A chunk of pictures, exact to the frame.
//!
//! Frames are put on the absolute grid of the output and cut by their number on it, so
//! that chunks meet without a gap or a double whatever the source's timestamps are. The
//! input is opened early enough that every reference of the first frame is decoded.

use reel_api::encoding::{Item, Media, Rational};
use reel_ffmpeg::{FilmError, Output, Program, run};
use std::path::Path;

/// Decoding begins so much before the longest distance between two keyframes, for
/// frames that are shown in another order than they are stored in.
const REORDER_MS: u64 = 1_000;

pub(crate) async fn encode(item: &Item, input: &str, file: &Path) -> Result<(), FilmError> {
    let output = run(Program::Ffmpeg, arguments(item, input, file)?).await?;
    let frames = item.end_frame - item.first_frame;
    if output.success && encoded_frames(&output) == Some(frames) {
        return Ok(());
    }
    Err(explain(item, &output, frames))
}

fn arguments(item: &Item, input: &str, file: &Path) -> Result<Vec<String>, FilmError> {
    let Media::Video { width, height, crf, max_bitrate, .. } = &item.rendition.media else {
        return Err(FilmError::Failed(format!("{} is no picture", item.rendition.id)));
    };
    let Rational { num, den } = item.timing.frame_rate;
    let gop = item.timing.segment_frames;
    let x264 = format!("keyint={gop}:min-keyint={gop}:scenecut=0:open-gop=0:threads=1:stitchable=1");
    let mut args = words("-v error -nostdin -y -threads 1 -copyts -start_at_zero");
    // A seek to 0 is not the same as none: AVI then loses its first frames.
    if seek_ms(item) > 0 {
        args.extend(["-ss".into(), seconds(seek_ms(item))]);
    }
    args.extend([
        "-i".into(),
        input.into(),
        "-map".into(),
        format!("0:{}", item.probe.video.stream),
        "-vf".into(),
        filters(item, *width, *height),
    ]);
    args.extend(words("-an -sn -dn -vsync passthrough"));
    args.extend(["-enc_time_base".into(), format!("{den}/{num}"), "-c:v".into(), "libx264".into()]);
    args.extend(words("-preset medium -profile:v high"));
    args.extend(["-crf".into(), crf.to_string(), "-maxrate".into(), max_bitrate.to_string()]);
    args.extend(["-bufsize".into(), (u64::from(*max_bitrate) * 2).to_string(), "-x264-params".into(), x264]);
    args.extend(["-video_track_timescale".into(), item.timing.timescale.to_string()]);
    args.extend(words("-map_metadata -1 -fflags +bitexact -flags:v +bitexact"));
    args.extend(words("-movflags +cmaf+frag_keyframe+empty_moov+default_base_moof+frag_discont+negative_cts_offsets"));
    args.extend(words("-avoid_negative_ts disabled -progress pipe:1 -f mp4"));
    args.push(reel_ffmpeg::output(file));
    Ok(args)
}

/// The grid, the cut and the size. The first frame is doubled back to time 0 and the
/// last one on to the end, where the source begins late or ends early.
fn filters(item: &Item, width: u32, height: u32) -> String {
    let Rational { num, den } = item.timing.frame_rate;
    let (first, end) = (item.first_frame, item.end_frame);
    let from_zero = if seek_ms(item) == 0 { ":start_time=0" } else { "" };
    format!(
        "fps=fps={num}/{den}:round=near{from_zero},tpad=stop=-1:stop_mode=clone,trim=start_pts={first}:end_pts={end},\
         scale={width}:{height}:flags=lanczos,setsar=1,format=yuv420p"
    )
}

/// Where decoding begins, in milliseconds.
fn seek_ms(item: &Item) -> u64 {
    let Rational { num, den } = item.timing.frame_rate;
    let begin = item.first_frame * 1_000 * u64::from(den) / u64::from(num);
    let video = &item.probe.video;
    let distance = if video.seek_early {
        2 * video.keyframe_interval_ms + 2 * REORDER_MS
    } else {
        video.keyframe_interval_ms + REORDER_MS
    };
    begin.saturating_sub(distance)
}

fn encoded_frames(output: &Output) -> Option<u64> {
    let progress = String::from_utf8_lossy(&output.stdout);
    progress.lines().filter_map(|line| line.strip_prefix("frame=")).next_back()?.trim().parse().ok()
}

fn explain(item: &Item, output: &Output, frames: u64) -> FilmError {
    let place = format!("chunk {} of {}", item.chunk, item.rendition.id);
    if output.complaint.contains("No space left") {
        return FilmError::Unavailable(format!("{place}: the disk is full"));
    }
    match encoded_frames(output) {
        _ if !output.success => FilmError::Failed(format!("{place} cannot be encoded: {}", output.complaint)),
        held => FilmError::Invalid(format!(
            "{place} holds {} of {frames} frames: the film is damaged there",
            held.unwrap_or(0)
        )),
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}
