//! The edge: answers a segment from its cache, or fetches it from its parent.
//!
//! It imports standard interfaces only (`wasi:http`, `wasi:config`), so that other hosts
//! that have a `http://cache.internal` run it too. It decides; the host moves the bytes,
//! which never pass through it.
#![deny(missing_docs)]
// Natively only the tests use what the worker does.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]

mod decision;
mod settings;
#[cfg(target_arch = "wasm32")]
mod worker;
