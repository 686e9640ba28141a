//! What the gateway answers itself: presigned objects, health and metrics.

use super::assembly::Assembly;
use super::uploads;
use async_trait::async_trait;
use http::{Request, Response};
use reel_backend_embedded::blob::FileBlobs;
use reel_host::{Body, Handled, Hook, Host, full};
use std::sync::Arc;

/// Asked before the routes.
pub(crate) struct Front {
    host: Host,
    blobs: Arc<FileBlobs>,
}

impl Front {
    pub(crate) fn new(assembly: &Assembly) -> Self {
        Self { host: assembly.host.clone(), blobs: assembly.blobs.clone() }
    }
}

#[async_trait]
impl Hook for Front {
    async fn handle(&self, request: Request<Body>) -> Handled {
        match request.uri().path() {
            "/healthz" => Handled::Answered(text("ok\n".into())),
            "/metrics" => Handled::Answered(text(self.host.metrics())),
            path if path.starts_with("/blob/") => Handled::Answered(uploads::answer(&self.blobs, request).await),
            _ => Handled::PassedOn(request),
        }
    }
}

fn text(text: String) -> Response<Body> {
    let mut response = Response::new(full(text));
    let plain = http::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(http::header::CONTENT_TYPE, plain);
    response
}
