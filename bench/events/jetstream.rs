//! NATS JetStream with a stream in files, by its own protocol (docs.nats.io, "Client Protocol").

use crate::log::record;
use crate::process::{Server, free_port};
use crate::{BATCH, Subject, Write};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use uuid::Uuid;

/// How a batch is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Publishing {
    /// All at once, each acknowledged by itself.
    Single,
    /// As an atomic batch (2.12), acknowledged as a whole.
    AtomicBatch,
}

pub(crate) struct JetStream {
    server: Server,
    port: u16,
    publishing: Publishing,
    _folder: TempDir,
}

impl JetStream {
    pub(crate) async fn start(publishing: Publishing) -> Result<Self> {
        let bench = env!("CARGO_MANIFEST_DIR");
        let path = Command::new(format!("{bench}/nats-server")).stderr(Stdio::inherit()).output()?;
        let program = String::from_utf8(path.stdout)?;
        let (folder, port) = (tempfile::tempdir_in(crate::FOLDER)?, free_port()?);
        let mut command = Command::new(program.trim());
        command.args(["-a", "127.0.0.1", "-p", &port.to_string(), "-c", &format!("{bench}/nats.conf"), "-sd"]);
        let server = command.arg(folder.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let server = Server(server.context("nats-server cannot be started")?);
        let jetstream = Self { server, port, publishing, _folder: folder };
        let mut connection = jetstream.connect().await?;
        let stream = r#"{"name":"EVENTS","subjects":["events"],"storage":"file","allow_atomic":true}"#;
        let made = connection.ask("$JS.API.STREAM.CREATE.EVENTS", stream).await?;
        ensure!(made["error"].is_null(), "the stream is not made: {made}");
        Ok(jetstream)
    }

    async fn connect(&self) -> Result<Connection> {
        for _ in 0..100 {
            if let Ok(stream) = TcpStream::connect(("127.0.0.1", self.port)).await {
                return Connection::begin(stream).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        anyhow::bail!("nats-server does not listen on {}", self.port)
    }
}

impl Subject for JetStream {
    type Writer = Writer;

    async fn writer(&self) -> Result<Writer> {
        Ok(Writer { connection: self.connect().await?, publishing: self.publishing })
    }

    fn cpu(&self) -> Result<Duration> {
        self.server.cpu()
    }
}

pub(crate) struct Writer {
    connection: Connection,
    publishing: Publishing,
}

impl Write for Writer {
    async fn write(&mut self) -> Result<()> {
        let batch = Uuid::now_v7().simple().to_string();
        let mut bytes = String::new();
        for number in 1..=BATCH {
            bytes += &match self.publishing {
                Publishing::Single => publish("events", &self.connection.inbox, &record()),
                Publishing::AtomicBatch => self.connection.of_batch(&batch, number),
            };
        }
        self.connection.stream.write_all(bytes.as_bytes()).await?;
        let acknowledged = match self.publishing {
            Publishing::Single => BATCH,
            Publishing::AtomicBatch => 1,
        };
        for _ in 0..acknowledged {
            let answer = self.connection.answer().await?;
            ensure!(answer["seq"].is_u64(), "not acknowledged: {answer}");
        }
        Ok(())
    }
}

struct Connection {
    stream: BufReader<TcpStream>,
    inbox: String,
}

impl Connection {
    async fn begin(stream: TcpStream) -> Result<Self> {
        stream.set_nodelay(true)?;
        let inbox = format!("_INBOX.{}", Uuid::now_v7().simple());
        let mut connection = Self { stream: BufReader::new(stream), inbox };
        let hello = format!(
            "CONNECT {{\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true}}\r\nSUB {} 1\r\n",
            connection.inbox
        );
        let mut info = String::new();
        connection.stream.read_line(&mut info).await?;
        connection.stream.write_all(hello.as_bytes()).await?;
        Ok(connection)
    }

    async fn ask(&mut self, subject: &str, body: &str) -> Result<Value> {
        self.stream.write_all(publish(subject, &self.inbox, body).as_bytes()).await?;
        self.answer().await
    }

    /// An event as one of a batch; the last one asks for the acknowledgement.
    fn of_batch(&self, batch: &str, number: usize) -> String {
        let last = number == BATCH;
        let commit = if last { "Nats-Batch-Commit: 1\r\n" } else { "" };
        let headers = format!("NATS/1.0\r\nNats-Batch-Id: {batch}\r\nNats-Batch-Sequence: {number}\r\n{commit}\r\n");
        let (record, reply) = (record(), if last { format!("{} ", self.inbox) } else { String::new() });
        let (head, all) = (headers.len(), headers.len() + record.len());
        format!("HPUB events {reply}{head} {all}\r\n{headers}{record}\r\n")
    }

    /// The next message to the inbox.
    async fn answer(&mut self) -> Result<Value> {
        loop {
            let mut line = String::new();
            ensure!(self.stream.read_line(&mut line).await? > 0, "the connection has ended");
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.first() {
                Some(&"MSG") => {
                    let length: usize = words.last().context("no length")?.parse()?;
                    let mut body = vec![0; length + 2];
                    self.stream.read_exact(&mut body).await?;
                    return Ok(serde_json::from_slice(&body)?);
                }
                Some(&"PING") => self.stream.write_all(b"PONG\r\n").await?,
                Some(&"INFO" | &"+OK" | &"PONG") => {}
                _ => anyhow::bail!("nats-server says {line:?}"),
            }
        }
    }
}

fn publish(subject: &str, reply: &str, body: &str) -> String {
    format!("PUB {subject} {reply} {}\r\n{body}\r\n", body.len())
}
