//! The process of a worker.

use crate::{Lambda, LambdaError};
use std::net::SocketAddr;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

/// Starts a Lambda's program against the runtime endpoint at `api`. It ends when the
/// handle is dropped. When this process is killed it first does what it is at, as it would in
/// AWS: then it finds its endpoint gone, and ends. So a kill wastes no work.
pub(crate) fn start(lambda: &Lambda, api: SocketAddr) -> Result<Child, LambdaError> {
    let mut command = Command::new(&lambda.program);
    command
        .env_clear()
        .envs(["PATH", "HOME", "TMPDIR", "RUST_LOG"].iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
        .envs(runtime_environment(&lambda.name, api))
        .envs(lambda.env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command
        .spawn()
        .map_err(|e| LambdaError::Start { program: lambda.program.display().to_string(), reason: e.to_string() })?;
    log_lines(&lambda.name, child.stdout.take());
    log_lines(&lambda.name, child.stderr.take());
    Ok(child)
}

/// The variables that AWS Lambda sets, as far as they mean something here.
fn runtime_environment(name: &str, api: SocketAddr) -> [(&'static str, String); 7] {
    [
        ("AWS_LAMBDA_RUNTIME_API", api.to_string()),
        ("AWS_LAMBDA_FUNCTION_NAME", name.to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/reel/{name}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "local".to_owned()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
    ]
}

fn log_lines(function: &str, output: Option<impl AsyncRead + Unpin + Send + 'static>) {
    let Some(output) = output else { return };
    let function = function.to_owned();
    tokio::spawn(async move {
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            tracing::info!(function, "{line}");
        }
    });
}
