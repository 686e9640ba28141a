//! The sound, in one piece: AAC that is cut and joined loses its signal at each cut.

use reel_api::encoding::{Item, Media};
use reel_ffmpeg::{FilmError, Program, run};
use std::path::Path;

/// Encodes the sound from time 0 to the picture's end, silence where the source has none.
pub(crate) async fn encode(item: &Item, input: &str, file: &Path) -> Result<(), FilmError> {
    let (Media::Audio { channels, sample_rate, bitrate, .. }, Some(source)) =
        (&item.rendition.media, &item.probe.audio)
    else {
        return Err(FilmError::Failed(format!("{} is no sound", item.rendition.id)));
    };
    let duration = format!("{:.6}", item.probe.duration_ms as f64 / 1_000.0);
    let filters = format!("aresample={sample_rate}:async=1:first_pts=0,apad=whole_dur={duration},atrim=end={duration}");
    let output = run(
        Program::Ffmpeg,
        [
            &["-v", "error", "-nostdin", "-y", "-copyts", "-start_at_zero", "-i", input][..],
            &["-map", &format!("0:{}", source.stream), "-af", &filters, "-vn", "-sn", "-dn"],
            &[
                "-c:a",
                "aac",
                "-b:a",
                &bitrate.to_string(),
                "-ac",
                &channels.to_string(),
                "-ar",
                &sample_rate.to_string(),
            ],
            &["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"],
            &["-movflags", "+cmaf+empty_moov+default_base_moof+delay_moov", "-use_editlist", "1"],
            &["-frag_duration", "4000000", "-f", "mp4", &reel_ffmpeg::output(file)],
        ]
        .concat(),
    )
    .await?;
    if output.success {
        return Ok(());
    }
    if output.complaint.contains("No space left") {
        return Err(FilmError::Unavailable("the sound: the disk is full".into()));
    }
    Err(FilmError::Failed(format!("the sound cannot be encoded: {}", output.complaint)))
}
