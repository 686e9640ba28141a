//! Bodies, read from and written to the host's streams.

use wasip3::http::types::{ErrorCode, Trailers};
use wasip3::wit_bindgen::{FutureReader, StreamReader, StreamResult};
use wasip3::{wit_future, wit_stream};

/// How much is asked for at a time when the length is not known, in bytes.
const CHUNK: usize = 64 * 1024;

/// The end of a body, as the host hands it over: its trailers, or why it broke off.
pub(crate) type End = FutureReader<Result<Option<Trailers>, ErrorCode>>;

/// Why a body could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    /// It goes on after this many bytes.
    #[error("the body has more than {0} bytes")]
    TooLarge(usize),
    /// It broke off.
    #[error("the body broke off: {0:?}")]
    Broken(ErrorCode),
}

/// Reads a body whose announced length, if any, is given; at most `max` bytes.
pub(crate) async fn read(
    mut stream: StreamReader<u8>,
    end: End,
    announced: Option<usize>,
    max: usize,
) -> Result<Vec<u8>, BodyError> {
    if announced.is_some_and(|length| length > max) {
        return Err(BodyError::TooLarge(max));
    }
    let mut body = Vec::with_capacity(announced.unwrap_or(0));
    loop {
        let chunk =
            Vec::with_capacity(announced.map_or(CHUNK, |length| length - body.len().min(length)).clamp(1, CHUNK));
        let (result, chunk) = stream.read(chunk).await;
        body.extend_from_slice(&chunk);
        if body.len() > max {
            return Err(BodyError::TooLarge(max));
        }
        if !matches!(result, StreamResult::Complete(_)) {
            break;
        }
    }
    end.await.map_err(BodyError::Broken)?;
    Ok(body)
}

/// A body of bytes at hand, written while the host reads it.
pub(crate) fn write(bytes: Vec<u8>) -> (StreamReader<u8>, End) {
    let (mut stream, reader) = wit_stream::new();
    wasip3::spawn(async move {
        // What is left over was not wanted: the reader has gone.
        stream.write_all(bytes).await;
    });
    (reader, whole())
}

/// An end without trailers.
pub(crate) fn whole() -> End {
    wit_future::new(|| Ok(None)).1
}

/// Tells the host that a body taken over is wanted.
pub(crate) fn accepted() -> FutureReader<Result<(), ErrorCode>> {
    wit_future::new(|| Ok(())).1
}
