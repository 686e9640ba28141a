//! Reads and checks `reel.toml`, the app manifest: every function, where it is reached,
//! and what it may use. Local wiring, SAM resources and IAM policies come from it.
#![deny(missing_docs)]

mod check;
mod manifest;
mod place;
mod quantity;
mod routes;
mod worlds;

pub use manifest::{Access, App, Consume, Function, Grants, Policy, Route, Workflow, setting_of};
pub use place::{Finding, ManifestError};
pub use routes::{Matched, NoRoute, Router};
pub use worlds::{WorldError, check_worlds};

/// No outside route may name a path that starts with this: the host's own calls use it.
pub const RESERVED: &str = "/_reel/";
