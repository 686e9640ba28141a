//! Runs functions: WebAssembly components with the capabilities they were granted.
//!
//! A [`Host`] is built from an app manifest and one backend for each capability. It loads
//! every component, refuses those that import what `reel.toml` does not grant, and then
//! answers requests ([`Host::route`], [`Host::call`]), tasks of workflows ([`Host::task`])
//! and streams of events ([`Host::consumers`]). It knows traits, never a backend.
#![deny(missing_docs)]

mod aot;
mod bindings;
mod blob_service;
mod body;
mod builder;
mod call;
mod capability;
mod chain;
mod consumer;
mod cors;
mod country;
pub mod dead;
mod engine;
mod function;
mod gateway;
mod heavy;
mod host;
mod instance;
mod link;
mod log;
mod metrics;
mod natives;
mod outgoing;
mod outside;
mod problem;
mod rewind;
mod server;
mod state;

#[cfg(feature = "compile")]
pub use aot::{compile, ship};
pub use body::{Body, empty, full, read};
pub use builder::{Builder, Components, LoadError};
pub use consumer::Redelivery;
pub use country::Countries;
pub use engine::engine_config;
pub use gateway::ClientAddress;
pub use host::{Host, InternalService};
pub use natives::{Natives, NoNatives, TaskFailure};
pub use problem::problem_response;
pub use server::{Handled, Hook, Hooks};
pub use wasmtime_wasi_http::Error as BodyError;
