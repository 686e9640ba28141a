//! Connections to parents and to the platform, kept for the next request.

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
pub(crate) fn client<B>() -> Outbound<B>
where
    B: Body + Send + 'static,
    B::Data: Send,
{
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(CONNECT));
    connector.set_nodelay(true);
    connector.enforce_http(false);
    let connector =
        HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().wrap_connector(connector);
    let mut client = Client::builder(TokioExecutor::new());
    client.pool_idle_timeout(KEPT).pool_timer(TokioTimer::new());
    client.build(connector)
}

/// The innermost reason of an error: hyper's own messages do not carry it.
pub(crate) fn cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
