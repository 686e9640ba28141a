//! Hosts outside, over pooled connections.

use crate::body::Body;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use reel_tls::TlsError;
use std::time::Duration;
use wasmtime_wasi_http::Error;

/// How long a connection that nobody uses is kept.
const IDLE: Duration = Duration::from_secs(60);
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// Sends requests to hosts outside.
#[derive(Clone)]
pub(crate) struct Outside(Client<HttpsConnector<HttpConnector>, Body>);

impl Outside {
    pub(crate) fn new() -> Result<Self, TlsError> {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(CONNECT));
        let builder = HttpsConnectorBuilder::new().with_tls_config(reel_tls::client()?);
        let connector = builder.https_or_http().enable_http1().wrap_connector(connector);
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_idle_timeout(IDLE).pool_timer(TokioTimer::new());
        Ok(Self(client.build(connector)))
    }

    /// Sends a request to the host of its URI.
    pub(crate) async fn send(&self, request: Request<Body>) -> Result<Response<Body>, String> {
        let response = self.0.request(request).await.map_err(|e| reel_tls::cause(&e))?;
        Ok(response.map(|body| body.map_err(Error::from).boxed_unsync()))
    }
}
