//! The HTTP server in front of the routes.

use crate::body::{self, Body};
use crate::gateway::ClientAddress;
use crate::host::Host;
use async_trait::async_trait;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// How long a client may take to send a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long requests may take to end when the server does.
const GRACE: Duration = Duration::from_secs(10);
/// How long nothing is accepted after accepting failed, for example for want of files.
const BREATH: Duration = Duration::from_millis(50);

/// Answers some requests besides the routes.
#[async_trait]
pub trait Hook: Send + Sync {
    /// Answers a request, or gives it back when it is for somebody else.
    async fn handle(&self, request: Request<Body>) -> Handled;
}

/// What a [`Hook`] did.
pub enum Handled {
    /// It answered.
    Answered(Response<Body>),
    /// It is for somebody else.
    PassedOn(Request<Body>),
}

/// Who else answers requests.
#[derive(Clone, Default)]
pub struct Hooks {
    /// Asked before the routes: presigned objects, metrics, health.
    pub before: Option<Arc<dyn Hook>>,
    /// Asked for paths that no route has: web pages.
    pub after: Option<Arc<dyn Hook>>,
}

impl Host {
    /// Serves HTTP/1.1 on a listener until `shutdown` is done; then requests that are at
    /// work may end, for at most ten seconds.
    ///
    /// # Errors
    /// That the listener has no address.
    pub async fn serve(
        &self,
        listener: TcpListener,
        hooks: Hooks,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let address = listener.local_addr()?;
        tracing::debug!(%address, "listening");
        let (stop, stopped) = watch::channel(false);
        let connections = TaskTracker::new();
        let mut shutdown = pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut shutdown => break,
            };
            match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(connection(self.clone(), hooks.clone(), stream, peer, stopped.clone()));
                }
                Err(error) => {
                    tracing::warn!("a connection cannot be accepted: {error}");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
        drop(listener);
        // Without a connection there is nobody to tell.
        let _ = stop.send(true);
        connections.close();
        if tokio::time::timeout(GRACE, connections.wait()).await.is_err() {
            tracing::warn!("{} connections did not end in time", connections.len());
        }
        Ok(())
    }
}

async fn connection(host: Host, hooks: Hooks, stream: TcpStream, peer: SocketAddr, mut stopped: watch::Receiver<bool>) {
    // Small answers must not wait for an acknowledgement. A socket that refuses works, too.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request: Request<Incoming>| {
        let (host, hooks) = (host.clone(), hooks.clone());
        async move {
            let mut request = body::received(request);
            request.extensions_mut().insert(ClientAddress(peer.ip()));
            Ok::<_, Infallible>(answer(&host, &hooks, request).await)
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).pipeline_flush(true);
    let mut serving = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let stopping = async { stopped.wait_for(|stopped| *stopped).await.map(drop) };
    let ended = tokio::select! {
        served = &mut serving => Some(served),
        _ = stopping => None,
    };
    let served = match ended {
        Some(served) => served,
        None => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%peer, "a connection ended: {error}");
    }
}

async fn answer(host: &Host, hooks: &Hooks, request: Request<Body>) -> Response<Body> {
    let request = match asked(&hooks.before, request).await {
        Handled::Answered(response) => return response,
        Handled::PassedOn(request) => request,
    };
    if host.has_route(request.uri().path()) {
        return host.route(request).await;
    }
    match asked(&hooks.after, request).await {
        Handled::Answered(response) => response,
        Handled::PassedOn(request) => host.route(request).await,
    }
}

async fn asked(hook: &Option<Arc<dyn Hook>>, request: Request<Body>) -> Handled {
    match hook {
        Some(hook) => hook.handle(request).await,
        None => Handled::PassedOn(request),
    }
}
