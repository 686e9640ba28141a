//! The document of Reel's API, as OpenAPI 3.1: what `reel openapi` prints, what the pages' types are
//! made from, and what a fuzzer reads.
//!
//! The schemas are those of the types in `reel-api`, which functions read requests into and write
//! answers from; the routes are those of `reel.toml`, which a test holds them against.
#![deny(missing_docs)]

mod api;
mod operation;
mod operations;
mod schemas;

pub use api::{Api, document};
