//! Connections to parents and to the platform, kept for the next request.

use crate::EdgeError;
use http_body::Body;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::time::Duration;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(1);
/// How long a connection that nobody uses is kept.
const KEPT: Duration = Duration::from_secs(30);

/// Sends requests with bodies of one kind.
pub(crate) type Outbound<B> = Client<HttpsConnector<HttpConnector>, B>;

/// Connects over HTTP/1.1, with TLS where the URL says so.
pub(crate) fn client<B>() -> Result<Outbound<B>, EdgeError>
where
    B: Body + Send + 'static,
    B::Data: Send,
{
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(CONNECT));
    connector.set_nodelay(true);
    connector.enforce_http(false);
    let tls = reel_tls::client().map_err(|e| EdgeError::Config(e.to_string()))?;
    let connector =
        HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(connector);
    let mut client = Client::builder(TokioExecutor::new());
    client.pool_idle_timeout(KEPT).pool_timer(TokioTimer::new());
    Ok(client.build(connector))
}
