//! What the host lends to functions: one trait per capability, and for each one the
//! conformance suite that every backend must pass (feature `conformance`).
//!
//! The traits mirror the packages in `wit/`; the documentation there says what each
//! operation promises and which limits hold on every backend.
#![deny(missing_docs)]

pub mod blob;
pub mod cache;
pub mod config;
pub mod events;
pub mod functions;
pub mod notify;
pub mod secrets;
pub mod table;
pub mod workflow;

#[cfg(feature = "conformance")]
pub mod conformance;

use std::sync::Arc;

/// One backend for each capability: what `cli` and `lambda` choose and the host lends on.
#[derive(Clone)]
pub struct Capabilities {
    /// Ordered rows.
    pub tables: Arc<dyn table::Tables>,
    /// Large objects.
    pub blobs: Arc<dyn blob::Blobs>,
    /// The event log.
    pub events: Arc<dyn events::Events>,
    /// Values that may be lost.
    pub cache: Arc<dyn cache::Cache>,
    /// Live settings.
    pub config: Arc<dyn config::Config>,
    /// Keys and passwords.
    pub secrets: Arc<dyn secrets::Secrets>,
    /// Messages to people.
    pub notify: Arc<dyn notify::Notify>,
    /// Long-running work.
    pub workflows: Arc<dyn workflow::Workflows>,
}

/// Unix time in milliseconds, as rows and events carry it.
pub type Millis = u64;

/// Tells the time. A backend takes one, so that a test can pass its own.
pub trait Clock: Send + Sync {
    /// Now, in Unix milliseconds.
    fn now(&self) -> Millis;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Millis {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_millis() as Millis)
    }
}
