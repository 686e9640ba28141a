//! A way to the emulator on which the answers to some writes get lost after the write is done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// Loses the first so many answers to the requests that contain a text.
pub(crate) struct Losing {
    text: &'static str,
    left: AtomicU32,
    target: String,
}

impl Losing {
    /// Opens the way, and yields it with its address.
    pub(crate) async fn open(target: &str, text: &'static str, times: u32) -> (Arc<Self>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        let target = target.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let way = Arc::new(Self { text, left: AtomicU32::new(times), target });
        let accepting = Arc::clone(&way);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&accepting).carry(client));
            }
        });
        (way, address)
    }

    /// Loses so many more.
    pub(crate) fn lose(&self, times: u32) {
        self.left.fetch_add(times, Ordering::SeqCst);
    }

    /// How many answers are still to be lost.
    pub(crate) fn left(&self) -> u32 {
        self.left.load(Ordering::SeqCst)
    }

    /// Carries a connection until either side ends it, or an answer is lost: then both end.
    async fn carry(self: Arc<Self>, client: TcpStream) {
        let server = TcpStream::connect(&self.target).await.expect("the emulator is there");
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let asked = AtomicBool::new(false);
        tokio::select! {
            () = self.requests(from_client, to_server, &asked) => {}
            () = self.answers(from_server, to_client, &asked) => {}
        }
    }

    async fn requests(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, asked: &AtomicBool) {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let text = String::from_utf8_lossy(&buffer[..length]).to_ascii_lowercase();
            if text.contains(self.text) {
                asked.store(true, Ordering::SeqCst);
            }
            if to.write_all(&buffer[..length]).await.is_err() {
                return;
            }
        }
    }

    async fn answers(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, asked: &AtomicBool) {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let is_done = buffer.starts_with(b"HTTP/1.1 200") && asked.swap(false, Ordering::SeqCst);
            if is_done && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
            {
                return;
            }
            if to.write_all(&buffer[..length]).await.is_err() {
                return;
            }
        }
    }
}
