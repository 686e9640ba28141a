//! Runs ffmpeg and ffprobe, and says in a sentence why they failed: what the native
//! Lambdas of the encoding workflow have in common.
#![deny(missing_docs)]

use lambda_runtime::Diagnostic;
use reel_api::internal::task_error;
use reel_capabilities::blob::{BlobError, Location};
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, SystemTime};
use tokio::process::Command;

/// Why a film could not be read or encoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilmError {
    /// The film, not the platform, is at fault: says what is wrong with it.
    #[error("{0}")]
    Invalid(String),
    /// ffmpeg or ffprobe is not installed.
    #[error(
        "{0} is not installed: install ffmpeg (Debian: apt-get install ffmpeg), or set REEL_FFMPEG and REEL_FFPROBE"
    )]
    Missing(String),
    /// The blob store failed, or the disk is full; it may succeed later.
    #[error("{0}")]
    Unavailable(String),
    /// The program failed in a way that is not known to be the film's fault.
    #[error("{0}")]
    Failed(String),
}

impl From<BlobError> for FilmError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::NotFound(key) => {
                Self::Invalid(format!("the film {key} is not in the blob store: upload it again"))
            }
            BlobError::Unavailable(why) => Self::Unavailable(why),
            other => Self::Failed(other.to_string()),
        }
    }
}

impl From<std::io::Error> for FilmError {
    fn from(error: std::io::Error) -> Self {
        Self::Unavailable(format!("a temporary file failed: {error}"))
    }
}

/// The error as the workflow sees it: its type decides whether the task is retried.
impl From<FilmError> for Diagnostic {
    fn from(error: FilmError) -> Self {
        let code = match &error {
            FilmError::Invalid(_) => "invalid",
            FilmError::Missing(_) => "misconfigured",
            FilmError::Unavailable(_) => "unavailable",
            FilmError::Failed(_) => "failed",
        };
        Self { error_type: task_error(code), error_message: error.to_string() }
    }
}

/// One of the two programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// Decodes, filters, encodes.
    Ffmpeg,
    /// Describes.
    Ffprobe,
}

impl Program {
    /// The program's path: `REEL_FFMPEG` or `REEL_FFPROBE`, else the one in the Lambda's own
    /// package, else by its name.
    pub fn path(self) -> OsString {
        let (variable, name) = match self {
            Self::Ffmpeg => ("REEL_FFMPEG", "ffmpeg"),
            Self::Ffprobe => ("REEL_FFPROBE", "ffprobe"),
        };
        std::env::var_os(variable).or_else(|| packed(name)).unwrap_or_else(|| name.into())
    }
}

fn packed(name: &str) -> Option<OsString> {
    let path = Path::new(&std::env::var_os("LAMBDA_TASK_ROOT")?).join(name);
    path.is_file().then(|| path.into_os_string())
}

/// What a program printed, and whether it succeeded.
#[derive(Debug)]
pub struct Output {
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// The last lines of its standard error, joined.
    pub complaint: String,
    /// Whether it exited with 0.
    pub success: bool,
}

/// The host ends what overruns its deadline; who outlives the host by so much ends itself.
const GRACE: Duration = Duration::from_secs(5);

/// Does an invocation's work, but not for longer than shortly after its deadline.
///
/// # Errors
/// The work's, or [`FilmError::Unavailable`] when it took too long.
pub async fn until<T>(deadline: SystemTime, work: impl Future<Output = Result<T, FilmError>>) -> Result<T, FilmError> {
    let left = deadline.duration_since(SystemTime::now()).unwrap_or_default();
    let ended = tokio::time::timeout(left + GRACE, work).await;
    ended.unwrap_or_else(|_| Err(FilmError::Unavailable("it took longer than it may".into())))
}

/// Runs a program to its end. It ends when this future is dropped and when this
/// process dies, and it yields the processor to those who serve viewers.
///
/// # Errors
/// [`FilmError::Missing`] when the program is not installed.
pub async fn run(program: Program, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Output, FilmError> {
    let path = program.path();
    let mut command = Command::new(&path);
    command.args(args).stdin(Stdio::null()).kill_on_drop(true);
    lower_priority_and_die_with_parent(&mut command);
    let output = command.output().await.map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => FilmError::Missing(path.to_string_lossy().into_owned()),
        _ => FilmError::Failed(format!("{} cannot be started: {e}", path.display())),
    })?;
    Ok(Output { complaint: last_lines(&output.stderr), success: output.status.success(), stdout: output.stdout })
}

fn last_lines(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(3)..].join("; ")
}

#[cfg(target_os = "linux")]
fn lower_priority_and_die_with_parent(command: &mut Command) {
    // SAFETY: both calls are async-signal-safe and touch only the new process.
    unsafe {
        command.pre_exec(|| {
            libc::setpriority(libc::PRIO_PROCESS, 0, 10);
            match libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            }
        });
    }
}

#[cfg(not(target_os = "linux"))]
fn lower_priority_and_die_with_parent(_: &mut Command) {}

/// A location as an argument: a file as `file:` so that its name cannot be taken for a
/// protocol or an option.
pub fn input(location: &Location) -> String {
    match location {
        Location::File(path) => format!("file:{}", path.display()),
        Location::Url(url) => url.clone(),
    }
}

/// A file to be written, as an argument.
pub fn output(path: &Path) -> String {
    format!("file:{}", path.display())
}
