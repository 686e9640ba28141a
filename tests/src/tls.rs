//! TLS in front of a platform, with a certificate that nobody knows.

use anyhow::Result;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// Hands what comes over TLS on to a platform. It ends when dropped.
pub struct TlsFront {
    folder: TempDir,
    port: u16,
    serving: JoinHandle<()>,
}

impl TlsFront {
    /// Listens on a free port for the platform at `127.0.0.1:PORT`.
    pub async fn start(platform: String) -> Result<Self> {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".into()])?;
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("root.pem"), made.cert.pem())?;
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let serving = tokio::spawn(serve(listener, TlsAcceptor::from(Arc::new(config)), platform));
        Ok(Self { folder, port, serving })
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// The certificate to trust, in PEM.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("root.pem")
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, platform: String) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, platform) = (acceptor.clone(), platform.clone());
        tokio::spawn(async move {
            // A client that does not trust us goes; the test sees that at the client.
            let mut client = acceptor.accept(stream).await?;
            let mut behind = TcpStream::connect(platform).await?;
            tokio::io::copy_bidirectional(&mut client, &mut behind).await
        });
    }
}
