//! ffmpeg as the judge of what was decrypted.

use crate::PlayerError;
use crate::manifest::Kind;
use std::process::Stdio;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, Command};
use tokio::task::JoinHandle;

/// What ffmpeg made of a rendition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// The MD5 of each decoded frame, hexadecimal.
    pub(crate) hashes: Vec<String>,
    /// What it complained about; empty when it was content.
    pub(crate) complaint: String,
}

/// An ffmpeg that decodes what it is fed.
pub(crate) struct Decoder {
    child: Child,
    input: Option<ChildStdin>,
    frames: JoinHandle<Vec<u8>>,
    errors: JoinHandle<Vec<u8>>,
}

impl Decoder {
    /// Starts ffmpeg (`REEL_FFMPEG`, else by its name); none when it is not installed.
    pub(crate) fn start(kind: Kind) -> Result<Option<Self>, PlayerError> {
        let program = std::env::var_os("REEL_FFMPEG").unwrap_or_else(|| "ffmpeg".into());
        let mut command = Command::new(&program);
        command.args(["-v", "error", "-threads", "2", "-f", "mp4", "-i", "pipe:0"]);
        if kind == Kind::Video {
            command.args(["-fps_mode", "passthrough"]);
        }
        command.args(["-f", "framemd5", "pipe:1"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        match command.spawn() {
            Ok(child) => Ok(Some(Self::listen(child))),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(PlayerError::Decoder(format!("{} cannot be started: {e}", program.to_string_lossy()))),
        }
    }

    fn listen(mut child: Child) -> Self {
        let (input, frames, errors) = (child.stdin.take(), collect(child.stdout.take()), collect(child.stderr.take()));
        Self { child, input, frames, errors }
    }

    /// Hands over the next bytes. Once ffmpeg takes no more, its complaint will say why.
    pub(crate) async fn feed(&mut self, bytes: &[u8]) {
        if let Some(input) = &mut self.input
            && input.write_all(bytes).await.is_err()
        {
            self.input = None;
        }
    }

    /// Ends the input and waits for the verdict.
    pub(crate) async fn finish(mut self) -> Result<Decoded, PlayerError> {
        drop(self.input.take());
        let lost = |why: String| PlayerError::Decoder(format!("ffmpeg was lost: {why}"));
        let (frames, errors) = (self.frames.await, self.errors.await);
        let status = self.child.wait().await.map_err(|e| lost(e.to_string()))?;
        let frames = frames.map_err(|e| lost(e.to_string()))?;
        let mut complaint = first_lines(&errors.map_err(|e| lost(e.to_string()))?);
        if complaint.is_empty() && !status.success() {
            complaint = format!("ffmpeg ended with {status}");
        }
        Ok(Decoded { hashes: hashes(&frames), complaint })
    }
}

fn collect(stream: Option<impl AsyncRead + Unpin + Send + 'static>) -> JoinHandle<Vec<u8>> {
    tokio::spawn(async move {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // What came before an error still counts.
            let _ = stream.read_to_end(&mut bytes).await;
        }
        bytes
    })
}

/// `framemd5`: lines of `stream, dts, pts, duration, size, hash`, comments after `#`.
fn hashes(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.rsplit(',').next()).map(|hash| hash.trim().to_owned()).collect()
}

fn first_lines(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.lines().map(str::trim).filter(|line| !line.is_empty()).take(3).collect::<Vec<_>>().join("; ")
}
