//! What a function writes to standard output and error, as lines of the log.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};

/// A line is cut here, in bytes.
const MAX_LINE: usize = 8 * 1024;

/// One of a function's output streams.
#[derive(Clone)]
pub(crate) struct LogStream {
    function: Arc<str>,
    error: bool,
}

impl LogStream {
    pub(crate) fn output(function: Arc<str>) -> Self {
        Self { function, error: false }
    }

    pub(crate) fn error(function: Arc<str>) -> Self {
        Self { function, error: true }
    }

    fn emit(&self, line: &[u8]) {
        let line = String::from_utf8_lossy(line);
        match (line.trim_end(), self.error) {
            ("", _) => {}
            (line, true) => tracing::warn!(target: "reel::function", function = &*self.function, "{line}"),
            (line, false) => tracing::info!(target: "reel::function", function = &*self.function, "{line}"),
        }
    }
}

impl IsTerminal for LogStream {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for LogStream {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(LineWriter { stream: self.clone(), line: Vec::new() })
    }
}

struct LineWriter {
    stream: LogStream,
    line: Vec<u8>,
}

impl LineWriter {
    fn push(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|b| *b == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") || self.line.len() >= MAX_LINE {
                self.stream.emit(&self.line);
                self.line.clear();
            }
        }
    }
}

impl AsyncWrite for LineWriter {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.push(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Drop for LineWriter {
    fn drop(&mut self) {
        self.stream.emit(&self.line);
    }
}
