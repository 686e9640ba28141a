//! A push service on this machine (RFC 8030), and a browser that subscribes there and reads what comes.

use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes128Gcm, Key, Nonce};
use anyhow::{Context, Result, anyhow, ensure};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hkdf::Hkdf;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey, ecdh};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A message, as the service took it.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// The path, which names the browser.
    pub path: String,
    /// The headers, names in lower case.
    pub headers: HashMap<String, String>,
    body: Vec<u8>,
}

/// The service. It goes with its runtime.
pub struct PushService {
    url: String,
    taken: Arc<Mutex<Vec<Pushed>>>,
}

impl PushService {
    /// Starts it. Paths that begin with `/gone` answer 410.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let taken = Arc::new(Mutex::new(Vec::new()));
        let service = Self { url, taken: taken.clone() };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let taken = taken.clone();
                tokio::spawn(async move {
                    let _ = serve(stream, &taken).await;
                });
            }
        });
        Ok(service)
    }

    /// Its origin.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it took, in order.
    pub fn taken(&self) -> Vec<Pushed> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn serve(stream: TcpStream, taken: &Mutex<Vec<Pushed>>) -> Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).context("no request")?.to_owned();
        let mut headers = HashMap::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or_default();
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        let status = if path.starts_with("/gone") { "410 Gone" } else { "201 Created" };
        taken.lock().unwrap_or_else(PoisonError::into_inner).push(Pushed { path, headers, body });
        stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await?;
    }
}

/// A browser, with the keys that it made.
pub struct Browser {
    key: SecretKey,
    secret: [u8; 16],
}

impl Browser {
    /// A browser with keys that follow from a number.
    pub fn new(number: u8) -> Result<Self> {
        Ok(Self { key: SecretKey::from_slice(&[number; 32])?, secret: [number; 16] })
    }

    /// What it gives to whoever is to push to it.
    pub fn subscription(&self, endpoint: &str) -> Value {
        let key = BASE64.encode(point(&self.key.public_key()));
        json!({ "endpoint": endpoint, "expirationTime": null,
            "keys": { "p256dh": key, "auth": BASE64.encode(self.secret) } })
    }

    /// Reads a message (RFC 8291, section 3.4; RFC 8188, section 2).
    pub fn read(&self, pushed: &Pushed) -> Result<Value> {
        ensure!(pushed.headers.get("content-encoding").is_some_and(|encoding| encoding == "aes128gcm"));
        let (salt, rest) = pushed.body.split_at_checked(16).context("no salt")?;
        let (size, rest) = rest.split_at_checked(5).context("no header")?;
        let (theirs, sealed) = rest.split_at_checked(usize::from(size[4])).context("no key")?;
        let sender = PublicKey::from_sec1_bytes(theirs)?;
        let shared = ecdh::diffie_hellman(self.key.to_nonzero_scalar(), sender.as_affine());
        let info = [b"WebPush: info\0", &*point(&self.key.public_key()), theirs].concat();
        let (mut input, mut key, mut nonce) = ([0; 32], [0; 16], [0; 12]);
        let short = |_| anyhow!("too long for HKDF");
        let keys = Hkdf::<Sha256>::new(Some(&self.secret), shared.raw_secret_bytes());
        keys.expand(&info, &mut input).map_err(short)?;
        let keys = Hkdf::<Sha256>::new(Some(salt), &input);
        keys.expand(b"Content-Encoding: aes128gcm\0", &mut key).map_err(short)?;
        keys.expand(b"Content-Encoding: nonce\0", &mut nonce).map_err(short)?;
        let cipher = Aes128Gcm::new(&Key::<Aes128Gcm>::from(key));
        let record = cipher.decrypt(&Nonce::from(nonce), sealed).map_err(|_| anyhow!("it does not decrypt"))?;
        let message = record.strip_suffix(&[2]).context("it is not the last record")?;
        Ok(serde_json::from_slice(message)?)
    }
}

/// The public key that signed for a message, if the signature is good (RFC 8292, section 2).
pub fn signed_by(pushed: &Pushed) -> Result<(String, Value)> {
    let authorization = pushed.headers.get("authorization").context("nobody signed it")?;
    let parts = authorization.strip_prefix("vapid t=").and_then(|rest| rest.split_once(", k="));
    let (token, key) = parts.context("it is not signed as VAPID wants it")?;
    let (signed, signature) = token.rsplit_once('.').context("no token")?;
    let verifying = VerifyingKey::from_sec1_bytes(&BASE64.decode(key)?)?;
    verifying.verify(signed.as_bytes(), &Signature::from_slice(&BASE64.decode(signature)?)?)?;
    let claims = signed.split_once('.').context("no claims")?.1;
    Ok((key.to_owned(), serde_json::from_slice(&BASE64.decode(claims)?)?))
}

fn point(key: &PublicKey) -> Vec<u8> {
    key.to_sec1_point(false).as_bytes().to_vec()
}
