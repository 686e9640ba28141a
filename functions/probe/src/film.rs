//! What ffprobe says of a film, checked.

use crate::grid::{self, Packet};
use reel_api::encoding::{AudioSource, Probe, VideoSource};
use reel_ffmpeg::{FilmError, Program, run};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;

#[derive(Deserialize)]
struct Description {
    #[serde(default)]
    streams: Vec<Stream>,
    format: Format,
}

#[derive(Deserialize)]
struct Format {
    format_name: String,
    start_time: Option<String>,
    duration: Option<String>,
}

#[derive(Deserialize, Default)]
struct Stream {
    index: u32,
    codec_type: String,
    #[serde(default)]
    codec_name: String,
    width: Option<u32>,
    height: Option<u32>,
    sample_aspect_ratio: Option<String>,
    r_frame_rate: Option<String>,
    avg_frame_rate: Option<String>,
    channels: Option<u32>,
    sample_rate: Option<String>,
    #[serde(default)]
    disposition: HashMap<String, u8>,
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

#[derive(Deserialize, Default)]
struct SideData {
    rotation: Option<f64>,
}

#[derive(Deserialize)]
struct Packets {
    #[serde(default)]
    packets: Vec<Packet>,
}

/// Describes the film at `input`.
pub(crate) async fn describe(input: &str, etag: String) -> Result<Probe, FilmError> {
    let film: Description = ffprobe(&["-show_streams", "-show_format", input]).await?;
    let video = film.streams.iter().find(|s| is_picture(s)).ok_or_else(|| no_picture(&film.streams))?;
    let selected = video.index.to_string();
    let entries = "packet=pts_time,dts_time,duration_time,flags";
    let Packets { packets } = ffprobe(&["-select_streams", &selected, "-show_entries", entries, input]).await?;
    let start = seconds(&film.format.start_time).unwrap_or(0.0);
    let rates = (video.r_frame_rate.as_deref(), video.avg_frame_rate.as_deref());
    let grid = grid::of(&packets, start, rates)?;
    refuse_cut_off(&film.format, grid.seconds())?;
    let (width, height) = shown_size(video)?;
    Ok(Probe {
        etag,
        duration_ms: (grid.seconds() * 1_000.0).round() as u64,
        audio: film.streams.iter().find_map(audio_source),
        video: VideoSource {
            codec: video.codec_name.clone(),
            stream: video.index,
            width,
            height,
            frame_rate: grid.frame_rate,
            frames: grid.frames,
            keyframe_interval_ms: grid.keyframe_interval_ms,
            seek_early: seeks_badly(&film.format.format_name),
        },
        container: film.format.format_name,
    })
}

async fn ffprobe<T: DeserializeOwned>(args: &[&str]) -> Result<T, FilmError> {
    let output = run(Program::Ffprobe, ["-v", "error", "-of", "json"].iter().chain(args)).await?;
    let unreadable = |why: &str| {
        FilmError::Invalid(format!(
            "this is not a film that ffmpeg can read ({why}): upload a whole video file, for example MP4, MKV, MOV or WebM"
        ))
    };
    if !output.success {
        return Err(unreadable(&without_path(&output.complaint, args)));
    }
    serde_json::from_slice(&output.stdout).map_err(|e| unreadable(&e.to_string()))
}

/// ffprobe's complaint without the file's place, which says nothing to a person.
fn without_path(complaint: &str, args: &[&str]) -> String {
    let path = args.last().copied().unwrap_or_default();
    let plain = complaint.replace(path, "the file");
    plain.trim_start_matches("the file: ").to_owned()
}

/// A picture that moves: cover art is a video stream too.
fn is_picture(stream: &Stream) -> bool {
    stream.codec_type == "video" && stream.disposition.get("attached_pic") != Some(&1)
}

fn no_picture(streams: &[Stream]) -> FilmError {
    let sound = streams.iter().any(|s| s.codec_type == "audio");
    let holds = if sound { "only sound" } else { "neither picture nor sound" };
    FilmError::Invalid(format!("the file holds {holds}: a film needs a video stream"))
}

fn audio_source(stream: &Stream) -> Option<AudioSource> {
    let channels = stream.channels.filter(|&n| n > 0 && stream.codec_type == "audio")?;
    let sample_rate = stream.sample_rate.as_ref()?.parse().ok()?;
    Some(AudioSource { codec: stream.codec_name.clone(), stream: stream.index, channels, sample_rate })
}

/// Width and height as shown: square pixels, turned as the file says.
fn shown_size(stream: &Stream) -> Result<(u32, u32), FilmError> {
    let (width, height) = stream.width.zip(stream.height).filter(|&(w, h)| w > 0 && h > 0).ok_or_else(|| {
        FilmError::Invalid("the picture has no size: the file is damaged, or only its beginning was uploaded".into())
    })?;
    let aspect = stream.sample_aspect_ratio.as_deref().and_then(|text| ratio(text, ':')).unwrap_or(1.0);
    let square = (f64::from(width) * aspect).round().max(1.0) as u32;
    let turn = stream.side_data_list.iter().find_map(|data| data.rotation).unwrap_or(0.0).abs() as u32 % 180;
    Ok(if turn == 90 { (height, square) } else { (square, height) })
}

fn ratio(text: &str, sign: char) -> Option<f64> {
    let (num, den) = text.split_once(sign)?;
    let value = num.parse::<f64>().ok()? / den.parse::<f64>().ok()?;
    (value.is_finite() && value > 0.0).then_some(value)
}

fn seconds(text: &Option<String>) -> Option<f64> {
    text.as_ref()?.parse().ok()
}

/// Containers without an index: a seek lands near the wanted place, not on a keyframe.
fn seeks_badly(format: &str) -> bool {
    format.split(',').any(|name| matches!(name, "mpegts" | "mpeg" | "avi" | "asf" | "flv"))
}

/// An index at the file's head promises more than a cut-off file holds.
fn refuse_cut_off(format: &Format, held: f64) -> Result<(), FilmError> {
    let promised = seconds(&format.duration).unwrap_or(0.0);
    let has_index = format.format_name.split(',').any(|name| matches!(name, "mp4" | "matroska"));
    if has_index && held + 2.0 < promised * 0.95 {
        return Err(FilmError::Invalid(format!(
            "the file is cut off: it announces {promised:.0} s and its picture ends after {held:.0} s; upload it whole"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32) -> Stream {
        Stream { codec_type: "video".into(), width: Some(width), height: Some(height), ..Stream::default() }
    }

    #[test]
    fn a_picture_is_measured_as_it_is_shown() {
        assert_eq!(shown_size(&picture(1280, 720)).unwrap(), (1280, 720));
        let anamorphic = Stream { sample_aspect_ratio: Some("64:45".into()), ..picture(720, 576) };
        assert_eq!(shown_size(&anamorphic).unwrap(), (1024, 576));
        let turned = Stream { side_data_list: vec![SideData { rotation: Some(-90.0) }], ..picture(1920, 1080) };
        assert_eq!(shown_size(&turned).unwrap(), (1080, 1920));
    }

    #[test]
    fn a_file_that_ends_before_it_should_is_refused() {
        let format = Format { format_name: "mov,mp4,m4a".into(), start_time: None, duration: Some("55.1".into()) };
        assert!(refuse_cut_off(&format, 55.0).is_ok());
        let message = refuse_cut_off(&format, 20.0).unwrap_err().to_string();
        assert!(message.contains("55 s") && message.contains("20 s"), "{message}");
    }

    #[test]
    fn cover_art_is_no_film() {
        let cover = Stream { disposition: HashMap::from([("attached_pic".into(), 1)]), ..picture(600, 600) };
        assert!(!is_picture(&cover));
    }
}
