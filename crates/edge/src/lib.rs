//! An edge appliance: a segment cache on disk behind the segment-cache worker.
//!
//! The worker, a component, decides: whether a token is good, what is asked of the cache,
//! which parent comes next. This crate moves the bytes: [`SegmentCache`] keeps objects and
//! fetches each missing one once, and [`EdgeServer`] puts worker and cache behind a port
//! and tells the platform of itself.
#![deny(missing_docs)]

mod absent;
pub mod cache;
mod config;
mod metrics;
mod outbound;
mod report;
mod server;

pub use cache::SegmentCache;
pub use config::EdgeConfig;
pub use metrics::Metrics;
pub use server::EdgeServer;

/// What keeps an edge from working.
#[derive(Debug, thiserror::Error)]
pub enum EdgeError {
    /// A setting is not what it should be: names it, and says what would be right.
    #[error("{0}")]
    Config(String),
    /// The cache's folder cannot be used: names it, and says why.
    #[error("{0} cannot be used as the edge's cache: {1}")]
    Store(String, String),
    /// The worker cannot be run.
    #[error("the worker segment-cache cannot be run: {0}")]
    Worker(String),
    /// The address cannot be listened on: names it, and says why.
    #[error("cannot listen on {0}: {1}")]
    Listen(std::net::SocketAddr, std::io::Error),
}
