//! The server in front of the routes.

mod support;

use async_trait::async_trait;
use http::{Request, Response};
use reel_host::{Body, Handled, Hook, Hooks, full};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use support::host;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

struct Page(&'static str);

#[async_trait]
impl Hook for Page {
    async fn handle(&self, request: Request<Body>) -> Handled {
        match request.uri().path() == self.0 {
            true => Handled::Answered(Response::new(full(format!("page {}", self.0)))),
            false => Handled::PassedOn(request),
        }
    }
}

async fn ask(stream: &mut TcpStream, path: &str, end: &str) -> String {
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !String::from_utf8_lossy(&answer).ends_with(end) {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "the server hung up: {answer:?}");
    }
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn hooks_and_routes_answer_on_one_connection_until_the_end() {
    let manifest = r#"
        [functions.hello]
        routes = [{ path = "/hello" }, { path = "/page" }, { path = "/headers" }]
        grants = { tables = { t = "r" }, outbound = ["example.com"] }
    "#;
    let (host, _) = host(manifest);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let hooks = Hooks { before: Some(Arc::new(Page("/page"))), after: Some(Arc::new(Page("/index.html"))) };
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(async move { host.serve(listener, hooks, async { drop(stopped.await) }).await });

    let mut stream = TcpStream::connect(address).await.unwrap();
    assert!(ask(&mut stream, "/hello", "hello").await.starts_with("HTTP/1.1 200"));
    assert!(ask(&mut stream, "/page", "page /page").await.starts_with("HTTP/1.1 200"));
    assert!(ask(&mut stream, "/index.html", "page /index.html").await.starts_with("HTTP/1.1 200"));
    assert!(ask(&mut stream, "/headers", "]]").await.contains(r#"["x-reel-client","127.0.0.1"]"#));
    assert!(ask(&mut stream, "/nothing", "}").await.starts_with("HTTP/1.1 404"));

    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
    assert_eq!(stream.read_buf(&mut Vec::new()).await.unwrap(), 0, "an idle connection is closed");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

/// Sends the head of a request, pauses for the server's answer, then sends the whole body.
async fn send_late(address: SocketAddr, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    for piece in body.chunks(64 * 1024) {
        stream.write_all(piece).await.expect("the server goes on reading");
    }
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "the server hung up: {answer:?}");
    }
    ask(&mut stream, "/hello", "hello").await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn who_is_still_sending_hears_why_nobody_wants_it() {
    let manifest = r#"
        [functions.hello]
        routes = [{ path = "/hello" }, { path = "/length", methods = ["POST"] }]
        max_body = "1KiB"
        grants = { tables = { t = "r" }, outbound = ["example.com"] }
    "#;
    let (host, _) = host(manifest);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { host.serve(listener, Hooks::default(), std::future::pending()).await });
    let whole = vec![b'x'; 0x80_0000];
    let chunked = [b"800000\r\n", whole.as_slice(), b"\r\n0\r\n\r\n"].concat();
    for (path, status) in [("/nothing", 404), ("/length", 413)] {
        for (framing, body) in [("content-length: 8388608", &whole), ("transfer-encoding: chunked", &chunked)] {
            let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\n{framing}\r\n\r\n");
            let answer = send_late(address, &head, body).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        }
    }
}
