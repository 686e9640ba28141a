//! An edge at work: worker, cache and port.

use crate::cache::SegmentCache;
use crate::config::EdgeConfig;
use crate::metrics::Metrics;
use crate::report::Reporter;
use crate::{EdgeError, absent, outbound};
use async_trait::async_trait;
use http::{Method, Request, Response, header};
use http_body_util::BodyExt;
use reel_app::App;
use reel_host::{Body, BodyError, Components, Handled, Hook, Hooks, Host, InternalService};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const WORKER: &str = "segment-cache";
/// The worker as a function: it has the cache and its settings, and nothing else.
/// [`Metrics::CAPACITY`] requests are handled at once.
const MANIFEST: &str = r#"
[functions.segment-cache]
policy = "warm"
memory = "64MiB"
timeout = "30s"
concurrency = 256
instances = 4

[functions.segment-cache.grants]
services = ["cache"]
config = true
"#;

/// An edge that serves until it is shut down or dropped.
pub struct EdgeServer {
    address: SocketAddr,
    url: String,
    cache: SegmentCache,
    metrics: Arc<Metrics>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
    reporting: Option<JoinHandle<()>>,
}

impl EdgeServer {
    /// Opens the cache, loads the worker (`segment-cache` of the components), listens, and
    /// begins to tell the platform.
    ///
    /// # Errors
    /// A setting that is wrong, a folder or a port that cannot be used, or a worker that
    /// cannot be loaded.
    pub async fn start(config: EdgeConfig, components: Components) -> Result<Self, EdgeError> {
        config.check()?;
        let metrics = Arc::new(Metrics::default());
        let cache =
            SegmentCache::open(&config.cache_dir, config.memory_bytes, config.disk_bytes, metrics.clone()).await?;
        let host = host(&config, components, cache.clone())?;
        let failed = |e| EdgeError::Listen(config.listen, e);
        let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let url = config.public_url.clone().unwrap_or_else(|| format!("http://localhost:{}", address.port()));
        let reporting = reporter(&config, &url, metrics.clone())?.map(|reporter| tokio::spawn(reporter.run()));
        let front = Front { host: host.clone(), cache: cache.clone(), metrics: metrics.clone() };
        let (stop, serving) = serve(host, listener, front);
        Ok(Self { address, url, cache, metrics, stop: Some(stop), serving, reporting })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL by which viewers reach it, without a path.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it counted.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Lets requests under way end, for at most ten seconds, and writes what is still to
    /// be written to disk.
    ///
    /// # Errors
    /// [`EdgeError::Store`] when the disk fails; nothing but cached objects is lost then.
    pub async fn shutdown(mut self) -> Result<(), EdgeError> {
        self.end();
        if let Err(error) = (&mut self.serving).await {
            tracing::warn!(%error, "an edge did not end well");
        }
        self.cache.close().await
    }

    fn end(&mut self) {
        if let Some(reporting) = self.reporting.take() {
            reporting.abort();
        }
        if let Some(stop) = self.stop.take() {
            // Whoever served may have ended before.
            let _ = stop.send(());
        }
    }
}

impl Drop for EdgeServer {
    fn drop(&mut self) {
        self.end();
    }
}

fn host(config: &EdgeConfig, components: Components, cache: SegmentCache) -> Result<Host, EdgeError> {
    let failed = |e: String| EdgeError::Worker(e);
    let app = App::parse("segment-cache", MANIFEST).map_err(|e| failed(e.to_string()))?;
    let host = Host::builder(app, absent::capabilities(config.settings()));
    let host = host.components(components).service("cache", Arc::new(CacheService(cache)));
    host.build().map_err(|e| failed(e.to_string()))
}

fn reporter(config: &EdgeConfig, url: &str, metrics: Arc<Metrics>) -> Result<Option<Reporter>, EdgeError> {
    let Some(platform) = config.platform_url.clone() else {
        return Ok(None);
    };
    let key = config.edge_key_bytes()?;
    let (id, tier, serves) = (config.id.clone(), config.tier, config.serves.clone());
    let (url, client) = (url.to_owned(), outbound::client()?);
    Ok(Some(Reporter { id, tier, url, serves, platform, key, metrics, client }))
}

fn serve(host: Host, listener: TcpListener, front: Front) -> (oneshot::Sender<()>, JoinHandle<()>) {
    let (stop, stopped) = oneshot::channel();
    let hooks = Hooks { before: Some(Arc::new(front)), after: None };
    let serving = tokio::spawn(async move {
        let stopped = async {
            // A server that was dropped stops, too.
            let _ = stopped.await;
        };
        if let Err(error) = host.serve(listener, hooks, stopped).await {
            tracing::error!(%error, "an edge stopped");
        }
    });
    (stop, serving)
}

/// `http://cache.internal`, as the worker calls it.
struct CacheService(SegmentCache);

#[async_trait]
impl InternalService for CacheService {
    async fn call(&self, request: Request<Body>) -> Response<Body> {
        let (parts, _) = request.into_parts();
        let response = self.0.answer(&parts).await;
        response.map(|body| body.map_err(|e| BodyError::InternalError(Some(e.to_string()))).boxed_unsync())
    }
}

/// Answers all that comes in: metrics itself, the rest by the worker.
struct Front {
    host: Host,
    cache: SegmentCache,
    metrics: Arc<Metrics>,
}

#[async_trait]
impl Hook for Front {
    async fn handle(&self, request: Request<Body>) -> Handled {
        if request.method() == Method::GET && request.uri().path() == "/metrics" {
            return Handled::Answered(self.metrics_text());
        }
        let active = self.metrics.begin();
        let response = self.host.call(WORKER, request).await;
        // Whoever still sends is at work.
        Handled::Answered(response.map(|body| {
            let counted = body.map_frame(move |frame| {
                let _ = &active;
                frame
            });
            counted.boxed_unsync()
        }))
    }
}

impl Front {
    fn metrics_text(&self) -> Response<Body> {
        let text = self.metrics.text(self.cache.memory_used(), self.cache.disk_written()) + &self.host.metrics();
        let mut response = Response::new(reel_host::full(text));
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain; version=0.0.4"));
        response
    }
}
