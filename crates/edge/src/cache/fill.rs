//! One object on its way from a parent, read by all who wait for it.

use super::object::Object;
use bytes::{Bytes, BytesMut};
use futures::Stream;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, watch};

/// Why an object did not come.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    /// The parent has no such object.
    #[error("the parent has no such object")]
    Absent,
    /// Nobody answered in time.
    #[error("the parent did not answer in time: {0}")]
    Timeout(String),
    /// It answered something else, or broke off.
    #[error("the parent failed: {0}")]
    Failed(String),
    /// There is no memory for it now.
    #[error("the edge is filling as much as it can: try again shortly")]
    Busy,
}

/// What is known of an object before its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) content_type: String,
    pub(crate) etag: String,
    /// In bytes.
    pub(crate) length: u64,
}

/// An object that arrives. It lives as long as somebody reads it, and counts against the
/// memory that fills may use until then.
#[derive(Debug)]
pub(crate) struct Fill {
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    head: Option<Head>,
    chunks: Vec<Bytes>,
    received: u64,
    end: Option<Result<(), FillError>>,
    memory: Option<OwnedSemaphorePermit>,
}

impl Fill {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), changed: watch::Sender::new(()) })
    }

    /// The head has come. `memory` is given back when the last reader has gone.
    pub(crate) fn begin(&self, head: Head, memory: Option<OwnedSemaphorePermit>) {
        let mut state = self.lock();
        (state.head, state.memory) = (Some(head), memory);
        self.tell(state);
    }

    /// Some more bytes have come.
    pub(crate) fn push(&self, chunk: Bytes) {
        let mut state = self.lock();
        state.received += chunk.len() as u64;
        state.chunks.push(chunk);
        self.tell(state);
    }

    /// Nothing more will come: all is here, or this is why not.
    pub(crate) fn end(&self, end: Result<(), FillError>) {
        let mut state = self.lock();
        state.end.get_or_insert(end);
        self.tell(state);
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.lock().end.is_some()
    }

    /// The whole object, to be kept. None while it is not whole.
    pub(crate) fn object(&self) -> Option<Object> {
        let state = self.lock();
        let head = state.head.as_ref().filter(|head| head.length == state.received)?;
        let mut body = BytesMut::with_capacity(state.received as usize);
        state.chunks.iter().for_each(|chunk| body.extend_from_slice(chunk));
        Some(Object { content_type: head.content_type.clone(), etag: head.etag.clone(), body: body.freeze() })
    }

    /// Waits for the head.
    pub(crate) async fn head(&self) -> Result<Head, FillError> {
        let mut changed = self.changed.subscribe();
        loop {
            {
                let state = self.lock();
                match (&state.head, &state.end) {
                    (_, Some(Err(error))) => return Err(error.clone()),
                    (Some(head), _) => return Ok(head.clone()),
                    _ => {}
                }
            }
            wait(&mut changed).await?;
        }
    }

    /// The bytes of a part, as they come. It ends with an error when the fill breaks off,
    /// so that nobody takes what has come for the whole.
    pub(crate) fn read(self: Arc<Self>, part: Range<u64>) -> impl Stream<Item = Result<Bytes, FillError>> + Send {
        let reader = Reader { changed: self.changed.subscribe(), fill: self, part, chunk: 0, start: 0 };
        futures::stream::try_unfold(reader, |mut reader| async move {
            let bytes = reader.next().await?;
            Ok(bytes.map(|bytes| (bytes, reader)))
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, state: MutexGuard<'_, State>) {
        drop(state);
        self.changed.send_replace(());
    }
}

async fn wait(changed: &mut watch::Receiver<()>) -> Result<(), FillError> {
    changed.changed().await.map_err(|_| FillError::Failed("it was given up".into()))
}

/// Where one reader stands.
struct Reader {
    fill: Arc<Fill>,
    changed: watch::Receiver<()>,
    /// What is still to be read.
    part: Range<u64>,
    /// The chunk that holds its start, and where that chunk begins.
    chunk: usize,
    start: u64,
}

impl Reader {
    async fn next(&mut self) -> Result<Option<Bytes>, FillError> {
        while !self.part.is_empty() {
            if let Some(bytes) = self.at_hand()? {
                return Ok(Some(bytes));
            }
            wait(&mut self.changed).await?;
        }
        Ok(None)
    }

    /// Bytes that have come already; none when one must wait.
    fn at_hand(&mut self) -> Result<Option<Bytes>, FillError> {
        let state = self.fill.lock();
        while let Some(chunk) = state.chunks.get(self.chunk) {
            let end = self.start + chunk.len() as u64;
            if end > self.part.start {
                if state.holds_back(end) {
                    break;
                }
                let from = (self.part.start - self.start) as usize;
                let to = (self.part.end.min(end) - self.start) as usize;
                self.part.start = self.start + to as u64;
                return Ok(Some(chunk.slice(from..to)));
            }
            (self.chunk, self.start) = (self.chunk + 1, end);
        }
        match &state.end {
            None => Ok(None),
            Some(Err(error)) => Err(error.clone()),
            Some(Ok(())) => Err(FillError::Failed("it was shorter than it said".into())),
        }
    }
}

impl State {
    /// Whether bytes up to here are the last, and it is not yet known that all went well.
    /// Who has the whole object will find it kept.
    fn holds_back(&self, end: u64) -> bool {
        let last = self.head.as_ref().is_some_and(|head| end >= head.length);
        last && self.end != Some(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::StreamExt;

    fn head(length: u64) -> Head {
        Head { content_type: "video/mp4".into(), etag: String::new(), length }
    }

    async fn all(fill: &Arc<Fill>, part: Range<u64>) -> Result<Vec<u8>, FillError> {
        let chunks: Vec<_> = fill.clone().read(part).collect().await;
        chunks.into_iter().collect::<Result<Vec<_>, _>>().map(|chunks| chunks.concat())
    }

    fn filled(chunks: &[&'static [u8]]) -> Arc<Fill> {
        let fill = Fill::new();
        fill.begin(head(chunks.iter().map(|c| c.len() as u64).sum()), None);
        chunks.iter().for_each(|chunk| fill.push(Bytes::from_static(chunk)));
        fill.end(Ok(()));
        fill
    }

    #[tokio::test]
    async fn every_part_can_be_read() {
        let fill = filled(&[b"abc", b"", b"defg", b"h"]);
        for start in 0..=8 {
            for end in start..=8 {
                let read = all(&fill, start as u64..end as u64).await.unwrap();
                assert_eq!(read, b"abcdefgh"[start..end], "{start}..{end}");
            }
        }
        assert_eq!(fill.object().unwrap().body, &b"abcdefgh"[..]);
    }

    #[tokio::test]
    async fn a_reader_gets_bytes_before_the_rest_has_come() {
        let fill = Fill::new();
        fill.begin(head(6), None);
        let mut first = Box::pin(fill.clone().read(0..6));
        fill.push(Bytes::from_static(b"abc"));
        assert_eq!(first.next().await.unwrap().unwrap(), &b"abc"[..]);
        let mut part = Box::pin(fill.clone().read(4..5));
        assert!(futures::poll!(part.next()).is_pending());
        assert_eq!(fill.object(), None);
        fill.push(Bytes::from_static(b"def"));
        assert!(futures::poll!(part.next()).is_pending(), "the last bytes come when all went well");
        fill.end(Ok(()));
        assert_eq!(part.next().await.unwrap().unwrap(), &b"e"[..]);
        assert!(part.next().await.is_none());
    }

    #[tokio::test]
    async fn a_fill_that_breaks_off_never_looks_whole() {
        let broken = FillError::Failed("broken".into());
        let fill = Fill::new();
        fill.begin(head(6), None);
        fill.push(Bytes::from_static(b"abc"));
        fill.end(Err(broken.clone()));
        assert_eq!(all(&fill, 0..6).await, Err(broken.clone()));
        assert_eq!(all(&fill, 0..3).await.unwrap(), b"abc");
        assert_eq!(fill.head().await, Err(broken));
        assert_eq!(fill.object(), None);
    }

    #[tokio::test]
    async fn what_is_shorter_than_it_said_is_an_error() {
        let fill = Fill::new();
        fill.begin(head(6), None);
        fill.push(Bytes::from_static(b"abc"));
        fill.end(Ok(()));
        assert!(all(&fill, 0..6).await.is_err());
        assert_eq!(fill.object(), None);
    }
}
